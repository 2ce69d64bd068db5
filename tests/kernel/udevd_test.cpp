// A real udevd beside the daemon, both in namespaces of their own (private_root.h).

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/kernel/private_root.h"
#include "tests/support/net_devices.h"
#include "tests/support/notify_socket.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <sys/prctl.h>
#include <system_error>
#include <thread>

namespace keventd::test {
namespace {

constexpr const char* UdevdBinary = "/usr/lib/systemd/systemd-udevd";
constexpr const char* Zero = "/devices/virtual/mem/zero";
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

    static void changeZero() { std::ofstream("/sys" + std::string(Zero) + "/uevent") << "change"; }

    static void waitUntilUdevdIsIdle() {
        std::this_thread::sleep_for(std::chrono::milliseconds(100)); // it has to begin
        const Deadline deadline;
        while (access("/run/udev/queue", F_OK) == 0) {
            ASSERT_FALSE(deadline.expired());
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }

    /// Of udev's events; the daemon stays frozen.
    static void fillSocketOf(WatchedDaemon& daemon) {
        daemon.process().freeze();
        UeventWriter().write(100);
        waitUntilUdevdIsIdle();
    }

    static BusSlotHandle watchSources(const BusClient& client, bool& toldOfChange) {
        const auto onChange = [](sd_bus_message*, void* told, sd_bus_error*) {
            *static_cast<bool*>(told) = true;
            return 0;
        };
        sd_bus_slot* slot = nullptr;
        checkBus(sd_bus_match_signal(client.get(), &slot, nullptr, names::Object,
                                     "org.freedesktop.DBus.Properties", "PropertiesChanged", onChange,
                                     &toldOfChange),
                 "watch properties");
        return BusSlotHandle(slot);
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

// A hole is waited for as long as by default, and no event of udev waits longer for its kernel event.
TEST_F(RealUdevd, SendsEachEventAfterTheKernelsWithTheUsualWait) {
    WatchedDaemon daemon;
    UeventWriters writers(2, 200);
    writers.join();
    ASSERT_TRUE(daemon.subscriber().waitForSync());
    std::vector<std::uint64_t> kernel;
    for (const Event* event : writtenBy(daemon.events(), writers.uuid())) kernel.push_back(event->seqnum);
    ASSERT_TRUE(waitForUdev(daemon, kernel));
    daemon.expectComplete();
}

// What udevd has written down of a device whose event was lost, it is asked for.
TEST_F(RealUdevd, IsAskedForWhatWasLost) {
    constexpr int tinyBuffer = 8192;
    const UniqueFd kernel = openUeventSocket(KernelGroup);
    const UniqueFd udev = openUeventSocket(UdevGroup, tinyBuffer);
    DaemonOptions options;
    options.inherited = {kernel.get(), udev.get()};
    WatchedDaemon daemon(std::move(options));
    changeZero();
    ASSERT_NE(daemon.subscriber().waitForEvent([](const Event& event) {
        return event.source == names::source::Udev && event.object == Zero;
    }),
              nullptr);
    fillSocketOf(daemon);
    NetDevices().createVeth("lost", "missed");
    changeZero();
    waitUntilUdevdIsIdle();
    daemon.process().thaw();

    const auto isOf = [](const Event& event, const char* action, const std::string& object) {
        return event.source == names::source::Udev && event.action == action && event.object == object &&
               (event.flags & EventFlag::Resync) != 0;
    };
    const Event* added = daemon.subscriber().waitForEvent(
        [&](const Event& event) { return isOf(event, "add", "/devices/virtual/net/lost"); });
    ASSERT_NE(added, nullptr) << daemon.process().log();
    EXPECT_EQ(added->properties.find("OF_THE_ONLY_RULE"), "1");
    EXPECT_NE(
        daemon.subscriber().waitForEvent([&](const Event& event) { return isOf(event, "change", Zero); }),
        nullptr);
    const Event* resynced = daemon.subscriber().waitForEvent([](const Event& event) {
        return event.action == names::action::Resynced &&
               event.properties.find(names::key::Source) == names::source::Udev;
    });
    ASSERT_NE(resynced, nullptr);
    EXPECT_GT(numberIn(*resynced, names::key::Overrun), 0U);

    fillSocketOf(daemon);
    NetDevices().remove("lost");
    waitUntilUdevdIsIdle();
    daemon.process().thaw();
    EXPECT_NE(daemon.subscriber().waitForEvent(
                  [&](const Event& event) { return isOf(event, "remove", "/devices/virtual/net/lost"); }),
              nullptr)
        << daemon.process().log();
}

// Its record may have any length, an event not.
TEST_F(RealUdevd, IsNotQuotedWhereItsRecordIsLongerThanAnEvent) {
    WatchedDaemon daemon;
    changeZero();
    ASSERT_NE(daemon.subscriber().waitForEvent([](const Event& event) {
        return event.source == names::source::Udev && event.object == Zero;
    }),
              nullptr);
    waitUntilUdevdIsIdle();
    std::ofstream record("/run/udev/data/c1:5");
    for (int i = 0; i < 500; ++i) record << "E:LONG" << i << "=" << std::string(1000, 'x') << "\n";
    record.close();

    const BusClient client(daemon.process().address());
    ASSERT_NE(client.send(client.newCall(names::method::Resync)), nullptr) << daemon.process().log();
    const Event* changed = daemon.subscriber().waitForEvent(
        [](const Event& event) { return event.object == Zero && (event.flags & EventFlag::Resync) != 0; });
    ASSERT_NE(changed, nullptr);
    EXPECT_EQ(changed->source, names::source::Udev);
    EXPECT_EQ(changed->action, "change");
    EXPECT_EQ(changed->properties.find("DEVNAME"), "/dev/zero");
    EXPECT_FALSE(changed->properties.find("LONG0"));
}

TEST_F(RealUdevd, IsSeenToRun) {
    DaemonProcess daemon;
    EXPECT_EQ(BusClient(daemon.address()).sources()["udev"], "running");
}

// Where udevd has left its traces: without them, nothing tells of it but its first event.
TEST_F(RealUdevd, IsSeenToRunByItsFirstEventToo) {
    std::filesystem::rename("/run/udev/control", "/run/udev/hidden");
    WatchedDaemon daemon;
    const BusClient client(daemon.process().address());
    EXPECT_EQ(client.sources()["udev"], "waiting");
    bool toldOfChange = false;
    const BusSlotHandle watch = watchSources(client, toldOfChange);
    UeventWriter().write();
    for (const Deadline deadline; !toldOfChange && !deadline.expired();) {
        if (sd_bus_process(client.get(), nullptr) == 0) sd_bus_wait(client.get(), 100'000);
    }
    EXPECT_TRUE(toldOfChange);
    EXPECT_EQ(client.sources()["udev"], "running");
    std::filesystem::rename("/run/udev/hidden", "/run/udev/control");
}

} // namespace
} // namespace keventd::test
