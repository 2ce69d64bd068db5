// Which families there are, as a kernel told it, and as none does.

#include "daemon/sources/control_message.h"

#include "tests/unit/sources/generic_bytes.h"
#include "tests/unit/sources/recorded_messages.h"

namespace keventd::test {
namespace {

const std::string Thermal = attributeOf(CTRL_ATTR_FAMILY_NAME, "thermal") +
                            attributeBytes(CTRL_ATTR_FAMILY_ID, bytesOf(std::uint16_t{21}));

std::string group(std::uint16_t place, std::string_view name, std::uint32_t number) {
    return attributeBytes(place, attributeOf(CTRL_ATTR_MCAST_GRP_ID, number) +
                                     attributeOf(CTRL_ATTR_MCAST_GRP_NAME, name));
}

std::variant<ControlMessage, RefusedMessage> parsed(std::uint8_t command, std::string_view attributes) {
    const std::string bytes = genericBytes(ControlFamily, command, attributes);
    return parseControlMessage(onlyMessage(bytes));
}

ControlMessage::Kind kindOf(std::uint8_t command) {
    return std::get<ControlMessage>(parsed(command, Thermal)).kind;
}

TEST(ControlMessage, IsOfAFamilyWithItsGroups) {
    const std::string groups = group(1, "sampling", 5) + group(2, "event", 6);
    const auto message = std::get<ControlMessage>(
        parsed(CTRL_CMD_NEWFAMILY, Thermal + attributeBytes(CTRL_ATTR_MCAST_GROUPS, groups)));
    EXPECT_EQ(message.kind, ControlMessage::Kind::FamilyAdded);
    EXPECT_EQ(message.family.name, "thermal");
    EXPECT_EQ(message.family.number, 21);
    EXPECT_EQ(message.family.groups.size(), 2U);
    EXPECT_EQ(message.family.findGroup("event"), 6U);
    EXPECT_FALSE(message.family.findGroup("other"));
}

TEST(ControlMessage, SaysWhatHasBecomeOfIt) {
    EXPECT_EQ(kindOf(CTRL_CMD_DELFAMILY), ControlMessage::Kind::FamilyRemoved);
    EXPECT_EQ(kindOf(CTRL_CMD_NEWMCAST_GRP), ControlMessage::Kind::GroupAdded);
    EXPECT_EQ(kindOf(CTRL_CMD_DELMCAST_GRP), ControlMessage::Kind::GroupRemoved);
}

TEST(ControlMessage, LeavesOutGroupsThatAreNotWhole) {
    const std::string groups = attributeBytes(1, attributeOf(CTRL_ATTR_MCAST_GRP_NAME, "a")) +
                               attributeBytes(2, attributeOf(CTRL_ATTR_MCAST_GRP_ID, 5)) +
                               attributeBytes(3, "x") + group(4, "event", 6);
    const auto message = std::get<ControlMessage>(
        parsed(CTRL_CMD_NEWFAMILY, Thermal + attributeBytes(CTRL_ATTR_MCAST_GROUPS, groups)));
    EXPECT_EQ(message.family.groups.size(), 1U);
    EXPECT_EQ(message.family.findGroup("event"), 6U);
}

TEST(ControlMessage, IsNoneWithoutNameAndNumber) {
    const auto without = [](std::string_view attributes) {
        return std::get<RefusedMessage>(parsed(CTRL_CMD_NEWFAMILY, attributes));
    };
    EXPECT_EQ(without(attributeOf(CTRL_ATTR_FAMILY_NAME, "thermal")), RefusedMessage::Incomplete);
    EXPECT_EQ(without(attributeBytes(CTRL_ATTR_FAMILY_ID, bytesOf(std::uint16_t{21}))),
              RefusedMessage::Incomplete);
    EXPECT_EQ(without(attributeOf(CTRL_ATTR_FAMILY_NAME, "") +
                      attributeBytes(CTRL_ATTR_FAMILY_ID, bytesOf(std::uint16_t{21}))),
              RefusedMessage::Incomplete);
}

TEST(ControlMessage, IsNoneOfOperationsAndPolicies) {
    EXPECT_EQ(std::get<RefusedMessage>(parsed(CTRL_CMD_NEWOPS, Thermal)), RefusedMessage::OtherCommand);
    EXPECT_EQ(std::get<RefusedMessage>(parsed(CTRL_CMD_GETPOLICY, Thermal)), RefusedMessage::OtherCommand);
}

TEST(FamilyRequest, NamesTheFamily) {
    const auto request = familyRequest("acpi_event", 9);
    const GenericMessage message = onlyMessage({request.data(), request.size()});
    EXPECT_EQ(message.family, ControlFamily);
    EXPECT_EQ(message.sequence, 9U);
    EXPECT_EQ(message.command, CTRL_CMD_GETFAMILY);
    EXPECT_EQ(message.attributes.findText(CTRL_ATTR_FAMILY_NAME), "acpi_event");
}

} // namespace
} // namespace keventd::test
