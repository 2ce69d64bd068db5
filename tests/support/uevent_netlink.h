// The uevent groups of netlink from the tests' side: sockets to hand to a daemon, and messages to send to
// one.
#pragma once

#include "daemon/base/unique_fd.h"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace keventd::test {

inline constexpr std::uint32_t KernelGroup = 1;
inline constexpr std::uint32_t UdevGroup = 2;

/// Opens a socket that receives a group, as a socket unit does (without PassCredentials=).
/// @param bufferBytes  of the receive buffer; more than net.core.rmem_max only with CAP_NET_ADMIN
[[nodiscard]] UniqueFd openUeventSocket(std::uint32_t group, int bufferBytes = 64 * 1024 * 1024);

/// Properties in the order in which they are sent.
using Properties = std::vector<std::pair<std::string, std::string>>;

/// @return "ACTION@DEVPATH\0KEY=value\0…", with ACTION and DEVPATH taken from the properties
[[nodiscard]] std::string kernelMessage(const Properties& properties);
/// @return the same with libudev's header, as udevd sends it to libudev's monitors
[[nodiscard]] std::string udevMessage(const Properties& properties);

/// Sends to a group as any process can: nl_pid is not the kernel's. A group of a network namespace of one's
/// own, else the machine's udev clients hear it.
/// @param uid  as which it is sent; another than one's own only as root
/// @return false if this kernel does not let such a message through (an empty one, since Linux 5.17)
bool sendToGroup(std::uint32_t group, std::string_view message, uid_t uid = geteuid());

/// Has the kernel send a message of ours (CAP_SYS_ADMIN); it adds SEQNUM.
/// @throws std::system_error if it refuses
void injectUevent(const Properties& properties);
void injectMessage(std::string_view message);

/// @return /sys/kernel/uevent_seqnum
[[nodiscard]] std::uint64_t newestSeqnum();

/// What the kernel has really sent, by a socket with room for all of it: what a test compares a daemon with.
class UeventWitness {
public:
    UeventWitness() : socket_(openUeventSocket(KernelGroup, BufferBytes)) {}

    /// @return SEQNUMs of all that the kernel has sent to this network namespace since the witness began
    [[nodiscard]] const std::set<std::uint64_t>& seqnums();

private:
    // It is read at the end of a storm: 300,000 events take 1 KiB each in a socket.
    static constexpr int BufferBytes = 512 * 1024 * 1024;

    UniqueFd socket_;
    std::set<std::uint64_t> seqnums_;
};

} // namespace keventd::test
