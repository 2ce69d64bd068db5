#include "daemon/sources/netlink_message.h"

#include <algorithm>
#include <cstring>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string_view>

namespace keventd {
namespace {

template <typename Number>
std::optional<Number> read(const nlattr* attribute) {
    const auto bytes = bytesIn(attribute);
    Number number = 0;
    if (!bytes || bytes->size() != sizeof number) return std::nullopt;
    std::memcpy(&number, bytes->data(), sizeof number);
    return number;
}

} // namespace

bool visitMessages(std::span<const char> datagram, const std::function<void(const nlmsghdr&)>& visit) {
    int left = static_cast<int>(datagram.size());
    auto* message = reinterpret_cast<nlmsghdr*>(const_cast<char*>(datagram.data())); // libnl takes no const
    for (; nlmsg_ok(message, left) != 0; message = nlmsg_next(message, &left)) visit(*message);
    return left <= 0;
}

// nlmsg_parse() of libnl wants room for one more type than the highest.
bool readAttributes(const nlmsghdr& message, std::size_t headerBytes, std::span<nlattr*> attributes) {
    std::fill(attributes.begin(), attributes.end(), nullptr);
    auto* header = const_cast<nlmsghdr*>(&message); // libnl takes no const
    const int highest = static_cast<int>(attributes.size()) - 1;
    return nlmsg_parse(header, static_cast<int>(headerBytes), attributes.data(), highest, nullptr) >= 0;
}

bool readNested(const nlattr* outer, std::span<nlattr*> attributes) {
    std::fill(attributes.begin(), attributes.end(), nullptr);
    const int highest = static_cast<int>(attributes.size()) - 1;
    return nla_parse_nested(attributes.data(), highest, const_cast<nlattr*>(outer), nullptr) >= 0;
}

std::optional<std::span<const std::uint8_t>> bytesIn(const nlattr* attribute) {
    if (attribute == nullptr) return std::nullopt;
    return std::span(static_cast<const std::uint8_t*>(nla_data(attribute)),
                     static_cast<std::size_t>(nla_len(attribute)));
}

std::optional<std::uint32_t> numberIn(const nlattr* attribute) {
    return read<std::uint32_t>(attribute);
}

std::optional<std::uint8_t> byteIn(const nlattr* attribute) {
    return read<std::uint8_t>(attribute);
}

std::optional<std::string> textIn(const nlattr* attribute) {
    const auto bytes = bytesIn(attribute);
    if (!bytes) return std::nullopt;
    const std::string_view all(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    return std::string(all.substr(0, all.find('\0')));
}

} // namespace keventd
