// Without any privilege: in a user namespace, whose own network devices send real uevents.

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/support/net_devices.h"

#include <gtest/gtest.h>
#include <map>
#include <system_error>

namespace keventd::test {
namespace {

// Runs in an executable of its own: the process stays in the namespaces.
class Rootless : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        try {
            becomeRootOfNewNamespaces();
        } catch (const std::system_error& error) {
            obstacle_ = error.what();
        }
    }

    void SetUp() override {
        if (!obstacle_.empty()) GTEST_SKIP() << obstacle_;
    }

private:
    inline static std::string obstacle_;
};

std::string lifeOf(const Events& events, const std::string& name) {
    std::string life;
    for (const Event& event : events) {
        if (event.object == "/devices/virtual/net/" + name) life += event.action + " ";
    }
    return life;
}

TEST_F(Rootless, DaemonSaysThatItsBufferIsSmallAndGoesOn) {
    DaemonProcess daemon;
    EXPECT_NE(daemon.log().find("warning: receive buffer of the kernel socket"), std::string::npos)
        << daemon.log();
    EXPECT_LT(daemon.statistics().at("kernel.buffer_bytes"), 128U * 1024 * 1024);
}

TEST_F(Rootless, NetDevicesArriveWholeOnceAndInOrder) {
    constexpr int pairs = 50;
    WatchedDaemon daemon;
    NetDevices devices;
    for (int i = 0; i < pairs; ++i) {
        devices.createVeth("kev" + std::to_string(i), "peer" + std::to_string(i));
        devices.remove("kev" + std::to_string(i));
        daemon.subscriber().client().sync(); // so that neither buffer overruns
    }
    daemon.expectComplete();
    for (int i = 0; i < pairs; ++i) {
        EXPECT_EQ(lifeOf(daemon.events(), "kev" + std::to_string(i)), "add remove ");
        EXPECT_EQ(lifeOf(daemon.events(), "peer" + std::to_string(i)), "add remove ");
    }
}

TEST_F(Rootless, EventsAreTheKernelsOwn) {
    WatchedDaemon daemon;
    NetDevices().createVeth("kev", "peer");
    daemon.expectComplete();
    EXPECT_FALSE(daemon.events().empty());
    for (const Event& event : daemon.events()) EXPECT_EQ(event.flags, 0U) << event.object;
    NetDevices().remove("kev");
}

TEST_F(Rootless, RenamedDeviceTellsItsFormerName) {
    WatchedDaemon daemon;
    NetDevices devices;
    devices.createVeth("kev", "peer");
    devices.rename("kev", "renamed");
    const Event* move =
        daemon.subscriber().waitForEvent([](const Event& event) { return event.action == "move"; });
    ASSERT_NE(move, nullptr);
    EXPECT_EQ(move->object, "/devices/virtual/net/renamed");
    EXPECT_EQ(move->properties.find("DEVPATH_OLD"), "/devices/virtual/net/kev");
    devices.remove("renamed");
}

TEST_F(Rootless, ForgeryOfTheNamespacesRootIsRefused) {
    WatchedDaemon daemon;
    const Properties forged{{"ACTION", "add"}, {"DEVPATH", "/devices/forged"}, {"SEQNUM", "1"}};
    ASSERT_TRUE(sendToGroup(KernelGroup, kernelMessage(forged)));
    NetDevices devices;
    devices.createVeth("kev", "peer");
    devices.remove("kev");
    daemon.expectComplete();
    EXPECT_EQ(lifeOf(daemon.events(), "kev"), "add remove ");
    EXPECT_EQ(daemon.process().statistics().at("kernel.refused"), 1U);
}

// The namespace hears nothing but its own devices: what came and what is told as lost are all there was.
TEST_F(Rootless, OverrunIsToldExactly) {
    constexpr int bufferBytes = 8192;
    UeventWitness witness;
    const UniqueFd tiny = openUeventSocket(KernelGroup, bufferBytes);
    DaemonProcess daemon({.inherited = {tiny.get()}});
    Subscriber subscriber(daemon.address(), {.since = 0});
    daemon.freeze();
    NetDevices devices;
    for (int i = 0; i < 10; ++i) devices.createVeth("kev" + std::to_string(i), "peer" + std::to_string(i));
    daemon.thaw();
    const Event* overrun =
        subscriber.waitForEvent([](const Event& e) { return e.action == names::action::Overrun; });
    ASSERT_NE(overrun, nullptr);

    const std::size_t arrived = seqnumsOf(subscriber.events(), names::source::Kernel).size();
    EXPECT_EQ(arrived + numberIn(*overrun, names::key::Count), witness.seqnums().size());
    EXPECT_LE(numberIn(*overrun, names::key::SeqnumTo), *witness.seqnums().rbegin());
    for (int i = 0; i < 10; ++i) devices.remove("kev" + std::to_string(i));
}

TEST_F(Rootless, KeventctlReachesTheDaemon) {
    DaemonProcess daemon;
    const Finished status = run({KEVENTCTL_BINARY, "--socket=" + daemon.socketPath(), "status"});
    EXPECT_EQ(status.status, 0) << status.err;
}

} // namespace
} // namespace keventd::test
