#include "client/keventctl/event_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace std::chrono_literals;

namespace keventd::ctl {
namespace {

using testing::Contains;
using testing::Each;
using testing::IsSupersetOf;
using testing::Not;
using testing::StartsWith;

Event withProperties(const std::vector<std::pair<std::string, std::string>>& properties) {
    Event event;
    for (const auto& [key, value] : properties) event.properties.set(key, value);
    return event;
}

TEST(EventEnvironment, HasEveryField) {
    const Event event{7, "udev", "add", "block", "/devices/x", "size", 42, 3us, 5us, 18, {}};
    EXPECT_THAT(environmentOf(event, {}),
                testing::ElementsAre("KEVENT_ID=7", "KEVENT_SOURCE=udev", "KEVENT_ACTION=add",
                                     "KEVENT_SUBSYSTEM=block", "KEVENT_OBJECT=/devices/x",
                                     "KEVENT_ATTRIBUTE=size", "KEVENT_SEQNUM=42", "KEVENT_BOOTTIME=3",
                                     "KEVENT_REALTIME=5", "KEVENT_FLAGS=18"));
}

TEST(EventEnvironment, HasPropertiesAfterAPrefix) {
    EXPECT_THAT(environmentOf(withProperties({{"DEVNAME", "/dev/x"}, {"ID_FS_LABEL", "a=b c"}}), {}),
                IsSupersetOf({"KEVENT_PROPERTY_DEVNAME=/dev/x", "KEVENT_PROPERTY_ID_FS_LABEL=a=b c"}));
}

// Whoever can send an event must not get at what a shell or the linker looks for.
TEST(EventEnvironment, LetsNoPropertySetAnythingElse) {
    const Event event = withProperties({{"PATH", "/evil"}, {"LD_PRELOAD", "/evil"}, {"ID", "0"}});
    EXPECT_THAT(environmentOf(event, {}), Each(StartsWith("KEVENT_")));
    EXPECT_THAT(environmentOf(event, {}), Contains("KEVENT_ID=0").Times(1));
    EXPECT_THAT(environmentOf(event, {"PATH=/bin"}), Contains("PATH=/bin"));
}

TEST(EventEnvironment, LeavesOutPropertiesWhoseNamesAreNone) {
    const Event event =
        withProperties({{".PRIVATE", ""}, {"a-b", ""}, {"\\xff", ""}, {"x y", ""}, {"()", ""}});
    EXPECT_THAT(environmentOf(event, {}), testing::SizeIs(10));
}

TEST(EventEnvironment, KeepsWhatItInheritsButOfAnotherEvent) {
    const auto variables = environmentOf({}, {"HOME=/root", "KEVENT_PROPERTY_OLD=1", "KEVENTD_TEST=1"});
    EXPECT_THAT(variables, IsSupersetOf({"HOME=/root", "KEVENTD_TEST=1"}));
    EXPECT_THAT(variables, Not(Contains("KEVENT_PROPERTY_OLD=1")));
}

} // namespace
} // namespace keventd::ctl
