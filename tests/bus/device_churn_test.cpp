// List, then subscribe from there, while devices come and go: the list with the events after it makes what
// sysfs shows.

#include "keventd/names.h"
#include "tests/bus/bus_test.h"
#include "tests/support/net_devices.h"

#include <atomic>
#include <filesystem>
#include <latch>
#include <set>
#include <thread>
#include <unistd.h>

namespace keventd::test {
namespace {

constexpr std::size_t Clients = 50;

std::set<std::string> netDevicesOfSysfs() {
    std::set<std::string> devpaths;
    for (const auto& entry : std::filesystem::directory_iterator("/sys/class/net")) {
        const std::string target = std::filesystem::canonical(entry.path()).string();
        devpaths.insert(target.substr(std::string("/sys").size()));
    }
    return devpaths;
}

/// Pairs of devices that come, are renamed, and go, until it is stopped; some stay.
class Churn {
public:
    Churn() : thread_([this] { run(); }) {}
    Churn(const Churn&) = delete;
    Churn& operator=(const Churn&) = delete;
    ~Churn() { stop(); }

    void stop() {
        stopped_ = true;
        if (thread_.joinable()) thread_.join();
    }
    void removeAll() {
        for (const std::string& name : left_) NetDevices().remove(name);
    }

private:
    void run() {
        NetDevices devices;
        for (int i = 0; !stopped_; ++i) {
            const std::string name = "a" + std::to_string(i);
            devices.createVeth(name, "b" + std::to_string(i));
            if (i % 3 == 0) devices.rename(name, "c" + std::to_string(i));
            const std::string now = (i % 3 == 0 ? "c" : "a") + std::to_string(i);
            if (i % 7 == 0 && left_.size() < 20) {
                left_.push_back(now);
            } else {
                devices.remove(now);
            }
        }
    }

    std::atomic<bool> stopped_ = false;
    std::vector<std::string> left_;
    std::thread thread_; // last: it uses the others
};

/// One client's picture of the devices.
class Picture {
public:
    explicit Picture(const DeviceList& list) {
        for (const Event& device : list.devices) devpaths_.insert(device.object);
    }

    void replay(const Event& event) {
        if (event.action == "add") devpaths_.insert(event.object);
        if (event.action == "remove") devpaths_.erase(event.object);
        if (event.action != "move") return;
        devpaths_.erase(std::string(event.properties.find("DEVPATH_OLD").value_or("")));
        devpaths_.insert(event.object);
    }
    [[nodiscard]] const std::set<std::string>& devpaths() const { return devpaths_; }

private:
    std::set<std::string> devpaths_;
};

class DeviceChurn : public BusTest {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root, to make network devices";
        BusTest::SetUp();
    }

    [[nodiscard]] static Wanted netDevices() {
        Wanted wanted;
        wanted.filters[names::option::Subsystems] = {"net"};
        return wanted;
    }
    [[nodiscard]] std::set<std::string> listAndFollow(std::latch& listed, std::latch& quiet) const {
        const DeviceList list = connect().listDevices(netDevices());
        Wanted wanted = netDevices();
        wanted.filters[names::option::Sources] = {names::source::Kernel};
        wanted.stream = list.stream;
        wanted.since = list.next;
        Subscriber subscriber = subscribe(wanted);
        listed.count_down();
        quiet.wait();
        takeAllSent(subscriber);
        EXPECT_TRUE(subscriber.lost().empty());
        Picture picture(list);
        for (const Event& event : subscriber.events()) picture.replay(event);
        return picture.devpaths();
    }
};

TEST_P(DeviceChurn, LeavesEveryClientWithWhatSysfsShows) {
    Churn churn;
    std::latch listed(Clients);
    std::latch quiet(1);
    std::vector<std::set<std::string>> pictures(Clients);
    std::vector<std::thread> threads;
    for (auto& picture : pictures) threads.emplace_back([&] { picture = listAndFollow(listed, quiet); });
    listed.wait();
    churn.stop();
    quiet.count_down();
    for (std::thread& thread : threads) thread.join();
    const std::set<std::string> expected = netDevicesOfSysfs();
    for (const auto& picture : pictures) EXPECT_EQ(picture, expected);
    EXPECT_GT(expected.size(), 1U);
    churn.removeAll();
}

INSTANTIATE_TEST_SUITE_P(Roads, DeviceChurn, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
