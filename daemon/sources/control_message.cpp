#include "daemon/sources/control_message.h"

#include "daemon/base/assert.h"

#include <bit>
#include <linux/genetlink.h>
#include <linux/netlink.h>

namespace keventd {
namespace {

static_assert(ControlFamily == GENL_ID_CTRL);

std::optional<ControlMessage::Kind> kindOf(std::uint8_t command) {
    switch (command) {
    case CTRL_CMD_NEWFAMILY:
        return ControlMessage::Kind::FamilyAdded;
    case CTRL_CMD_DELFAMILY:
        return ControlMessage::Kind::FamilyRemoved;
    case CTRL_CMD_NEWMCAST_GRP:
        return ControlMessage::Kind::GroupAdded;
    case CTRL_CMD_DELMCAST_GRP:
        return ControlMessage::Kind::GroupRemoved;
    default: // operations and policies are the affair of others
        return std::nullopt;
    }
}

// @param array  an attribute for each group, whose type is its place, with name and number nested in it
std::vector<GenericFamily::Group> groupsIn(NetlinkAttributes array) {
    std::vector<GenericFamily::Group> groups;
    while (const auto element = array.takeFirst()) {
        const NetlinkAttributes group(element->value);
        const auto name = group.findText(CTRL_ATTR_MCAST_GRP_NAME);
        const auto number = group.findU32(CTRL_ATTR_MCAST_GRP_ID);
        if (name && number) groups.push_back({std::string(*name), *number});
    }
    return groups;
}

// The name with all that may follow it: the kernel reads as far as the first NUL.
struct Request {
    nlmsghdr header;
    genlmsghdr generic;
    nlattr name;
    char family[GENL_NAMSIZ];
};
static_assert(sizeof(Request) == FamilyRequestBytes);

} // namespace

std::optional<std::uint32_t> GenericFamily::findGroup(std::string_view group) const {
    for (const Group& one : groups) {
        if (one.name == group) return one.number;
    }
    return std::nullopt;
}

std::variant<ControlMessage, RefusedMessage> parseControlMessage(const GenericMessage& message) {
    const auto kind = kindOf(message.command);
    if (!kind) return RefusedMessage::OtherCommand;
    const auto name = message.attributes.findText(CTRL_ATTR_FAMILY_NAME);
    const auto number = message.attributes.findU16(CTRL_ATTR_FAMILY_ID);
    if (!name || name->empty() || !number) return RefusedMessage::Incomplete;
    return ControlMessage{
        *kind,
        {std::string(*name), *number, groupsIn(message.attributes.findNested(CTRL_ATTR_MCAST_GROUPS))}};
}

std::array<char, FamilyRequestBytes> familyRequest(std::string_view family, std::uint32_t sequence) {
    KEVENTD_ASSERT(family.size() < GENL_NAMSIZ);
    Request request{};
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = GENL_ID_CTRL;
    request.header.nlmsg_flags = NLM_F_REQUEST;
    request.header.nlmsg_seq = sequence;
    request.generic.cmd = CTRL_CMD_GETFAMILY;
    request.generic.version = 1;
    request.name.nla_type = CTRL_ATTR_FAMILY_NAME;
    request.name.nla_len = sizeof request.name + sizeof request.family;
    family.copy(request.family, family.size());
    return std::bit_cast<std::array<char, FamilyRequestBytes>>(request);
}

} // namespace keventd
