// The tables that the source `mount` compares: that of the daemon before, and those of other namespaces.

#include "tests/kernel/mount_source_test.h"
#include "tests/support/child_process.h"
#include "tests/support/deadline.h"
#include "tests/support/effective_user.h"

#include <fcntl.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <poll.h>
#include <string>
#include <sys/mount.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace keventd::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// --- From one daemon to the next ---

TEST_F(MountSourceTest, GoesOnWhereTheOneBeforeWas) {
    mountTmpfs("/stays");
    mountTmpfs("/goes \xff");
    mountTmpfs("/changes");
    EXPECT_EQ(tell().size(), 3U);
    std::vector<Event> known = source_->present();
    mountTmpfs("/told");
    for (Event& event : look()) known.push_back(std::move(event));

    source_.reset();
    umountAt("/goes \xff");
    mountTmpfs("/comes", "size=64k");
    check(mount(nullptr, place("/changes").c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr),
          "remount");
    source_ = std::make_unique<MountSource>(std::string(MountTable));
    source_->begin(known);
    const auto events = look();
    EXPECT_THAT(told(events, top()),
                UnorderedElementsAre("umount /goes \xff", "remount /changes", "mount /comes"));
    for (const Event& event : events) EXPECT_EQ(event.flags, EventFlag::Resync) << event.action;

    mountTmpfs("/later");
    const auto later = look();
    ASSERT_THAT(told(later, top()), ElementsAre("mount /later"));
    EXPECT_EQ(later[0].flags, 0U);
}

TEST_F(MountSourceTest, HasAllMountsForTheNext) {
    mountTmpfs("/a");
    EXPECT_EQ(tell().size(), 1U);
    std::ifstream table(MountTable);
    std::size_t lines = 0;
    for (std::string line; std::getline(table, line);) ++lines;
    const std::vector<Event> present = source_->present();
    EXPECT_EQ(present.size(), lines);
    for (const Event& event : present) EXPECT_EQ(event.flags, EventFlag::Present);
}

// --- Whose table it is ---

TEST_F(MountSourceTest, SaysThatItsTableCannotBeOpened) {
    MountSource source(std::string("/nowhere/mountinfo"));
    EXPECT_EQ(source.status().state, SourceState::Failed);
    EXPECT_STRNE(source.status().reason, "");
    KeptEvents arrivals;
    EXPECT_TRUE(source.drain(arrivals, 64).empty);
    EXPECT_GE(source.descriptor(), 0);
}

TEST_F(MountSourceTest, SaysThatItsTableCannotBeWatched) {
    EXPECT_EQ(MountSource(std::string("/etc/passwd")).status().state, SourceState::Failed);
}

TEST(MountTableThatCannotBeRead, IsLookedAtAgain) {
    const UniqueFd table(open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
    const int watched = fcntl(table.get(), F_DUPFD_CLOEXEC, 0);
    MountSource source{UniqueFd(watched)};
    const UniqueFd directory(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_EQ(dup3(directory.get(), watched, O_CLOEXEC), watched);
    KeptEvents arrivals;
    EXPECT_TRUE(source.drain(arrivals, 64).empty);
    EXPECT_EQ(source.status().state, SourceState::Failed);

    ASSERT_EQ(dup3(table.get(), watched, O_CLOEXEC), watched);
    pollfd input{.fd = source.descriptor(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(poll(&input, 1, 10'000), 1);
    EXPECT_TRUE(source.drain(arrivals, 64).empty);
    EXPECT_EQ(source.status(), SourceStatus{});
}

// A process in a namespace of its own, and what it has there.
class ForeignNamespace {
public:
    explicit ForeignNamespace(const std::string& directory)
        : process_({.command = {"unshare", "--mount", "--propagation=private", "sh", "-c",
                                "mount -t tmpfs mine '" + directory + "' && echo mounted && sleep 600"}}) {
        for (const Deadline deadline; process_.out().empty() && !deadline.expired();) poll(nullptr, 0, 5);
    }
    [[nodiscard]] std::string table() const {
        return "/proc/" + std::to_string(process_.pid()) + "/mountinfo";
    }
    // Runs a command in it, to its end.
    [[nodiscard]] Finished enter(const std::string& command) const {
        return run({"nsenter", "--mount", "--target=" + std::to_string(process_.pid()), "sh", "-c", command});
    }

private:
    ChildProcess process_;
};

TEST_F(MountSourceTest, TellsOfAnotherNamespaceByItsOpenTable) {
    const ForeignNamespace other(place("/own"));
    source_ = std::make_unique<MountSource>(UniqueFd(open(other.table().c_str(), O_RDONLY | O_CLOEXEC)));
    EXPECT_THAT(look(), IsEmpty());
    mountTmpfs("/not-there");
    EXPECT_FALSE(isReadable());
    EXPECT_EQ(other.enter("mount -o remount,bind,ro '" + place("/own") + "'").status, 0);
    EXPECT_TRUE(isReadable());
    EXPECT_THAT(tell(), ElementsAre("remount /own"));
}

TEST_F(MountSourceTest, NeedsNoPrivileges) {
    const ForeignNamespace other(place("/own"));
    {
        const EffectiveUser nobody(Nobody); // as the daemon
        source_ = std::make_unique<MountSource>(other.table());
        EXPECT_THAT(look(), IsEmpty());
        EXPECT_EQ(source_->status().state, SourceState::Running);
    }
    EXPECT_EQ(other.enter("umount '" + place("/own") + "'").status, 0);
    const EffectiveUser nobody(Nobody);
    EXPECT_TRUE(isReadable());
    EXPECT_THAT(tell(), ElementsAre("umount /own"));
}

} // namespace
} // namespace keventd::test
