#include "tests/support/broker.h"

#include "daemon/base/errors.h"
#include "tests/support/unix_socket.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace keventd::test {
namespace {

constexpr const char* DaemonProgram = "/usr/bin/dbus-daemon";
constexpr const char* BrokerProgram = "/usr/bin/dbus-broker";
constexpr const char* MachineId = "0123456789abcdef0123456789abcdef";
constexpr int FirstInherited = 3; // ChildOptions::inherited

// <type> gives the limits of a session bus; the limit on connections of the system bus is tested nowhere.
constexpr const char* DaemonConfig =
    R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <auth>EXTERNAL</auth>
)";

// Everybody may do everything.
constexpr const char* PermissivePolicy = R"(
  <policy context="default">
    <allow user="*"/>
    <%s own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*" eavesdrop="true"/>
  </policy>
)";

// As of /usr/share/dbus-1/system.conf.
constexpr const char* SystemPolicy = R"(
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Introspectable"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Properties"/>
    <deny send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus"
          send_member="UpdateActivationEnvironment"/>
    <deny send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Debug.Stats"/>
    <deny send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.systemd1.Activator"/>
  </policy>
)";

std::string policyOf(DbusDaemon::Names names) {
    if (names == DbusDaemon::Names::System) return SystemPolicy;
    std::string policy = PermissivePolicy;
    return policy.replace(policy.find("%s"), 2, names == DbusDaemon::Names::Any ? "allow" : "deny");
}

// Source: dbus-broker, src/launch/policy.c, policy_export(): batches (connect, own, send, receive) for uids,
// and for ranges of gids or uids; SELinux contexts; AppArmor; type of the bus.
#define POLICY_BATCH "bta(btbs)a(btssssuutt)a(btssssuutt)"
#define POLICY "a(u(" POLICY_BATCH "))a(buu(" POLICY_BATCH "))a(ss)bs"

void appendPermissivePolicy(sd_bus_message* message) {
    constexpr std::uint64_t priority = 1;
    constexpr std::uint32_t anyUid = UINT32_MAX;
    const auto append = [message](const char* types, auto... values) {
        checkResult(sd_bus_message_append(message, types, values...), "write policy");
    };
    // One batch, for any uid: connect, own any name, send and receive anything with any number of
    // descriptors.
    append("v", "(" POLICY ")", 1, anyUid, 1, priority,                        //
           1, 1, priority, 1, "",                                              //
           1, 1, priority, "", "", "", "", 0, 0, std::uint64_t{0}, UINT64_MAX, //
           1, 1, priority, "", "", "", "", 0, 0, std::uint64_t{0}, UINT64_MAX, //
           0, 0, 0, "session");
}

#undef POLICY
#undef POLICY_BATCH

std::array<UniqueFd, 2> socketPair() {
    std::array<int, 2> fds{};
    checkErrno(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds.data()), "socketpair");
    return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

BusHandle connectController(UniqueFd fd) {
    sd_bus* bus = nullptr;
    checkResult(sd_bus_new(&bus), "create controller");
    BusHandle controller(bus);
    checkResult(sd_bus_set_fd(bus, fd.get(), fd.get()), "connect controller");
    static_cast<void>(fd.release()); // sd_bus_set_fd() took it
    checkResult(sd_bus_start(bus), "connect controller");
    return controller;
}

void addListener(sd_bus* controller, int listener) {
    sd_bus_message* call = nullptr;
    checkResult(sd_bus_message_new_method_call(controller, &call, nullptr, "/org/bus1/DBus/Broker",
                                               "org.bus1.DBus.Broker", "AddListener"),
                "create call");
    const BusMessageHandle handle(call);
    checkResult(sd_bus_message_append(call, "oh", "/org/bus1/DBus/Listener/0", listener), "write call");
    appendPermissivePolicy(call);
    checkResult(sd_bus_call(controller, call, 0, nullptr, nullptr), "give dbus-broker its socket");
}

// dbus-daemon writes its address when it listens; the descriptor closes when it ends.
void waitForAddress(int fd) {
    pollfd readable{.fd = fd, .events = POLLIN, .revents = 0};
    std::array<char, 256> text{};
    const Deadline deadline;
    if (poll(&readable, 1, deadline.pollTimeout()) <= 0)
        throw std::runtime_error("dbus-daemon is not ready in time");
    if (read(fd, text.data(), text.size()) <= 0) throw std::runtime_error("dbus-daemon ended at its start");
}

} // namespace

Broker::Broker() : socket_(directory_.file("bus")) {}

void Broker::kill() {
    process_.reset();
    unlink(socket_.c_str());
}

bool DbusDaemon::isInstalled() {
    return access(DaemonProgram, X_OK) == 0;
}

void DbusDaemon::start() {
    std::ofstream(file("bus.conf")) << DaemonConfig << "<listen>" << address() << "</listen>\n"
                                    << policyOf(names_) << more_ << "</busconfig>\n";
    auto [ours, theirs] = socketPair();
    process_ = std::make_unique<ChildProcess>(
        ChildOptions{.command = {DaemonProgram, "--config-file=" + file("bus.conf"), "--nofork",
                                 "--nopidfile", "--print-address=" + std::to_string(FirstInherited)},
                     .environment = {},
                     .inherited = {theirs.get()},
                     .inChild = {}});
    theirs.reset();
    waitForAddress(ours.get());
}

bool DbusBroker::isInstalled() {
    return access(BrokerProgram, X_OK) == 0;
}

void DbusBroker::start() {
    auto [ours, theirs] = socketPair();
    process_ = std::make_unique<ChildProcess>(ChildOptions{
        .command = {BrokerProgram, "--machine-id", MachineId, "--controller", std::to_string(FirstInherited)},
        .environment = {},
        .inherited = {theirs.get()},
        .inChild = {}});
    theirs.reset();
    controller_ = connectController(std::move(ours));
    const UniqueFd listener = listenAt(socketPath());
    addListener(controller_.get(), listener.get());
}

void DbusBroker::kill() {
    controller_.reset();
    Broker::kill();
}

} // namespace keventd::test
