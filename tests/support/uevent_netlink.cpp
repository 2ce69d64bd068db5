#include "tests/support/uevent_netlink.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <endian.h>
#include <fstream>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <system_error>

namespace keventd::test {
namespace {

constexpr std::size_t LongestMessage = 8192;

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_nl groupAddress(std::uint32_t groups) {
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = groups;
    return address;
}

UniqueFd newSocket() {
    UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
    if (!fd) fail("open uevent socket");
    return fd;
}

std::string strings(const Properties& properties) {
    std::string bytes;
    for (const auto& [key, value] : properties) bytes += key + "=" + value + '\0';
    return bytes;
}

std::string valueOf(const Properties& properties, std::string_view wanted) {
    for (const auto& [key, value] : properties) {
        if (key == wanted) return value;
    }
    return {};
}

// src/libsystemd/sd-device/device-monitor.c (systemd): monitor_netlink_header
struct UdevHeader {
    char prefix[8] = {'l', 'i', 'b', 'u', 'd', 'e', 'v', '\0'};
    std::uint32_t magic = htobe32(0xfeedcafe);
    std::uint32_t headerSize = sizeof(UdevHeader);
    std::uint32_t propertiesOffset = sizeof(UdevHeader);
    std::uint32_t propertiesLength = 0;
    std::uint32_t subsystemHash = 0; // these four only matter to a monitor that filters
    std::uint32_t devtypeHash = 0;
    std::uint32_t tagBloomHigh = 0;
    std::uint32_t tagBloomLow = 0;
};

void putCredentials(msghdr& header, const ucred& credentials) {
    cmsghdr* control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_CREDENTIALS;
    control->cmsg_len = CMSG_LEN(sizeof credentials);
    std::memcpy(CMSG_DATA(control), &credentials, sizeof credentials);
}

std::uint64_t seqnumOf(std::string_view message) {
    constexpr std::string_view key("\0SEQNUM=", 8);
    const std::size_t at = message.rfind(key);
    std::uint64_t seqnum = 0;
    if (at != std::string_view::npos) {
        std::from_chars(message.data() + at + key.size(), message.data() + message.size(), seqnum);
    }
    return seqnum;
}

} // namespace

UniqueFd openUeventSocket(std::uint32_t group, int bufferBytes) {
    UniqueFd fd = newSocket();
    if (setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &bufferBytes, sizeof bufferBytes) < 0 &&
        setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &bufferBytes, sizeof bufferBytes) < 0) {
        fail("set receive buffer");
    }
    const sockaddr_nl address = groupAddress(group);
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
        fail("bind uevent socket");
    return fd;
}

std::string kernelMessage(const Properties& properties) {
    return valueOf(properties, "ACTION") + "@" + valueOf(properties, "DEVPATH") + '\0' + strings(properties);
}

std::string udevMessage(const Properties& properties) {
    const std::string body = strings(properties);
    UdevHeader header;
    header.propertiesLength = static_cast<std::uint32_t>(body.size());
    return std::string(reinterpret_cast<const char*>(&header), sizeof header) + body;
}

bool sendToGroup(std::uint32_t group, std::string_view message, uid_t uid) {
    const UniqueFd fd = newSocket();
    sockaddr_nl address = groupAddress(group);
    std::string bytes(message);
    iovec vector{bytes.data(), bytes.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
    msghdr header{};
    header.msg_name = &address;
    header.msg_namelen = sizeof address;
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    putCredentials(header, {.pid = getpid(), .uid = uid, .gid = getegid()});
    if (sendmsg(fd.get(), &header, 0) >= 0) return true;
    // Nobody listening is no failure of the sender's: the message reached all there are.
    if (errno == ECONNREFUSED) return true;
    if (errno == ENODATA) return false;
    fail("send to uevent group");
}

void injectUevent(const Properties& properties) {
    injectMessage(kernelMessage(properties));
}

void injectMessage(std::string_view message) {
    nlmsghdr header{};
    header.nlmsg_len = static_cast<std::uint32_t>(NLMSG_LENGTH(message.size()));
    header.nlmsg_type = NLMSG_MIN_TYPE;
    header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
    bytes += message;
    const UniqueFd fd = newSocket();
    const sockaddr_nl kernel = groupAddress(0);
    if (sendto(fd.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&kernel),
               sizeof kernel) < 0) {
        fail("inject uevent");
    }
    std::array<char, 4096> reply{};
    nlmsgerr answer{};
    if (recv(fd.get(), reply.data(), reply.size(), 0) < 0) fail("inject uevent: acknowledgement");
    std::memcpy(&answer, reply.data() + NLMSG_HDRLEN, sizeof answer);
    if (answer.error != 0) throw std::system_error(-answer.error, std::generic_category(), "inject uevent");
}

std::uint64_t newestSeqnum() {
    std::uint64_t seqnum = 0;
    std::ifstream("/sys/kernel/uevent_seqnum") >> seqnum;
    return seqnum;
}

const std::set<std::uint64_t>& UeventWitness::seqnums() {
    std::array<char, LongestMessage> buffer{};
    for (;;) {
        const ssize_t length = recv(socket_.get(), buffer.data(), buffer.size(), 0);
        if (length >= 0) {
            seqnums_.insert(seqnumOf({buffer.data(), static_cast<std::size_t>(length)}));
        } else if (errno != EINTR) {
            EXPECT_EQ(errno, EAGAIN) << "the witness has not seen everything";
            return seqnums_;
        }
    }
}

} // namespace keventd::test
