// List, then subscribe from there, while devices come and go: the list with the events after it makes what
// sysfs shows.

#include "keventd/names.h"
#include "tests/bus/bus_test.h"
#include "tests/support/device_picture.h"
#include "tests/support/net_churn.h"
#include "tests/support/net_devices.h"

#include <latch>
#include <set>
#include <thread>
#include <unistd.h>

namespace keventd::test {
namespace {

constexpr std::size_t Clients = 50;

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
        DevicePicture picture(list);
        for (const Event& event : subscriber.events()) picture.replay(event);
        return picture.devpaths();
    }
};

TEST_P(DeviceChurn, LeavesEveryClientWithWhatSysfsShows) {
    NetChurn churn;
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
