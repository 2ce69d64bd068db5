// What was there before the stream began: told once, at its beginning.

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/support/bus_client.h"
#include "tests/support/device_picture.h"

#include <algorithm>
#include <fstream>
#include <gmock/gmock.h>
#include <set>

namespace keventd::test {
namespace {

using testing::ElementsAre;

const std::string Null = "/devices/virtual/mem/null";
const std::string Zero = "/devices/virtual/mem/zero";

void writeUevent(const std::string& devpath, const std::string& action) {
    std::ofstream file("/sys" + devpath + "/uevent");
    file << action << std::flush;
    ASSERT_TRUE(file) << devpath;
}

std::set<std::string> listedBy(const DaemonProcess& daemon) {
    return DevicePicture(BusClient(daemon.address()).listDevices()).devpaths();
}

std::vector<const Event*> coldplugOf(const Events& events) {
    return select(events, [](const Event& event) { return event.source == names::source::Coldplug; });
}

std::set<std::string> objectsOf(const std::vector<const Event*>& events) {
    std::set<std::string> objects;
    for (const Event* event : events)
        EXPECT_TRUE(objects.insert(event->object).second) << event->object << " twice";
    return objects;
}

// "source/action" of what is told of one device, in order.
std::vector<std::string> toldOf(const Events& events, const std::string& devpath) {
    std::vector<std::string> told;
    for (const Event& event : events) {
        if (event.object == devpath) told.push_back(event.source + "/" + event.action);
    }
    return told;
}

class ColdplugTest : public KernelTest {
protected:
    [[nodiscard]] DaemonOptions options() const {
        return {.arguments = {"--state=" + directory_.path().string()}, .coldplug = true};
    }

private:
    TemporaryDirectory directory_;
};

TEST_F(ColdplugTest, BeginsAStreamWithEachDeviceThatIsThere) {
    DaemonProcess daemon(options());
    const Events all = everything(BusClient(daemon.address()));
    expectSoundStream(all);
    const auto told = coldplugOf(all);
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(all.front().source, names::source::Coldplug);
    EXPECT_EQ(all.front().id, 1U);
    EXPECT_EQ(objectsOf(told), listedBy(daemon));
}

TEST_F(ColdplugTest, SaysWhatTheKernelWouldSay) {
    DaemonProcess daemon(options());
    const Events all = everything(BusClient(daemon.address()));
    const auto null =
        std::find_if(all.begin(), all.end(), [](const Event& event) { return event.object == Null; });
    ASSERT_NE(null, all.end());
    EXPECT_EQ(null->action, "add");
    EXPECT_EQ(null->subsystem, "mem");
    EXPECT_EQ(null->flags, EventFlag::Present);
    EXPECT_EQ(null->seqnum, 0U);
    for (const auto& [key, value] : {std::pair("ACTION", "add"),
                                     {"DEVPATH", Null.c_str()},
                                     {"SUBSYSTEM", "mem"},
                                     {"DEVNAME", "null"},
                                     {"MAJOR", "1"},
                                     {"MINOR", "3"},
                                     {"DEVMODE", "0666"}})
        EXPECT_EQ(null->properties.find(key), value);
}

TEST_F(ColdplugTest, TellsOfParentsFirst) {
    DaemonProcess daemon(options());
    const Events all = everything(BusClient(daemon.address()));
    std::set<std::string> told;
    for (const Event* event : coldplugOf(all)) {
        const auto below = told.lower_bound(event->object + "/");
        EXPECT_FALSE(below != told.end() && below->starts_with(event->object + "/"))
            << *below << " before " << event->object;
        told.insert(event->object);
    }
}

TEST_F(ColdplugTest, LeavesOutWhatIsQueuedInTheSocketAndComesBeforeIt) {
    const UniqueFd socket = openUeventSocket(KernelGroup);
    writeUevent(Zero, "change");
    writeUevent(Null, "add");
    DaemonOptions withSocket = options();
    withSocket.inherited = {socket.get()};
    DaemonProcess daemon(withSocket);
    const Events all = everything(BusClient(daemon.address()));
    expectSoundStream(all);
    EXPECT_THAT(toldOf(all, Null), ElementsAre("kernel/add"));
    EXPECT_THAT(toldOf(all, Zero), ElementsAre("coldplug/add", "kernel/change"));
    const auto isOfKernel = [](const Event& event) { return event.source == names::source::Kernel; };
    const auto first = std::find_if(all.begin(), all.end(), isOfKernel);
    EXPECT_EQ(static_cast<std::size_t>(first - all.begin()), coldplugOf(all).size());
}

TEST_F(ColdplugTest, IsToldOnceInAStream) {
    std::size_t count = 0;
    {
        DaemonProcess first(options());
        count = everything(BusClient(first.address())).size();
        first.kill();
    }
    DaemonProcess second(options());
    EXPECT_EQ(coldplugOf(everything(BusClient(second.address()))).size(), count);
}

TEST_F(ColdplugTest, IsNotToldInTheMiddleOfAStream) {
    {
        DaemonOptions without = options();
        without.coldplug = false;
        DaemonProcess first(without);
        EXPECT_TRUE(coldplugOf(everything(BusClient(first.address()))).empty());
    }
    DaemonProcess second(options());
    EXPECT_TRUE(coldplugOf(everything(BusClient(second.address()))).empty());
}

// Where in the start a kill finds it, is left to chance: between none and all of the devices.
TEST_F(ColdplugTest, IsWholeHoweverOftenTheDaemonIsKilledOverIt) {
    const UniqueFd socket = openUeventSocket(KernelGroup);
    writeUevent(Zero, "change");
    writeUevent(Null, "add");
    DaemonOptions withSocket = options();
    withSocket.inherited = {socket.get()};
    killAtItsStart(withSocket);
    DaemonProcess last(withSocket);
    const Events all = everything(BusClient(last.address()));
    expectSoundStream(all);
    std::set<std::string> told = objectsOf(coldplugOf(all));
    told.insert(Null);
    EXPECT_EQ(told, listedBy(last));
    EXPECT_THAT(toldOf(all, Null), ElementsAre("kernel/add"));
    EXPECT_THAT(toldOf(all, Zero), ElementsAre("coldplug/add", "kernel/change"));
}

} // namespace
} // namespace keventd::test
