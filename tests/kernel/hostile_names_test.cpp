// Bytes that a kernel may hand out and that no bus and no terminal should see; and as many of them as it may.

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/support/child_process.h"
#include "tests/support/net_devices.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

namespace keventd::test {
namespace {

using Json = nlohmann::json;

class HostileNames : public KernelTest {
protected:
    static std::string keventctl(const DaemonProcess& daemon, const std::vector<std::string>& arguments) {
        std::vector<std::string> command{KEVENTCTL_BINARY, "--socket=" + daemon.socketPath()};
        command.insert(command.end(), arguments.begin(), arguments.end());
        Finished finished = run(command);
        EXPECT_EQ(finished.status, 0) << finished.err;
        return finished.out;
    }

    static std::vector<std::string> linesOf(const std::string& text) {
        std::vector<std::string> lines;
        std::istringstream stream(text);
        for (std::string line; std::getline(stream, line);) lines.push_back(line);
        return lines;
    }
};

const Event* waitForDevice(Subscriber& subscriber, const std::string& object) {
    return subscriber.waitForEvent(
        [&](const Event& event) { return event.object == object && event.action == "add"; });
}

TEST_F(HostileNames, ThatAreNoUtf8ArriveEscaped) {
    WatchedDaemon daemon;
    NetDevices().createVeth("a\xff\xfe"
                            "b",
                            "kevpeer");
    const Event* event = waitForDevice(daemon.subscriber(), R"(/devices/virtual/net/a\xff\xfeb)");
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(event->flags, EventFlag::Escaped);
    EXPECT_EQ(event->properties.find("INTERFACE"), R"(a\xff\xfeb)");
    daemon.expectComplete();
}

TEST_F(HostileNames, ThatHoldATerminalsEscapeSequenceArriveEscaped) {
    WatchedDaemon daemon;
    NetDevices().createVeth("x\x1b[31mred", "kevpeer");
    const Event* event = waitForDevice(daemon.subscriber(), R"(/devices/virtual/net/x\x1b[31mred)");
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(event->flags, EventFlag::Escaped);
    daemon.expectComplete();
}

TEST_F(HostileNames, WithABackslashAloneStayVerbatim) {
    WatchedDaemon daemon;
    NetDevices().createVeth(R"(a\xff)", "kevpeer");
    const Event* event = waitForDevice(daemon.subscriber(), R"(/devices/virtual/net/a\xff)");
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(event->flags, 0U);
}

TEST_F(HostileNames, WithABackslashAndAControlCharacterStayUnambiguous) {
    WatchedDaemon daemon;
    NetDevices().createVeth("a\\xff\x01", "kevpeer");
    EXPECT_NE(waitForDevice(daemon.subscriber(), R"(/devices/virtual/net/a\x5cxff\x01)"), nullptr);
}

TEST_F(HostileNames, OfValidUtf8StayVerbatim) {
    WatchedDaemon daemon;
    NetDevices().createVeth("käfer", "kevpeer");
    const Event* event = waitForDevice(daemon.subscriber(), "/devices/virtual/net/käfer");
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(event->flags, 0U);
}

TEST_F(HostileNames, LeaveEachLineOfJsonValid) {
    DaemonProcess daemon;
    NetDevices devices;
    devices.createVeth("a\xff\xfe"
                       "b",
                       "x\x1b[31mred");
    devices.rename("a\xff\xfe"
                   "b",
                   "\"quoted\\\x7f");
    BusClient(daemon.address()).sync();

    std::vector<std::string> objects;
    for (const std::string& line : linesOf(keventctl(daemon, {"history", "--json"}))) {
        const Json event = Json::parse(line); // throws on invalid UTF-8
        objects.push_back(event.at("object").get<std::string>());
    }
    EXPECT_NE(std::find(objects.begin(), objects.end(), R"(/devices/virtual/net/a\xff\xfeb)"), objects.end());
    EXPECT_NE(std::find(objects.begin(), objects.end(), R"(/devices/virtual/net/x\x1b[31mred)"),
              objects.end());
    EXPECT_NE(std::find(objects.begin(), objects.end(), R"(/devices/virtual/net/"quoted\x5c\x7f)"),
              objects.end());
}

TEST_F(HostileNames, LeaveTheMonitorsJsonValid) {
    DaemonProcess daemon;
    NetDevices().createVeth("a\xff\xfe"
                            "b",
                            "x\x1b[31mred");
    BusClient(daemon.address()).sync();
    const std::string out =
        keventctl(daemon, {"monitor", "--json", "--since=oldest", "--count=2", "subsystem=net"});
    const std::vector<std::string> lines = linesOf(out);
    ASSERT_EQ(lines.size(), 2U);
    for (const std::string& line : lines) EXPECT_TRUE(Json::accept(line)) << line;
}

TEST_F(HostileNames, NeverReachATerminal) {
    DaemonProcess daemon;
    NetDevices().createVeth("a\xff\xfe"
                            "b",
                            "x\x1b[31mred");
    BusClient(daemon.address()).sync();
    const std::string out = keventctl(daemon, {"history", "--properties", "subsystem=net"});
    EXPECT_NE(out.find(R"(x\x1b[31mred)"), std::string::npos) << out;
    EXPECT_TRUE(
        std::all_of(out.begin(), out.end(), [](char c) { return c == '\n' || (c >= ' ' && c != '\x7f'); }));
}

TEST_F(HostileNames, ReachTheDaemonsLogNoMoreThanATerminal) {
    WatchedDaemon daemon;
    NetDevices().createVeth("x\x1b[31mred", "kevpeer");
    daemon.expectComplete();
    EXPECT_EQ(daemon.process().log().find('\x1b'), std::string::npos);
}

TEST_F(HostileNames, InAnEnvironmentAsLargeAsTheKernelAllowsArriveWhole) {
    constexpr int count = 30; // of 60 bytes each; the kernel's limit is 2048 bytes and 64 keys in all
    std::string arguments;
    for (int i = 0; i < count; ++i) arguments += " A" + std::to_string(10 + i) + "=" + std::string(45, 'x');
    WatchedDaemon daemon;
    const std::string uuid = newUuid();
    writeUevent("null", uuid, arguments.substr(1));
    const Event* event = daemon.subscriber().waitForEvent([&](const Event& e) { return isOf(e, uuid); });
    ASSERT_NE(event, nullptr);
    for (int i = 0; i < count; ++i) {
        EXPECT_EQ(event->properties.find("SYNTH_ARG_A" + std::to_string(10 + i)), std::string(45, 'x'));
    }
}

} // namespace
} // namespace keventd::test
