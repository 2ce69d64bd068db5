// What generic netlink tells of itself: which families there are, under which numbers, with which groups. A
// family has no number of its own: it is asked for, or awaited if its module is loaded later. Pure.
#pragma once

#include "daemon/sources/generic_message.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace keventd {

inline constexpr std::uint16_t ControlFamily = 0x10; ///< GENL_ID_CTRL, the one number that is fixed
inline constexpr std::uint32_t ControlGroup = 0x10;  ///< of its group `notify`, fixed as well
inline constexpr std::string_view ControlName =
    "nlctrl"; ///< which takes part in the same, as any other family

struct GenericFamily {
    struct Group {
        std::string name;
        std::uint32_t number = 0; ///< for NETLINK_ADD_MEMBERSHIP
    };

    std::string name;
    std::uint16_t number = 0;
    std::vector<Group> groups; ///< of a GroupAdded or GroupRemoved, these alone

    /// @return the number of the group; nothing if there is none of this name
    [[nodiscard]] std::optional<std::uint32_t> findGroup(std::string_view group) const;
};

struct ControlMessage {
    enum class Kind {
        FamilyAdded, ///< or the answer to a request: the sequence number tells
        FamilyRemoved,
        GroupAdded,
        GroupRemoved,
    };

    Kind kind = Kind::FamilyAdded;
    GenericFamily family;
};

/// Parses one message of the family `nlctrl`: a notification, or the answer to a request.
/// @return what it says, or why it says nothing. Groups without name or number are left out
/// Source: ctrl_fill_info(), ctrl_fill_mcgrp_info(), net/netlink/genetlink.c (kernel)
[[nodiscard]] std::variant<ControlMessage, RefusedMessage> parseControlMessage(const GenericMessage& message);

inline constexpr std::size_t FamilyRequestBytes = 40;

/// @param family    shorter than GENL_NAMSIZ (16)
/// @param sequence  comes back in the answer: a message of `nlctrl`, or a NetlinkAnswer with an error
/// (ENOENT)
/// @return the request for a family, to be sent to the kernel; needs no privilege
[[nodiscard]] std::array<char, FamilyRequestBytes> familyRequest(std::string_view family,
                                                                 std::uint32_t sequence);

} // namespace keventd
