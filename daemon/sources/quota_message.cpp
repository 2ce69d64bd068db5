#include "daemon/sources/quota_message.h"

#include "daemon/base/text.h"
#include "keventd/names.h"

#include <array>
#include <cstdint>
#include <linux/quota.h>
#include <string>

namespace keventd {
namespace {

// By the number of the warning; the first one the kernel never sends.
constexpr std::array<const char*, 11> Actions{
    nullptr,
    "inode-hard-limit",
    "inode-grace-expired",
    "inode-soft-limit",
    "block-hard-limit",
    "block-grace-expired",
    "block-soft-limit",
    "inode-below-hard-limit",
    "inode-below-soft-limit",
    "block-below-hard-limit",
    "block-below-soft-limit",
};
static_assert(QUOTA_NL_BSOFTBELOW + 1 == Actions.size());

constexpr std::array<const char*, 3> Types{"user", "group", "project"}; // USRQUOTA, GRPQUOTA, PRJQUOTA

template <std::size_t Count>
std::string nameOf(const std::array<const char*, Count>& names, std::uint32_t number,
                   const char* prefixOfUnknown) {
    const bool isKnown = number < Count && names[number] != nullptr;
    return isKnown ? names[number] : text(prefixOfUnknown, number);
}

} // namespace

std::variant<Event, RefusedMessage> parseQuotaMessage(const GenericMessage& message) {
    if (message.command != QUOTA_NL_C_WARNING) return RefusedMessage::OtherCommand;
    const auto type = message.attributes.findU32(QUOTA_NL_A_QTYPE);
    const auto id = message.attributes.findU64(QUOTA_NL_A_EXCESS_ID);
    const auto causedId = message.attributes.findU64(QUOTA_NL_A_CAUSED_ID);
    const auto warning = message.attributes.findU32(QUOTA_NL_A_WARNING);
    const auto major = message.attributes.findU32(QUOTA_NL_A_DEV_MAJOR);
    const auto minor = message.attributes.findU32(QUOTA_NL_A_DEV_MINOR);
    if (!type || !id || !causedId || !warning || !major || !minor) return RefusedMessage::Incomplete;

    Event event;
    event.source = names::source::Quota;
    event.action = nameOf(Actions, *warning, "warning-");
    event.subsystem = "block";
    event.properties.set("QUOTA_TYPE", nameOf(Types, *type, ""));
    event.properties.set("QUOTA_ID", text(*id));
    event.properties.set("QUOTA_CAUSED_ID", text(*causedId));
    event.properties.set("QUOTA_WARNING", text(*warning));
    event.properties.set("MAJOR", text(*major));
    event.properties.set("MINOR", text(*minor));
    return event;
}

} // namespace keventd
