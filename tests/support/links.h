// Network interfaces of a test's own namespace: changed by ip(8) and ioctl(2), and what was told of them, in
// words.
#pragma once

#include "daemon/base/unique_fd.h"
#include "tests/support/daemon_process.h"
#include "tests/support/stream_checks.h"
#include "tests/support/subscriber.h"

#include <cstdint>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string>
#include <vector>

namespace keventd::test {

inline constexpr std::uint32_t LinkGroups = RTMGRP_LINK;
inline constexpr std::uint32_t AddressGroups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;

/// Opens a socket that receives groups of rtnetlink, as a socket unit does.
/// @param groups       bits, RTMGRP_*
/// @param bufferBytes  of the receive buffer; needs CAP_NET_ADMIN
/// @throws std::system_error
[[nodiscard]] UniqueFd openRouteSocket(std::uint32_t groups, int bufferBytes = 64 * 1024 * 1024);

/// Runs ip(8), which must succeed.
void ip(std::vector<std::string> arguments);

/// Makes the interfaces `left` and `right`, a pair of type veth.
void addPair();

/// Sets the MTU of an interface of this network namespace, as fast as the kernel can.
class Mtu {
public:
    explicit Mtu(const char* interface);
    void set(int bytes);

private:
    UniqueFd fd_;
    ifreq request_{};
};

/// @return options of a daemon that reads `link` and `address`, beside uevents
[[nodiscard]] DaemonOptions withLinks();

/// @return "change mtu=1400": what has happened, in a word
[[nodiscard]] std::string wordFor(const Event& event);
/// @return a word for each event of source `link` about this interface
[[nodiscard]] std::vector<std::string> wordsOf(const Events& events, const std::string& interface);
/// @return the values of this attribute in events of source `link`
[[nodiscard]] std::vector<std::string> valuesOf(const Events& events, const std::string& attribute);
/// @return the first event of source `link` about this interface with this word; nullptr at the deadline
[[nodiscard]] const Event* waitForLink(Subscriber& subscriber, const std::string& interface,
                                       const std::string& word);

} // namespace keventd::test
