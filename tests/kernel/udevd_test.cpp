// A real udevd beside the daemon, both in namespaces of their own (private_root.h).

#include "dbus/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/kernel/private_root.h"
#include "tests/support/net_devices.h"
#include "tests/support/notify_socket.h"

#include <algorithm>
#include <csignal>
#include <gtest/gtest.h>
#include <memory>
#include <sys/prctl.h>
#include <system_error>

namespace keventd::test {
namespace {

constexpr const char* UdevdBinary = "/usr/lib/systemd/systemd-udevd";
constexpr const char* Rule = R"(ENV{OF_THE_ONLY_RULE}="1")";

// One udevd for all: the process stays in its namespaces, and so does what udevd leaves in them.
class RealUdevd : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        obstacle_ = findObstacle();
        if (!obstacle_.empty()) return;
        std::string reason;
        ASSERT_TRUE(isPrivateRoot(reason)) << reason; // else no udevd must be started
        startUdevd();
    }

    static void TearDownTestSuite() {
        if (!udevd_) return;
        udevd_->signal(SIGTERM);
        EXPECT_TRUE(udevd_->wait().has_value()) << "udevd has not ended in time";
        udevd_.reset();
    }

    void SetUp() override {
        if (!obstacle_.empty()) GTEST_SKIP() << obstacle_;
        ASSERT_NE(udevd_, nullptr);
    }

    static std::size_t countFromUdev(const Events& events) {
        return seqnumsOf(events, names::source::Udev).size();
    }

    // Waits until each of these kernel events has its udev event.
    static bool waitForUdev(WatchedDaemon& daemon, const std::vector<std::uint64_t>& kernel) {
        return daemon.subscriber().waitUntil([&] {
            if (countFromUdev(daemon.events()) < kernel.size()) return false;
            const auto udev = seqnumsOf(daemon.events(), names::source::Udev);
            const std::set<std::uint64_t> seen(udev.begin(), udev.end());
            return std::all_of(kernel.begin(), kernel.end(),
                               [&](std::uint64_t number) { return seen.contains(number); });
        });
    }

private:
    static std::string findObstacle() {
        std::string reason;
        if (!canWriteUevents(reason)) return reason;
        if (access(UdevdBinary, X_OK) != 0) return std::string(UdevdBinary) + " is missing";
        try {
            enterPrivateRoot(Rule);
        } catch (const std::system_error& error) {
            return error.what();
        }
        return {};
    }

    static void startUdevd() {
        const NotifySocket notify;
        udevd_ =
            std::make_unique<ChildProcess>(ChildOptions{.command = {UdevdBinary, "--children-max=4"},
                                                        .environment = {{"NOTIFY_SOCKET", notify.path()}},
                                                        .inherited = {},
                                                        // It ends with the test, whatever becomes of that.
                                                        .inChild = [] { prctl(PR_SET_PDEATHSIG, SIGKILL); }});
        notify.waitUntilReady(*udevd_);
    }

    inline static std::string obstacle_;
    inline static std::unique_ptr<ChildProcess> udevd_;
};

TEST_F(RealUdevd, SendsEachEventOnceAfterTheKernels) {
    WatchedDaemon daemon(patient());
    UeventWriters writers(3, 50);
    writers.join();
    ASSERT_TRUE(daemon.subscriber().waitForSync());
    std::vector<std::uint64_t> kernel;
    for (const Event* event : writtenBy(daemon.events(), writers.uuid())) kernel.push_back(event->seqnum);

    EXPECT_EQ(kernel.size(), writers.total());
    ASSERT_TRUE(waitForUdev(daemon, kernel));
    daemon.expectComplete();
    EXPECT_EQ(writtenBy(daemon.events(), writers.uuid(), names::source::Udev).size(), writers.total());
}

TEST_F(RealUdevd, AddsWhatItsRulesSay) {
    WatchedDaemon daemon(patient());
    UeventWriter writer;
    writer.write();
    const Event* event = daemon.subscriber().waitForEvent(
        [&](const Event& e) { return e.source == names::source::Udev && isOf(e, writer.uuid()); });
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(event->properties.find("OF_THE_ONLY_RULE"), "1");
    EXPECT_EQ(event->properties.find("DEVNAME"), "/dev/null");
    EXPECT_EQ(event->flags, EventFlag::Synthetic);
}

TEST_F(RealUdevd, SendsNetDevicesThatComeAndGoEachOnceAfterTheKernels) {
    constexpr int pairs = 20;
    WatchedDaemon daemon(patient());
    NetDevices devices;
    for (int i = 0; i < pairs; ++i) devices.createVeth("kev" + std::to_string(i), "peer" + std::to_string(i));
    for (int i = 0; i < pairs; ++i) devices.remove("kev" + std::to_string(i));
    ASSERT_TRUE(daemon.subscriber().waitForSync());
    std::vector<std::uint64_t> kernel;
    for (const Event* event : select(daemon.events(), [](const Event& e) { return e.subsystem == "net"; })) {
        if (event->source == names::source::Kernel) kernel.push_back(event->seqnum);
    }

    EXPECT_GE(kernel.size(), 4U * pairs);
    ASSERT_TRUE(waitForUdev(daemon, kernel));
    daemon.expectComplete();
}

TEST_F(RealUdevd, IsSeenToRun) {
    DaemonProcess daemon;
    const Finished status = run({KEVENTCTL_BINARY, "--socket=" + daemon.socketPath(), "status"});
    EXPECT_EQ(status.status, 0) << status.err;
    EXPECT_EQ(status.out.find("no udevd"), std::string::npos) << status.out;
}

} // namespace
} // namespace keventd::test
