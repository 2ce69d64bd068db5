#include "daemon/sources/generic_message.h"

#include "daemon/base/assert.h"

#include <algorithm>
#include <cstring>
#include <linux/genetlink.h>
#include <netlink/msg.h>
#include <utility>

namespace keventd {
namespace {

// libnl takes no constant ones, and changes none.
nlmsghdr* asMessage(std::span<const char> bytes) {
    KEVENTD_ASSERT(reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(nlmsghdr) == 0);
    return static_cast<nlmsghdr*>(static_cast<void*>(const_cast<char*>(bytes.data())));
}

template <typename Value>
std::optional<Value> valueAt(std::span<const char> bytes) {
    Value value{};
    if (bytes.size() < sizeof value) return std::nullopt;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

constexpr std::int32_t MaxError = 4095; // MAX_ERRNO, include/linux/err.h (kernel)

// An error is negative, in a NLMSG_ERROR as in the NLMSG_DONE of a dump.
GenericMessages::Message parseAnswer(const nlmsghdr& header, std::span<const char> payload) {
    const auto error = valueAt<std::int32_t>(payload);
    if (!error) return RefusedMessage::Cut;
    return NetlinkAnswer{header.nlmsg_seq, -std::clamp(*error, -MaxError, 0)};
}

} // namespace

std::string_view reasonText(RefusedMessage reason) {
    switch (reason) {
    case RefusedMessage::Cut:
        return "message cut short";
    case RefusedMessage::NotGeneric:
        return "no message of a family";
    case RefusedMessage::OtherCommand:
        return "unknown command";
    case RefusedMessage::Incomplete:
        return "attribute missing or of another size";
    }
    return "";
}

GenericMessages::Message parseGenericMessage(const nlmsghdr& message) {
    const std::span<const char> whole(reinterpret_cast<const char*>(&message), message.nlmsg_len);
    const std::span<const char> payload = whole.subspan(NLMSG_HDRLEN);
    if (message.nlmsg_type == NLMSG_ERROR || message.nlmsg_type == NLMSG_DONE)
        return parseAnswer(message, payload);
    if (message.nlmsg_type < GENL_MIN_ID) return RefusedMessage::NotGeneric;
    const auto generic = valueAt<genlmsghdr>(payload);
    if (!generic) return RefusedMessage::Cut;
    return GenericMessage{message.nlmsg_type, message.nlmsg_seq, generic->cmd, generic->version,
                          NetlinkAttributes(payload.subspan(GENL_HDRLEN))};
}

std::optional<GenericMessages::Message> GenericMessages::next() {
    if (rest_.empty()) return std::nullopt;
    const std::span<const char> rest = std::exchange(rest_, {});
    auto* message = asMessage(rest);
    int left = static_cast<int>(rest.size());
    if (nlmsg_ok(message, left) == 0) return RefusedMessage::Cut;
    nlmsg_next(message, &left); // less than nothing, if the last one lacks its padding
    rest_ = rest.last(static_cast<std::size_t>(std::max(left, 0)));
    return parseGenericMessage(*message);
}

} // namespace keventd
