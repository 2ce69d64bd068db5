#include "tests/support/links.h"

#include "keventd/names.h"
#include "tests/support/child_process.h"

#include <cerrno>
#include <cstring>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace keventd::test {
namespace {

bool isOfLink(const Event& event, const std::string& interface) {
    return event.source == names::source::Link && textIn(event, "INTERFACE") == interface;
}

} // namespace

UniqueFd openRouteSocket(std::uint32_t groups, int bufferBytes) {
    UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = groups;
    if (!fd || setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &bufferBytes, sizeof bufferBytes) < 0 ||
        bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
        throw std::system_error(errno, std::generic_category(), "open socket of rtnetlink");
    return fd;
}

void ip(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "ip");
    const Finished finished = run(std::move(arguments));
    ASSERT_EQ(finished.status, 0) << finished.err;
}

void addPair() {
    ip({"link", "add", "left", "type", "veth", "peer", "name", "right"});
}

Mtu::Mtu(const char* interface) : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    std::strncpy(request_.ifr_name, interface, IFNAMSIZ - 1);
}

void Mtu::set(int bytes) {
    request_.ifr_mtu = bytes;
    ASSERT_EQ(ioctl(fd_.get(), SIOCSIFMTU, &request_), 0);
}

DaemonOptions withLinks() {
    DaemonOptions options;
    options.sources = "link,address";
    return options;
}

std::string wordFor(const Event& event) {
    const std::string value = event.attribute + "=" + textIn(event, names::key::Value);
    return event.attribute.empty() ? event.action : event.action + " " + value;
}

std::vector<std::string> wordsOf(const Events& events, const std::string& interface) {
    std::vector<std::string> words;
    for (const Event& event : events) {
        if (isOfLink(event, interface)) words.push_back(wordFor(event));
    }
    return words;
}

std::vector<std::string> valuesOf(const Events& events, const std::string& attribute) {
    std::vector<std::string> values;
    for (const Event& event : events) {
        if (event.source == names::source::Link && event.attribute == attribute)
            values.push_back(textIn(event, names::key::Value));
    }
    return values;
}

const Event* waitForLink(Subscriber& subscriber, const std::string& interface, const std::string& word) {
    return subscriber.waitForEvent(
        [&](const Event& event) { return isOfLink(event, interface) && wordFor(event) == word; });
}

} // namespace keventd::test
