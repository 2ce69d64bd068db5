// ListDevices: what exists, as of an id.

#include "keventd/names.h"
#include "tests/bus/bus_test.h"
#include "tests/support/net_devices.h"

#include <algorithm>
#include <filesystem>
#include <gmock/gmock.h>
#include <set>
#include <unistd.h>

namespace keventd::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

using Devpaths = std::set<std::string>;

/// Device links in a directory of sysfs, added to `devpaths`.
void readLinks(const fs::path& directory, Devpaths& devpaths) {
    std::error_code gone;
    for (const auto& entry : fs::directory_iterator(directory, gone)) {
        const fs::path target = fs::canonical(entry.path(), gone);
        if (!gone && entry.is_symlink()) devpaths.insert(target.string().substr(std::string("/sys").size()));
    }
}

Devpaths devpathsOfSysfs() {
    Devpaths devpaths;
    for (const auto& entry : fs::directory_iterator("/sys/class")) readLinks(entry.path(), devpaths);
    for (const auto& entry : fs::directory_iterator("/sys/bus"))
        readLinks(entry.path() / "devices", devpaths);
    return devpaths;
}

Devpaths devpathsOf(const DeviceList& list) {
    Devpaths devpaths;
    for (const Event& device : list.devices) devpaths.insert(device.object);
    return devpaths;
}

Wanted only(const std::string& option, const std::string& glob) {
    Wanted wanted;
    wanted.filters[option] = {glob};
    return wanted;
}

class ListDevices : public BusTest {
protected:
    void SetUp() override {
        BusTest::SetUp();
        if (!IsSkipped()) client_.emplace(address(), via());
    }
    [[nodiscard]] const BusClient& client() const { return *client_; }
    [[nodiscard]] DeviceList list(const Wanted& wanted = {}) const { return client().listDevices(wanted); }
    /// @return what the call is refused with
    [[nodiscard]] std::string refusalOf(const Wanted& wanted) const {
        try {
            return "lists " + std::to_string(list(wanted).devices.size());
        } catch (const CallError& error) {
            return error.what();
        }
    }

private:
    std::optional<BusClient> client_;
};

TEST_P(ListDevices, NamesEveryDeviceThatSysfsShows) {
    EXPECT_EQ(devpathsOf(list()), devpathsOfSysfs());
}

TEST_P(ListDevices, TellsWhatIsThereAndNotWhatHappened) {
    const DeviceList devices = list(only(names::option::Objects, objectOf("null")));
    ASSERT_EQ(devices.devices.size(), 1U);
    const Event& null = devices.devices.front();
    EXPECT_EQ(null.id, 0U);
    EXPECT_EQ(null.source, names::source::Coldplug);
    EXPECT_EQ(null.action, "add");
    EXPECT_EQ(null.subsystem, "mem");
    EXPECT_EQ(null.object, objectOf("null"));
    EXPECT_EQ(null.seqnum, 0U);
    EXPECT_EQ(null.flags, EventFlag::Present);
    EXPECT_GT(null.boottime.count(), 0);
}

TEST_P(ListDevices, GivesThePropertiesThatUdevKnows) {
    const DeviceList devices = list(only(names::option::Objects, objectOf("null")));
    ASSERT_EQ(devices.devices.size(), 1U);
    const PropertyList& properties = devices.devices.front().properties;
    EXPECT_EQ(properties.find("DEVNAME"), "/dev/null");
    EXPECT_EQ(properties.find("MAJOR"), "1");
    EXPECT_EQ(properties.find("SUBSYSTEM"), "mem");
}

TEST_P(ListDevices, FiltersBySubsystem) {
    const DeviceList devices = list(only(names::option::Subsystems, "me?"));
    ASSERT_FALSE(devices.devices.empty());
    for (const Event& device : devices.devices) EXPECT_EQ(device.subsystem, "mem");
}

TEST_P(ListDevices, FiltersByProperty) {
    const DeviceList devices = list(only(names::option::Properties, "DEVNAME=/dev/zero"));
    EXPECT_EQ(devpathsOf(devices), Devpaths{objectOf("zero")});
}

TEST_P(ListDevices, PutsParentsBeforeWhatIsBelowThem) {
    const DeviceList devices = list();
    EXPECT_TRUE(std::is_sorted(devices.devices.begin(), devices.devices.end(),
                               [](const Event& a, const Event& b) { return a.object < b.object; }));
}

TEST_P(ListDevices, RefusesOptionsThatDescribeNoDevice) {
    for (const char* option : {names::option::Sources, names::option::Actions, names::option::Attributes}) {
        EXPECT_THAT(refusalOf(only(option, "add")),
                    AllOf(HasSubstr(names::error::InvalidOption), HasSubstr(option)));
    }
    Wanted since;
    since.since = 1;
    EXPECT_THAT(refusalOf(since), HasSubstr(names::error::InvalidOption));
}

TEST_P(ListDevices, RefusesAMalformedGlob) {
    EXPECT_THAT(refusalOf(only(names::option::Objects, "[a")), HasSubstr(names::error::InvalidFilter));
}

TEST_P(ListDevices, NamesThePlaceInTheStreamThatItStandsFor) {
    const DeviceList devices = list();
    EXPECT_EQ(devices.stream, client().streamId());
    EXPECT_EQ(devices.next, client().number(names::property::LastId) + 1);
}

TEST_P(ListDevices, SurvivesCallersThatGo) {
    for (int i = 0; i < 20; ++i) {
        const BusClient caller = connect();
        const BusMessageHandle call = caller.newCall(names::method::ListDevices);
        appendWanted(call, {});
        checkBus(sd_bus_send(caller.get(), call.get(), nullptr), "call");
        checkBus(sd_bus_flush(caller.get()), "flush");
    }
    EXPECT_EQ(devpathsOf(list()), devpathsOfSysfs());
}

INSTANTIATE_TEST_SUITE_P(Roads, ListDevices, AllRoadsAndGreeted, NameOfRoad());

class ListNetDevices : public ListDevices {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root, to make network devices";
        ListDevices::SetUp();
    }
    [[nodiscard]] Devpaths netDevices() const {
        client().sync();
        return devpathsOf(list(only(names::option::Subsystems, "net")));
    }

    NetDevices devices_;
};

TEST_P(ListNetDevices, FollowDevicesThatComeMoveAndGo) {
    const Devpaths before = netDevices();
    devices_.createVeth("left", "right");
    EXPECT_THAT(netDevices(), Contains("/devices/virtual/net/left"));
    devices_.rename("left", "moved");
    EXPECT_THAT(netDevices(), Contains("/devices/virtual/net/moved"));
    EXPECT_THAT(netDevices(), testing::Not(Contains("/devices/virtual/net/left")));
    devices_.remove("moved");
    EXPECT_EQ(netDevices(), before);
}

TEST_P(ListNetDevices, EscapeANameOfAnyBytes) {
    devices_.createVeth("\xff\x1b", "peer");
    EXPECT_THAT(netDevices(), Contains("/devices/virtual/net/\\xff\\x1b"));
    const DeviceList list = client().listDevices(only(names::option::Objects, "*\\\\xff\\\\x1b"));
    ASSERT_EQ(list.devices.size(), 1U);
    EXPECT_EQ(list.devices.front().flags, EventFlag::Present | EventFlag::Escaped);
    devices_.remove("peer");
}

INSTANTIATE_TEST_SUITE_P(Roads, ListNetDevices, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
