#include "tests/support/net_devices.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sys/socket.h>
#include <system_error>

namespace keventd::test {
namespace {

// One request: header, ifinfomsg, attributes; nested ones are closed by writing their length into their
// place.
class LinkRequest {
public:
    LinkRequest(std::uint16_t type, std::uint16_t flags, int index = 0) {
        nlmsghdr header{};
        header.nlmsg_type = type;
        header.nlmsg_flags = static_cast<std::uint16_t>(flags | NLM_F_REQUEST | NLM_F_ACK);
        append(&header, sizeof header);
        appendLink(index);
    }

    void appendLink(int index = 0) {
        ifinfomsg link{};
        link.ifi_index = index;
        append(&link, sizeof link);
    }

    void attribute(std::uint16_t type, std::string_view value) {
        const std::size_t start = open(type);
        append(value.data(), value.size());
        close(start);
    }

    [[nodiscard]] std::size_t open(std::uint16_t type) {
        const std::size_t start = bytes_.size();
        const rtattr attribute{.rta_len = 0, .rta_type = type};
        append(&attribute, sizeof attribute);
        return start;
    }

    void close(std::size_t start) {
        const auto length = static_cast<std::uint16_t>(bytes_.size() - start);
        std::memcpy(bytes_.data() + start + offsetof(rtattr, rta_len), &length, sizeof length);
        bytes_.resize(NLMSG_ALIGN(bytes_.size()));
    }

    [[nodiscard]] std::vector<char> take() { return std::move(bytes_); }

private:
    void append(const void* data, std::size_t size) {
        const auto* first = static_cast<const char*>(data);
        bytes_.insert(bytes_.end(), first, first + size);
    }

    std::vector<char> bytes_;
};

std::string terminated(std::string_view name) {
    return std::string(name) + '\0';
}

int indexOf(std::string_view name) {
    return static_cast<int>(if_nametoindex(std::string(name).c_str()));
}

} // namespace

NetDevices::NetDevices() : socket_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)) {
    if (!socket_) throw std::system_error(errno, std::generic_category(), "open rtnetlink socket");
}

void NetDevices::createVeth(std::string_view name, std::string_view peer) {
    LinkRequest request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    request.attribute(IFLA_IFNAME, terminated(name));
    const std::size_t info = request.open(IFLA_LINKINFO);
    request.attribute(IFLA_INFO_KIND, "veth");
    const std::size_t data = request.open(IFLA_INFO_DATA);
    const std::size_t peerInfo = request.open(VETH_INFO_PEER);
    request.appendLink();
    request.attribute(IFLA_IFNAME, terminated(peer));
    for (const std::size_t start : {peerInfo, data, info}) request.close(start);
    this->request(request.take(), "create veth");
}

void NetDevices::rename(std::string_view name, std::string_view to) {
    LinkRequest request(RTM_NEWLINK, 0, indexOf(name));
    request.attribute(IFLA_IFNAME, terminated(to));
    this->request(request.take(), "rename device");
}

void NetDevices::remove(std::string_view name) {
    this->request(LinkRequest(RTM_DELLINK, 0, indexOf(name)).take(), "remove device");
}

void NetDevices::request(std::vector<char> message, const char* what) {
    auto* header = reinterpret_cast<nlmsghdr*>(message.data());
    header->nlmsg_len = static_cast<std::uint32_t>(message.size());
    header->nlmsg_seq = ++sequence_;
    std::array<char, 4096> reply{};
    if (send(socket_.get(), message.data(), message.size(), 0) < 0 ||
        recv(socket_.get(), reply.data(), reply.size(), 0) <
            static_cast<ssize_t>(NLMSG_LENGTH(sizeof(nlmsgerr)))) {
        throw std::system_error(errno, std::generic_category(), what);
    }
    nlmsgerr answer{};
    std::memcpy(&answer, reply.data() + NLMSG_HDRLEN, sizeof answer);
    if (answer.error != 0) throw std::system_error(-answer.error, std::generic_category(), what);
}

std::set<std::string> netDevicesOfSysfs() {
    std::set<std::string> devpaths;
    for (const auto& entry : std::filesystem::directory_iterator("/sys/class/net")) {
        const std::string target = std::filesystem::canonical(entry.path()).string();
        devpaths.insert(target.substr(std::string("/sys").size()));
    }
    return devpaths;
}

} // namespace keventd::test
