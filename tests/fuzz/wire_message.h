// D-Bus messages as bytes: a head that is in order, before a body that may be anything. (A broken head ends
// the connection, and is sd-bus's affair; a body is looked at only when it is read.)
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keventd::fuzz {

/// Source: D-Bus specification, "Message Protocol"
struct WireHead {
    enum class Type : std::uint8_t { Reply = 2, Signal = 4 };

    Type type = Type::Signal;
    bool isBigEndian = false;
    std::uint32_t replySerial = 0; ///< of a reply
    const char* member = "Events"; ///< of a signal
    const char* sender = nullptr;  ///< left out, if there is none
    std::string_view signature;    ///< of the body
};

/// @return the whole message
[[nodiscard]] std::vector<std::uint8_t> wireMessage(const WireHead& head, std::span<const std::uint8_t> body);

} // namespace keventd::fuzz
