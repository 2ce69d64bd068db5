// The attributes of a netlink message, or those nested in one of them. Borrowed; whatever the bytes are,
// nothing outside of them is read. Pure.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace keventd {

/// One attribute; its value is borrowed.
struct NetlinkAttribute {
    std::uint16_t type; ///< without the flags that it is nested, or in network byte order
    std::span<const char> value;

    /// @return the number of this machine's byte order that the value is; nothing if it has another size
    template <typename Number>
    [[nodiscard]] std::optional<Number> number() const {
        Number number{};
        if (value.size() != sizeof number) return std::nullopt;
        std::memcpy(&number, value.data(), sizeof number);
        return number;
    }
    /// @return what stands before the first NUL, or all of it
    [[nodiscard]] std::string_view text() const {
        const std::string_view all(value.data(), value.size());
        return all.substr(0, all.find('\0'));
    }
};

class NetlinkAttributes {
public:
    NetlinkAttributes() = default;
    /// @param bytes  one attribute after the other, each aligned to 4 bytes in memory; borrowed
    explicit NetlinkAttributes(std::span<const char> bytes) : bytes_(bytes) {}

    /// Takes the first one off: so all of a list can be gone through.
    /// @return nothing if there is no more, or if what is left is no attribute
    [[nodiscard]] std::optional<NetlinkAttribute> takeFirst();

    /// @return the first one of this type; nothing if there is none
    [[nodiscard]] std::optional<NetlinkAttribute> find(std::uint16_t type) const;
    /// @return its number; nothing if there is none, or it has another size
    [[nodiscard]] std::optional<std::uint16_t> findU16(std::uint16_t type) const;
    [[nodiscard]] std::optional<std::uint32_t> findU32(std::uint16_t type) const;
    [[nodiscard]] std::optional<std::uint64_t> findU64(std::uint16_t type) const;
    /// @return its text; nothing if there is none
    [[nodiscard]] std::optional<std::string_view> findText(std::uint16_t type) const;
    /// @return those that are nested in it; none if it is not there
    [[nodiscard]] NetlinkAttributes findNested(std::uint16_t type) const;

private:
    template <typename Number>
    [[nodiscard]] std::optional<Number> findNumber(std::uint16_t type) const;

    std::span<const char> bytes_;
};

} // namespace keventd
