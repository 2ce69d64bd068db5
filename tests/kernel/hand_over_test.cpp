// From the helper, which is root's, to the daemon's directory: switched off, waited for, copied and given
// away, and all of it again when it was killed.

#include "tests/kernel/helper_test.h"

#include "daemon/hotplug/spool_format.h"
#include "tests/support/deadline.h"
#include "tests/support/effective_user.h"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>

namespace keventd::test {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class HandOver : public HandOverTest {
protected:
    [[nodiscard]] std::string path(const std::string& inside) const { return root().path(inside); }

    void expectHandedOver(const Finished& finished) const {
        EXPECT_EQ(finished.status, 0);
        EXPECT_EQ(finished.err, "");
    }
    /// @return SEQNUMs of all that lies in the daemon's directory, sorted
    static std::vector<std::uint64_t> handedOver(const HelperRoot& root) {
        std::vector<Event> events;
        for (const auto& entry : fs::directory_iterator(root.path("/run/keventd/spool"))) {
            if (entry.path().extension() != spool::HandedOverSuffix) continue;
            const SpoolContents contents = contentsOfSpool(entry.path());
            events.insert(events.end(), contents.events.begin(), contents.events.end());
        }
        return sortedSeqnums(events);
    }
    [[nodiscard]] std::vector<std::uint64_t> handedOver() const { return handedOver(root()); }
    using Numbers = std::vector<std::uint64_t>;
};

TEST_F(HandOver, HasNothingToDoWhereNothingWasRecorded) {
    expectHandedOver(root().handOver());
    EXPECT_TRUE(fs::is_empty(path("/run/keventd/spool")));
}

TEST_F(HandOver, GathersTheSpoolsOfAllPlacesAndLeavesNothingThere) {
    HelperRoot booting;
    for (const std::uint64_t seqnum : {3U, 2U}) ASSERT_EQ(booting.run(ueventEnvironment(seqnum)), 0);
    booting.mount("/dev");
    ASSERT_EQ(booting.run(ueventEnvironment(7)), 0);
    booting.mount("/run");
    ASSERT_EQ(booting.run(ueventEnvironment(9)), 0);
    expectHandedOver(booting.handOver());
    EXPECT_EQ(handedOver(booting), (Numbers{2, 3, 7, 9}));
    for (const char* place : {"/run/keventd-hotplug", "/dev/.keventd-hotplug", "/.keventd-hotplug"})
        EXPECT_FALSE(fs::exists(booting.path(place))) << place;
}

TEST_F(HandOver, GivesTheSpoolToTheOwnerOfTheDirectoryAbove) {
    ASSERT_EQ(chown(path("/run/keventd").c_str(), Nobody, Nobody), 0);
    ASSERT_EQ(root().run(ueventEnvironment(3)), 0);
    expectHandedOver(root().handOver());
    struct stat found {};
    ASSERT_EQ(stat(path("/run/keventd/spool").c_str(), &found), 0);
    EXPECT_EQ(found.st_uid, Nobody);
    EXPECT_EQ(found.st_mode, static_cast<mode_t>(S_IFDIR | 0700));
    ASSERT_EQ(stat(fs::directory_iterator(path("/run/keventd/spool"))->path().c_str(), &found), 0);
    EXPECT_EQ(found.st_uid, Nobody);
    EXPECT_EQ(found.st_gid, Nobody);
    EXPECT_EQ(found.st_mode, static_cast<mode_t>(S_IFREG | 0600));
}

// As in an initramfs, where there is no user yet for whom it could be.
TEST_F(HandOver, GivesAwayWhatWasHandedOverWhenAllWasRoots) {
    ASSERT_EQ(root().run(ueventEnvironment(3)), 0);
    expectHandedOver(root().handOver());
    ASSERT_EQ(chown(path("/run/keventd").c_str(), Nobody, Nobody), 0);
    expectHandedOver(root().handOver());
    struct stat found {};
    ASSERT_EQ(stat(path("/run/keventd/spool").c_str(), &found), 0);
    EXPECT_EQ(found.st_uid, Nobody);
    ASSERT_EQ(stat(fs::directory_iterator(path("/run/keventd/spool"))->path().c_str(), &found), 0);
    EXPECT_EQ(found.st_uid, Nobody);
}

TEST_F(HandOver, AddsWhatComesLaterBesideWhatIsThere) {
    ASSERT_EQ(root().run(ueventEnvironment(3)), 0);
    expectHandedOver(root().handOver());
    ASSERT_EQ(root().run(ueventEnvironment(4)), 0);
    expectHandedOver(root().handOver());
    EXPECT_EQ(handedOver(), (Numbers{3, 4}));
}

class HandOverSwitch : public HandOver {
protected:
    void set(const std::string& helper) const { std::ofstream(path(Switch)) << helper << "\n"; }
    [[nodiscard]] std::string get() const { return readFile(path(Switch)); }

    static constexpr const char* Switch = "/sys/kernel/uevent_helper";
};

// In sysfs, a newline is what is written for nothing; here, of the path that stood there the rest remains.
TEST_F(HandOverSwitch, IsTurnedOff) {
    for (const char* helper : {HelperRoot::Helper, "/sbin/hotplug-of-an-initramfs-that-is-gone"}) {
        set(helper);
        expectHandedOver(root().handOver());
        EXPECT_EQ(get().substr(0, 1), "\n") << helper;
    }
}

TEST_F(HandOverSwitch, IsLeftAloneIfSomebodyElsesProgramIsThere) {
    fs::copy_file(path(HelperRoot::Helper), path("/sbin/mdev"));
    set("/sbin/mdev");
    const Finished finished = root().handOver();
    EXPECT_EQ(finished.status, 0);
    EXPECT_THAT(finished.err, HasSubstr("/sys/kernel/uevent_helper: is /sbin/mdev, leaving it"));
    EXPECT_EQ(get(), "/sbin/mdev\n");
}

TEST_F(HandOverSwitch, IsLeftAsItIsWhenItIsOff) {
    set("");
    expectHandedOver(root().handOver());
    EXPECT_EQ(get(), "\n");
}

class HandOverQueue : public HandOverSwitch {
protected:
    void SetUp() override {
        HandOverSwitch::SetUp();
        if (IsSkipped()) return;
        set(HelperRoot::Helper);
        std::ofstream(path("/sys/kernel/uevent_seqnum")) << "5\n";
        ASSERT_EQ(root().run(ueventEnvironment(3)), 0);
        ASSERT_EQ(root().run(ueventEnvironment(5)), 0);
    }
};

// The kernel looks up the path of its helper when it starts one: to turn it off cancels those in its queue.
TEST_F(HandOverQueue, IsWaitedForBeforeTheHelperIsTurnedOff) {
    ChildProcess child(root().handingOver());
    EXPECT_FALSE(child.wait(Deadline(std::chrono::milliseconds(1000))));
    EXPECT_EQ(get(), std::string(HelperRoot::Helper) + "\n");
    ASSERT_EQ(root().run(ueventEnvironment(4)), 0);
    EXPECT_EQ(child.wait(), 0) << child.err();
    EXPECT_EQ(get().substr(0, 1), "\n");
    EXPECT_EQ(handedOver(), (Numbers{3, 4, 5}));
}

TEST_F(HandOverQueue, IsNotWaitedForLongWhereNoHelperIsRunForANumber) {
    expectHandedOver(root().handOver());
    EXPECT_EQ(get().substr(0, 1), "\n");
    EXPECT_EQ(handedOver(), (Numbers{3, 5}));
}

class HandOverAfterAKill : public HandOver {
protected:
    void SetUp() override {
        HandOver::SetUp();
        if (IsSkipped()) return;
        ASSERT_EQ(root().run(ueventEnvironment(3)), 0);
    }
    [[nodiscard]] std::string taken() const { return path("/run/keventd-hotplug/taken"); }
    void takeAside() const { fs::rename(path("/run/keventd-hotplug/spool"), taken()); }
};

TEST_F(HandOverAfterAKill, GoesOnWithWhatWasMovedAside) {
    takeAside();
    ASSERT_EQ(root().run(ueventEnvironment(4)), 0);
    expectHandedOver(root().handOver());
    EXPECT_EQ(handedOver(), (Numbers{3, 4}));
}

TEST_F(HandOverAfterAKill, CopiesAgainWhatWasCopiedInPart) {
    takeAside();
    fs::create_directory(path("/run/keventd/spool"));
    std::ofstream(path("/run/keventd/spool/copy.new")) << "a part";
    expectHandedOver(root().handOver());
    EXPECT_EQ(handedOver(), Numbers{3});
    EXPECT_FALSE(fs::exists(path("/run/keventd/spool/copy.new")));
}

TEST_F(HandOverAfterAKill, MakesNoSecondCopyOfWhatWasCopied) {
    fs::copy_file(path("/run/keventd-hotplug/spool"), path("/kept"));
    expectHandedOver(root().handOver());
    fs::create_directory(path("/run/keventd-hotplug"));
    fs::permissions(path("/run/keventd-hotplug"), fs::perms::owner_all);
    fs::copy_file(path("/kept"), taken());
    expectHandedOver(root().handOver());
    EXPECT_EQ(handedOver(), Numbers{3});
    EXPECT_FALSE(fs::exists(taken()));
}

TEST_F(HandOverAfterAKill, RemovesWhatAHelperHadBegunThatWasKilled) {
    std::ofstream(path("/run/keventd-hotplug/new-4711")) << "a part";
    expectHandedOver(root().handOver());
    EXPECT_EQ(handedOver(), Numbers{3});
    EXPECT_FALSE(fs::exists(path("/run/keventd-hotplug")));
}

// Of helpers that run meanwhile, too.
TEST_F(HandOverAfterAKill, LosesNothingHoweverOftenItIsKilled) {
    constexpr std::uint64_t many = 500;
    fs::remove_all(path("/run/keventd-hotplug"));
    constexpr std::uint64_t kills = 60;
    const std::vector<pid_t> pids = root().startAtOnce(many);
    for (std::uint64_t kill = 0; kill < kills; ++kill) {
        ASSERT_EQ(root().run(ueventEnvironment(many + 1 + kill)), 0);
        ChildProcess child(root().handingOver());
        // Every other one when it has waited for stragglers, 100 ms; or else where the one before has left
        // off.
        const std::uint64_t microseconds = (kill % 2 == 0 ? 98'000 : 0) + kill * 211 % 8'000;
        std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
        child.signal(SIGKILL);
        child.wait();
    }
    EXPECT_EQ(countFailures(pids), 0U);
    expectHandedOver(root().handOver());
    Numbers found = handedOver();
    found.erase(std::unique(found.begin(), found.end()), found.end());
    ASSERT_EQ(found.size(), many + kills);
    EXPECT_EQ(found.back(), many + kills);
}

// What is appended between the copy and its end, is copied again; what comes later goes into a new spool.
TEST_F(HandOver, LosesNothingOfHelpersThatRunMeanwhile) {
    constexpr std::uint64_t many = 1000;
    const std::vector<pid_t> pids = root().startAtOnce(many);
    for (int times = 0; times < 5; ++times) expectHandedOver(root().handOver());
    EXPECT_EQ(countFailures(pids), 0U);
    expectHandedOver(root().handOver());
    Numbers found = handedOver();
    found.erase(std::unique(found.begin(), found.end()), found.end());
    EXPECT_EQ(found.size(), many);
}

class HandOverToABadPlace : public HandOver {
protected:
    void expectRefused(const std::string& directory, const std::string& reason) const {
        fs::remove(path("/run/keventd-hotplug/spool"));
        ASSERT_EQ(root().run(ueventEnvironment(3)), 0);
        const Finished finished = root().handOver(directory);
        EXPECT_EQ(finished.status, 1);
        EXPECT_THAT(finished.err, HasSubstr(reason));
        EXPECT_EQ(root().spool().events.size(), 1U) << "it is where it was";
    }
};

TEST_F(HandOverToABadPlace, FollowsNoLink) {
    fs::create_directory(path("/etc"));
    fs::create_directory_symlink("/etc", path("/run/keventd/spool"));
    expectRefused("/run/keventd/spool", "open /run/keventd/spool: ");
    EXPECT_TRUE(fs::is_empty(path("/etc")));
}

TEST_F(HandOverToABadPlace, FollowsNoLinkInThePlaceOfItsCopy) {
    ASSERT_EQ(chown(path("/run/keventd").c_str(), Nobody, Nobody), 0);
    fs::create_directory(path("/run/keventd/spool"));
    std::ofstream(path("/passwd")) << "precious";
    fs::create_symlink("/passwd", path("/run/keventd/spool/copy.new"));
    ASSERT_EQ(root().run(ueventEnvironment(3)), 0);
    expectHandedOver(root().handOver());
    EXPECT_EQ(readFile(path("/passwd")), "precious");
    EXPECT_EQ(handedOver(), Numbers{3});
}

TEST_F(HandOverToABadPlace, GivesNothingAwayThatIsSomebodyElses) {
    ASSERT_EQ(chown(path("/run/keventd").c_str(), Nobody, Nobody), 0);
    fs::create_directory(path("/run/keventd/spool"));
    ASSERT_EQ(chown(path("/run/keventd/spool").c_str(), 1, 1), 0);
    expectRefused("/run/keventd/spool", "open /run/keventd/spool: ");
}

TEST_F(HandOverToABadPlace, IsNotAtItTwiceAtOnce) {
    const UniqueFd other(open(path("/run/keventd-hotplug.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_EQ(flock(other.get(), LOCK_EX), 0);
    expectRefused("/run/keventd/spool", "/run/keventd-hotplug.lock: another one is at it");
}

TEST_F(HandOverToABadPlace, NeedsAnAbsolutePath) {
    for (const char* directory : {"spool", "", "/", "/run/"})
        expectRefused(directory, "must be the absolute path of a directory");
}

TEST_F(HandOverToABadPlace, LeavesWhatHasNoRoomThere) {
    root().mount("/run/keventd", "mode=755,size=4k");
    std::ofstream(path("/run/keventd/full")) << std::string(4096, 'x');
    ASSERT_EQ(root().run(ueventEnvironment(3)), 0);
    EXPECT_EQ(root().handOver().status, 1);
    fs::remove(path("/run/keventd/full"));
    expectHandedOver(root().handOver());
    EXPECT_EQ(handedOver(), Numbers{3});
}

TEST_F(HandOver, LeavesWhatIsNoSpoolOfTheHelpers) {
    fs::create_directory(path("/run/keventd-hotplug"));
    fs::permissions(path("/run/keventd-hotplug"), fs::perms::owner_all);
    ASSERT_EQ(mkfifo(path("/run/keventd-hotplug/spool").c_str(), 0600), 0);
    const Finished finished = root().handOver();
    EXPECT_EQ(finished.status, 1);
    EXPECT_THAT(finished.err, HasSubstr("/run/keventd-hotplug/spool: no spool of ours alone, leaving it"));
    EXPECT_TRUE(fs::is_fifo(path("/run/keventd-hotplug/spool")));
}

} // namespace
} // namespace keventd::test
