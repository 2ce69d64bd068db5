#include "daemon/sources/netlink_attributes.h"

#include <algorithm>
#include <netlink/attr.h>

namespace keventd {
namespace {

const nlattr* asAttribute(std::span<const char> bytes) {
    return static_cast<const nlattr*>(static_cast<const void*>(bytes.data()));
}

} // namespace

std::optional<NetlinkAttribute> NetlinkAttributes::takeFirst() {
    const nlattr* first = asAttribute(bytes_);
    int left = static_cast<int>(bytes_.size());
    if (nla_ok(first, left) == 0) return std::nullopt;
    nla_next(first, &left); // less than nothing, if the last one lacks its padding
    bytes_ = bytes_.last(static_cast<std::size_t>(std::max(left, 0)));
    return NetlinkAttribute{
        static_cast<std::uint16_t>(nla_type(first)),
        {static_cast<const char*>(nla_data(first)), static_cast<std::size_t>(nla_len(first))}};
}

std::optional<NetlinkAttribute> NetlinkAttributes::find(std::uint16_t type) const {
    NetlinkAttributes rest = *this;
    while (const auto attribute = rest.takeFirst()) {
        if (attribute->type == type) return attribute;
    }
    return std::nullopt;
}

template <typename Number>
std::optional<Number> NetlinkAttributes::findNumber(std::uint16_t type) const {
    const auto attribute = find(type);
    return attribute ? attribute->number<Number>() : std::nullopt;
}

std::optional<std::uint16_t> NetlinkAttributes::findU16(std::uint16_t type) const {
    return findNumber<std::uint16_t>(type);
}

std::optional<std::uint32_t> NetlinkAttributes::findU32(std::uint16_t type) const {
    return findNumber<std::uint32_t>(type);
}

std::optional<std::uint64_t> NetlinkAttributes::findU64(std::uint16_t type) const {
    return findNumber<std::uint64_t>(type);
}

std::optional<std::string_view> NetlinkAttributes::findText(std::uint16_t type) const {
    const auto attribute = find(type);
    return attribute ? std::optional(attribute->text()) : std::nullopt;
}

NetlinkAttributes NetlinkAttributes::findNested(std::uint16_t type) const {
    const auto attribute = find(type);
    return attribute ? NetlinkAttributes(attribute->value) : NetlinkAttributes();
}

} // namespace keventd
