// Which attributes nobody may watch, and how many one may.

#include "keventd/names.h"
#include "tests/bus/limited_users.h"
#include "tests/support/sysfs_files.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <unistd.h>

namespace keventd::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* Null = "/devices/virtual/mem/null";

class RefusedAttribute : public BusTest {};

TEST_P(RefusedAttribute, IsRefusedByName) {
    const BusClient client = connect();
    const auto is = [](const char* error) { return StartsWith(std::string(error) + ": "); };
    using namespace names::error;
    EXPECT_THAT(client.tryToWatch(Null, "nothing"), is(NoSuchAttribute));
    EXPECT_THAT(client.tryToWatch("/devices/virtual/mem/nothing", "dev"), is(NoSuchAttribute));
    EXPECT_THAT(client.tryToWatch(Null, ""), is(NotAnAttribute));
    EXPECT_THAT(client.tryToWatch("", "dev"), is(NotAnAttribute));
    EXPECT_THAT(client.tryToWatch("/", "dev"), is(NotAnAttribute));
    EXPECT_THAT(client.tryToWatch("devices/virtual/mem/null", "dev"), is(NotAnAttribute));
    EXPECT_THAT(client.tryToWatch(Null, "power"), is(NotAnAttribute));
    EXPECT_THAT(client.tryToWatch(Null, "uevent"), is(NotAnAttribute));
    EXPECT_THAT(client.tryToWatch(Null, "subsystem"), is(NotAnAttribute));
    EXPECT_THAT(client.tryToWatch(Null, "subsystem/zero/dev"), is(NotAnAttribute));
    EXPECT_THAT(client.tryToWatch(Null, "../zero/dev"), is(NotAnAttribute));
    EXPECT_THAT(client.tryToWatch("/../etc", "passwd"), is(NotAnAttribute));
    EXPECT_THAT(client.tryToWatch("/class/mem/null", "dev"),
                AllOf(is(NotAnAttribute), HasSubstr("'null' is a link")));
    EXPECT_EQ(client.statistics().at("watched_attributes"), 0U);
}

TEST_P(RefusedAttribute, IsWhatNotEverybodyMayReadWhoeverAsks) {
    const auto all = findPrivateAttributes();
    if (all.empty()) GTEST_SKIP() << "everybody may read everything";
    const BusClient client = connect();
    for (const auto& [object, attribute] : all)
        EXPECT_THAT(client.tryToWatch(object, attribute), StartsWith(names::error::NotPermitted)) << object;
}

TEST(AttributesThatAreSwitchedOff, AreWatchedByNobody) {
    DaemonOptions options;
    options.sources = "none";
    const DaemonProcess daemon(options);
    const BusClient client(daemon.address());
    EXPECT_THAT(client.tryToWatch(Null, "dev"),
                AllOf(StartsWith(names::error::NotPermitted), HasSubstr("switched off")));
    EXPECT_EQ(client.sources().at("attribute"), "disabled");
}

TEST_P(RefusedAttribute, MayHaveAnyName) {
    const BusClient client = connect();
    for (const std::string& odd :
         {std::string(100'000, 'x'), std::string(5'000, '/'), std::string("\x01\n\x1b[31m"),
          std::string("a\xc3\xa4/b"), std::string(300, '.')}) {
        EXPECT_THAT(client.tryToWatch("/" + odd, "dev"), HasSubstr("org.keventd1.Error."))
            << odd.substr(0, 20);
        EXPECT_THAT(client.tryToWatch(Null, odd), HasSubstr("org.keventd1.Error.")) << odd.substr(0, 20);
    }
    EXPECT_EQ(client.tryToWatch(Null, "dev"), "");
}

TEST_P(RefusedAttribute, IsNotUnwatched) {
    const BusClient client = connect();
    EXPECT_THAT(client.tryToWatch(Null, "dev", names::method::UnwatchAttribute),
                StartsWith(names::error::NoSuchWatch));
}

TEST_P(RefusedAttribute, IsTheOneThatIsTooMany) {
    const BusClient client = connect();
    std::vector<std::string> objects;
    for (const auto& device : std::filesystem::directory_iterator("/sys/devices/virtual/tty"))
        objects.push_back(device.path().string().substr(sizeof "/sys" - 1));
    for (const char* attribute : {"dev", "power/control", "power/runtime_status"}) {
        for (const std::string& object : objects) {
            if (client.statistics().at("watched_attributes") == 64) {
                EXPECT_THAT(
                    client.tryToWatch(object, attribute),
                    AllOf(StartsWith(names::error::LimitExceeded), HasSubstr("limits.client.watches")));
                EXPECT_EQ(connect().tryToWatch(object, attribute), "") << "others may";
                return;
            }
            ASSERT_EQ(client.tryToWatch(object, attribute), "");
        }
    }
    GTEST_SKIP() << "too few devices";
}

INSTANTIATE_TEST_SUITE_P(, RefusedAttribute, AllRoads, NameOfRoad());

class WatchQuotas : public LimitedUsers {
protected:
    WatchQuotas() : LimitedUsers("[limits]\nuser.watches = 3\nclient.watches = 2\n") {}
};

TEST_P(WatchQuotas, BoundWhatAClientAndAUserWatch) {
    const BusClient first = connectAs(Nobody);
    EXPECT_EQ(first.tryToWatch(Null, "dev"), "");
    EXPECT_EQ(first.tryToWatch("/devices/virtual/mem/zero", "dev"), "");
    EXPECT_THAT(first.tryToWatch("/devices/virtual/mem/full", "dev"), HasSubstr("limits.client.watches"));
    EXPECT_EQ(first.tryToWatch(Null, "dev"), "") << "which it has";
    const BusClient second = connectAs(Nobody);
    EXPECT_EQ(second.tryToWatch(Null, "dev"), "");
    EXPECT_THAT(second.tryToWatch("/devices/virtual/mem/zero", "dev"), HasSubstr("limits.user.watches"));
    EXPECT_EQ(first.tryToWatch(Null, "dev", names::method::UnwatchAttribute), "");
    EXPECT_EQ(second.tryToWatch("/devices/virtual/mem/zero", "dev"), "");
}

TEST_P(WatchQuotas, AreGivenBackByThoseThatGoAndNotTakenByWhatIsRefused) {
    for (int round = 0; round < 5; ++round) {
        const BusClient client = connectAs(Nobody);
        for (int i = 0; i < 5; ++i) EXPECT_NE(client.tryToWatch(Null, "nothing"), "");
        ASSERT_TRUE(eventually([&] { return client.tryToWatch(Null, "dev") == ""; })) << round;
        EXPECT_EQ(client.tryToWatch("/devices/virtual/mem/zero", "dev"), "");
    }
}

INSTANTIATE_TEST_SUITE_P(, WatchQuotas, AllRoads, NameOfRoad());

/// As a service runs it: by a user who may not read what others may not read either.
TEST(AttributeOfADaemonWithoutPrivilege, IsRefusedIfNotEverybodyMayReadIt) {
    if (geteuid() != 0) GTEST_SKIP() << "needs root, to have files that nobody else may read";
    const TemporaryDirectory directory;
    std::filesystem::copy_file(DaemonProcess::binary(), directory.file("keventd"));
    const std::string state = directory.file("state");
    std::filesystem::create_directory(state);
    ASSERT_EQ(chown(state.c_str(), Nobody, Nobody), 0);
    ChildProcess daemon(asNobody({directory.file("keventd"), "--socket=" + state + "/bus", "--bus=none",
                                  "--config=/dev/null", "--coldplug=no"}));
    for (const Deadline deadline; !std::filesystem::exists(state + "/bus") && !deadline.expired();)
        usleep(1'000);
    const BusClient client("unix:path=" + state + "/bus");
    for (const auto& [object, attribute] : findPrivateAttributes())
        EXPECT_THAT(client.tryToWatch(object, attribute), StartsWith(names::error::NotPermitted)) << object;
    EXPECT_EQ(client.tryToWatch(Null, "dev"), "");
}

} // namespace
} // namespace keventd::test
