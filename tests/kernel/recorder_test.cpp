// A daemon that runs before there is a service manager, and hands over to the one that this starts.

#include "keventd/names.h"
#include "tests/kernel/helper_test.h"
#include "tests/support/bus_client.h"
#include "tests/support/deadline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

namespace keventd::test {
namespace {

using testing::HasSubstr;

class Recorder : public MountTest {
protected:
    void SetUp() override {
        MountTest::SetUp();
        if (IsSkipped()) return;
        ASSERT_EQ(mount("none", "/run", "tmpfs", 0, "mode=755"), 0);
    }
    void TearDown() override {
        if (!IsSkipped()) umount2("/run", MNT_DETACH);
    }

    static ChildOptions recorder() {
        return {.command = {HOTPLUG_BINARY, "--hand-over", "/run/keventd/spool", DaemonProcess::binary(),
                            "--bus=none", "--config=/dev/null", "--socket=/run/keventd/early",
                            "--state=/run/keventd", "--coldplug=no"}};
    }
    static bool waitUntilItServes(ChildProcess& child) {
        for (const Deadline deadline; !deadline.expired();) {
            if (run({KEVENTCTL_BINARY, "--socket=/run/keventd/early", "status"}).status == 0) return true;
            if (child.wait(Deadline(std::chrono::milliseconds(20)))) return false;
        }
        return false;
    }
    static Finished handOver() { return run({HOTPLUG_BINARY, "--hand-over", "/run/keventd/spool"}); }
    static DaemonOptions successor(int socket) {
        return {.arguments = {"--state=/run/keventd"}, .inherited = {socket}};
    }
};

// Whoever it starts, the socket was open before.
TEST_F(Recorder, ListensFromBeforeItsCommandRuns) {
    UeventWriter writer;
    const std::string write = "echo change " + writer.uuid() + " > /sys/devices/virtual/mem/null/uevent";
    ChildOptions options = recorder();
    options.command.insert(options.command.begin() + 3, {"sh", "-c", write + "; exec \"$0\" \"$@\""});
    ChildProcess child(std::move(options));
    ASSERT_TRUE(waitUntilItServes(child)) << child.err();
    const Events all = everything(BusClient("unix:path=/run/keventd/early"));
    const auto ours = writtenBy(all, writer.uuid());
    ASSERT_EQ(ours.size(), 1U);
    EXPECT_NE(ours[0]->flags & EventFlag::Queued, 0U);
    EXPECT_EQ(child.err().find("warning"), std::string::npos) << child.err();
    child.signal(SIGTERM);
    EXPECT_EQ(child.wait(), 0);
}

// Its successor's socket is open before it ends, as that of a socket unit, and both have heard the same.
TEST_F(Recorder, IsFollowedWithoutLossAndRepeat) {
    ChildProcess child(recorder());
    ASSERT_TRUE(waitUntilItServes(child)) << child.err();
    UeventWriter writer;
    writer.write(10);
    const UniqueFd socket = openUeventSocket(KernelGroup);
    writer.write(10);
    BusClient("unix:path=/run/keventd/early").sync();
    const Finished handedOver = handOver();
    EXPECT_EQ(handedOver.status, 0) << handedOver.err;
    EXPECT_EQ(child.wait(), 0) << child.err();
    writer.write(10);
    DaemonProcess daemon(successor(socket.get()));
    const Events all = everything(BusClient(daemon.address()));
    expectSoundStream(all);
    expectWrittenInOrder(all, writer);
    EXPECT_EQ(writtenBy(all, writer.uuid()).size(), 30U);
    const auto overruns =
        select(all, [](const Event& event) { return event.action == names::action::Overrun; });
    EXPECT_TRUE(overruns.empty()) << daemon.log();
}

TEST_F(Recorder, IsFollowedByAnOverrunWhereNobodyHasListened) {
    ChildProcess child(recorder());
    ASSERT_TRUE(waitUntilItServes(child)) << child.err();
    EXPECT_EQ(handOver().status, 0);
    UeventWriter writer;
    writer.write(1);
    const UniqueFd socket = openUeventSocket(KernelGroup);
    writer.write(1);
    DaemonProcess daemon(successor(socket.get()));
    EXPECT_THAT(daemon.log(), HasSubstr("nobody has listened to the kernel socket"));
}

TEST_F(Recorder, IsEndedWhenItDoesNotAnswer) {
    ChildProcess child(recorder());
    ASSERT_TRUE(waitUntilItServes(child)) << child.err();
    child.signal(SIGSTOP);
    EXPECT_EQ(handOver().status, 0);
    EXPECT_EQ(child.wait(), 128 + SIGKILL);
}

TEST_F(Recorder, IsNotMistakenForAnotherProcessOfItsNumber) {
    ChildProcess other({.command = {"sleep", "600"}});
    ASSERT_EQ(
        run({"sh", "-c", "echo " + std::to_string(other.pid()) + " > /run/keventd-recorder.pid"}).status, 0);
    EXPECT_EQ(handOver().status, 0);
    EXPECT_FALSE(other.wait(Deadline(std::chrono::milliseconds(50))));
    other.signal(SIGTERM);
    EXPECT_EQ(other.wait(), 128 + SIGTERM);
}

TEST_F(Recorder, SaysThatTheCommandIsMissing) {
    const Finished finished = run({HOTPLUG_BINARY, "--hand-over", "/run/keventd/spool", "/no/keventd"});
    EXPECT_EQ(finished.status, 1);
    EXPECT_THAT(finished.err, HasSubstr("start /no/keventd: No such file or directory"));
}

} // namespace
} // namespace keventd::test
