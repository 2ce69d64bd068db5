// The hotplug helper as the kernel runs it: many at once, without descriptors, in roots where little is
// mounted.

#include "tests/kernel/helper_test.h"

#include "daemon/base/clock.h"
#include "daemon/hotplug/spool_format.h"
#include "tests/support/effective_user.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <set>
#include <sys/stat.h>
#include <sys/wait.h>

namespace keventd::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t Many = 1000;

std::set<std::uint64_t> numbersTo(std::uint64_t last) {
    std::set<std::uint64_t> numbers;
    for (std::uint64_t number = 1; number <= last; ++number) numbers.insert(number);
    return numbers;
}

std::set<std::uint64_t> numbersIn(const SpoolContents& contents) {
    const auto seqnums = sortedSeqnums(contents.events);
    EXPECT_EQ(std::adjacent_find(seqnums.begin(), seqnums.end()), seqnums.end()) << "recorded twice";
    return {seqnums.begin(), seqnums.end()};
}

// What the record says is what the helper was given: by its number.
void expectWhole(const SpoolContents& contents) {
    for (const Event& event : contents.events) {
        const std::vector<std::string> given = ueventEnvironment(event.seqnum);
        ASSERT_EQ(event.properties.size(), given.size() - 2) << "all but HOME and PATH";
        std::size_t place = 0;
        for (const Property property : event.properties)
            EXPECT_EQ(std::string(property.key) + "=" + std::string(property.value), given[place++]);
    }
}

class HotplugHelper : public HelperTest {
protected:
    /// Lets all of a spool be zeros but for the last `bytes` before its limit.
    void fillUpTo(std::size_t bytesLeft) const {
        ASSERT_EQ(root().run(ueventEnvironment(0)), 0);
        fs::resize_file(root().path("/run/keventd-hotplug/spool"), spool::MaxFileBytes - bytesLeft);
    }
};

TEST_F(HotplugHelper, RecordsWhatNetlinkWouldBring) {
    root().mount("/run");
    const auto before = readClock(CLOCK_BOOTTIME);
    ASSERT_EQ(root().run(ueventEnvironment(7)), 0);
    const SpoolContents contents = root().spool();
    ASSERT_EQ(contents.events.size(), 1U);
    expectWhole(contents);
    const Event& event = contents.events.front();
    EXPECT_EQ(event.action, "add");
    EXPECT_EQ(event.object, "/devices/virtual/test/t7");
    EXPECT_EQ(event.subsystem, "test");
    EXPECT_EQ(event.seqnum, 7U);
    EXPECT_EQ(event.flags, EventFlag::Early);
    EXPECT_GE(event.boottime, before);
    EXPECT_LE(event.boottime, readClock(CLOCK_BOOTTIME));
}

TEST_F(HotplugHelper, LeavesNothingButItsSpoolWhichIsItsOwn) {
    root().mount("/run");
    ASSERT_EQ(root().run(ueventEnvironment(7)), 0);
    struct stat directory {};
    struct stat file {};
    ASSERT_EQ(stat(root().path("/run/keventd-hotplug").c_str(), &directory), 0);
    ASSERT_EQ(stat(root().path("/run/keventd-hotplug/spool").c_str(), &file), 0);
    EXPECT_EQ(directory.st_mode, static_cast<mode_t>(S_IFDIR | 0700));
    EXPECT_EQ(file.st_mode, static_cast<mode_t>(S_IFREG | 0600));
    const fs::directory_iterator entries(root().path("/run/keventd-hotplug"));
    EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST_F(HotplugHelper, HasAPlaceForEachStageOfTheBoot) {
    ASSERT_EQ(root().run(ueventEnvironment(1)), 0);
    root().mount("/dev");
    ASSERT_EQ(root().run(ueventEnvironment(2)), 0);
    root().mount("/run");
    ASSERT_EQ(root().run(ueventEnvironment(3)), 0);
    EXPECT_EQ(numbersIn(root().spool("/.keventd-hotplug")), std::set<std::uint64_t>{1});
    EXPECT_EQ(numbersIn(root().spool("/dev/.keventd-hotplug")), std::set<std::uint64_t>{2});
    EXPECT_EQ(numbersIn(root().spool("/run/keventd-hotplug")), std::set<std::uint64_t>{3});
}

TEST_F(HotplugHelper, TakesTheSubsystemFromItsArgumentWhereTheEnvironmentHasNone) {
    root().mount("/run");
    ASSERT_EQ(root().run({"ACTION=add", "DEVPATH=/devices/a", "SEQNUM=1"}, "usb"), 0);
    EXPECT_EQ(root().spool().events.at(0).subsystem, "usb");
}

TEST_F(HotplugHelper, RecordsNothingThatIsNoUevent) {
    root().mount("/run");
    EXPECT_NE(root().run({}), 0);
    EXPECT_NE(root().run({"HOME=/", "PATH=/bin", "SEQNUM=1"}), 0);
    EXPECT_NE(root().run({"ACTION=add", "DEVPATH=/devices/a", "LONG=" + std::string(100'000, 'x')}), 0);
    EXPECT_FALSE(fs::exists(root().path("/run/keventd-hotplug")));
}

TEST_F(HotplugHelper, LeavesARecordOfEachOfAThousandThatRunAtOnce) {
    root().mount("/run");
    EXPECT_EQ(countFailures(root().startAtOnce(Many)), 0U);
    const SpoolContents contents = root().spool();
    EXPECT_EQ(numbersIn(contents), numbersTo(Many));
    EXPECT_EQ(contents.lost, 0U);
    expectWhole(contents);
}

// Where the kill finds them, is left to chance: some have not begun, some have ended.
TEST_F(HotplugHelper, LeavesOnlyWholeRecordsHoweverManyAreKilled) {
    root().mount("/run");
    std::mt19937 random(4711);
    std::size_t killed = 0;
    for (int round = 0; round < 3; ++round) {
        const std::vector<pid_t> pids = root().startAtOnce(Many);
        std::vector<pid_t> victims = pids;
        std::shuffle(victims.begin(), victims.end(), random);
        for (std::size_t i = 0; i < Many / 2; ++i) kill(victims[i], SIGKILL);
        std::set<std::uint64_t> ended;
        for (std::uint64_t seqnum = 1; const pid_t pid : pids) {
            const int status = reap(pid);
            EXPECT_TRUE(status == 0 || status == 128 + SIGKILL) << status;
            killed += status == 0 ? 0U : 1U;
            if (status == 0) ended.insert(seqnum);
            ++seqnum;
        }
        const SpoolContents contents = root().spool();
        const auto recorded = numbersIn(contents);
        EXPECT_TRUE(std::includes(recorded.begin(), recorded.end(), ended.begin(), ended.end()));
        EXPECT_LE(recorded.size() + contents.lost, Many);
        expectWhole(contents);
        fs::remove(root().path("/run/keventd-hotplug/spool"));
    }
    EXPECT_GT(killed, 0U);
}

bool hasEnded(pid_t pid) {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == pid;
}

// As a hand-over does, again and again: what has been appended by the time at which the file goes, is taken.
TEST_F(HotplugHelper, RecordsAgainWhatItHasAppendedToASpoolThatIsGone) {
    root().mount("/run");
    const std::string spool = root().path("/run/keventd-hotplug/spool");
    const std::string taken = root().path("/run/keventd-hotplug/taken");
    std::set<std::uint64_t> recorded;
    const auto take = [&](off_t atLeast) {
        struct stat found {};
        if (stat(spool.c_str(), &found) < 0 || found.st_size < atLeast) return;
        ASSERT_EQ(rename(spool.c_str(), taken.c_str()), 0);
        const UniqueFd open(::open(taken.c_str(), O_RDONLY | O_CLOEXEC));
        fs::remove(taken);
        recorded.merge(numbersIn(contentsOfSpool("/proc/self/fd/" + std::to_string(open.get()))));
    };
    for (const pid_t pid : root().startAtOnce(Many)) {
        while (!hasEnded(pid)) take(2'000); // not before there are some: nobody hands over all the time
        EXPECT_EQ(reap(pid), 0);
    }
    take(0);
    EXPECT_EQ(recorded, numbersTo(Many));
}

TEST_F(HotplugHelper, DropsAndCountsExactlyWhatTheLimitLeavesNoRoomFor) {
    root().mount("/run");
    fillUpTo(100'000);
    const std::uint64_t refused = countFailures(root().startAtOnce(Many));
    const SpoolContents contents = root().spool();
    EXPECT_EQ(fs::file_size(root().path("/run/keventd-hotplug/spool")), spool::MaxFileBytes);
    EXPECT_GT(contents.events.size(), 200U);
    EXPECT_EQ(contents.events.size() + contents.lost, Many);
    EXPECT_EQ(contents.lost, refused);
    expectWhole(contents);
}

TEST_F(HotplugHelper, DropsAndCountsExactlyWhatAFullFileSystemLeavesNoRoomFor) {
    root().mount("/run", "mode=755,size=64k");
    const std::uint64_t refused = countFailures(root().startAtOnce(Many));
    const SpoolContents contents = root().spool();
    EXPECT_GT(contents.events.size(), 100U);
    EXPECT_EQ(contents.events.size() + contents.lost, Many);
    EXPECT_EQ(contents.lost, refused);
    expectWhole(contents);
}

class HotplugHelperInABadPlace : public HotplugHelper {
protected:
    void SetUp() override {
        HotplugHelper::SetUp();
        if (!IsSkipped()) root().mount("/run");
    }

    // It goes on to where it can, at once.
    void expectAvoided() const {
        EXPECT_EQ(root().run(ueventEnvironment(5)), 0);
        EXPECT_EQ(numbersIn(root().spool("/.keventd-hotplug")), std::set<std::uint64_t>{5});
    }
    void makeDirectory(mode_t mode = 0700) const {
        ASSERT_EQ(mkdir(place("").c_str(), mode), 0);
        ASSERT_EQ(chmod(place("").c_str(), mode), 0);
    }
    [[nodiscard]] std::string place(const std::string& file) const {
        return root().path("/run/keventd-hotplug" + file);
    }
};

TEST_F(HotplugHelperInABadPlace, FollowsNoLinkInThePlaceOfItsDirectory) {
    fs::create_directory(root().path("/elsewhere"));
    fs::create_directory_symlink("/elsewhere", place(""));
    expectAvoided();
    EXPECT_TRUE(fs::is_empty(root().path("/elsewhere")));
}

TEST_F(HotplugHelperInABadPlace, FollowsNoLinkInThePlaceOfItsSpool) {
    makeDirectory();
    std::ofstream(root().path("/passwd")) << "precious";
    fs::create_symlink("/passwd", place("/spool"));
    expectAvoided();
    EXPECT_EQ(readFile(root().path("/passwd")), "precious");
}

TEST_F(HotplugHelperInABadPlace, DoesNotWaitForAFifo) {
    makeDirectory();
    ASSERT_EQ(mkfifo(place("/spool").c_str(), 0600), 0);
    expectAvoided();
}

TEST_F(HotplugHelperInABadPlace, AppendsToNoFileThatIsNoSpool) {
    makeDirectory();
    std::ofstream(place("/spool")) << std::string(100, 'x');
    expectAvoided();
    EXPECT_EQ(readFile(place("/spool")), std::string(100, 'x'));
}

TEST_F(HotplugHelperInABadPlace, TrustsNoDirectoryThatOthersMayWriteTo) {
    makeDirectory(0770);
    expectAvoided();
    ASSERT_EQ(chmod(place("").c_str(), 0700), 0);
    ASSERT_EQ(chown(place("").c_str(), Nobody, Nobody), 0);
    fs::remove(root().path("/.keventd-hotplug/spool"));
    expectAvoided();
    EXPECT_TRUE(fs::is_empty(place("")));
}

TEST_F(HotplugHelperInABadPlace, TrustsNoSpoolThatOthersMayWriteTo) {
    ASSERT_EQ(root().run(ueventEnvironment(4)), 0);
    ASSERT_EQ(chmod(place("/spool").c_str(), 0620), 0);
    expectAvoided();
    EXPECT_EQ(numbersIn(root().spool()), std::set<std::uint64_t>{4});
}

TEST_F(HotplugHelperInABadPlace, TrustsNoFileSystemThatOthersMayWriteTo) {
    ASSERT_EQ(chmod(root().path("/run").c_str(), 01777), 0);
    expectAvoided();
}

TEST_F(HotplugHelperInABadPlace, EndsWhereThereIsNoPlaceAtAll) {
    for (const char* file : {"/run/keventd-hotplug", "/.keventd-hotplug"})
        std::ofstream(root().path(file)) << "";
    EXPECT_EQ(root().run(ueventEnvironment(5)), 1);
}

} // namespace
} // namespace keventd::test
