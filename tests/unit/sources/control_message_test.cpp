// Which families there are, as a kernel told it, and as none does.

#include "daemon/sources/control_message.h"

#include "tests/unit/sources/generic_bytes.h"
#include "tests/unit/sources/recorded_messages.h"

#include <cerrno>

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

// --- As kernels sent them ---

ControlMessage recordedMessage(const std::string& name) {
    const std::string bytes = recorded(name);
    const auto result = parseControlMessage(onlyMessage(bytes));
    const auto* message = std::get_if<ControlMessage>(&result);
    EXPECT_NE(message, nullptr) << name;
    return message == nullptr ? ControlMessage() : *message;
}

TEST(ControlMessage, IsReadAsItWasRecorded) {
    for (const std::string version : {"-6.1", "-6.18"}) {
        const GenericFamily control = recordedMessage("control-answer-nlctrl" + version).family;
        EXPECT_EQ(control.number, ControlFamily);
        EXPECT_EQ(control.findGroup("notify"), ControlGroup);
        const GenericFamily acpi = recordedMessage("control-answer-acpi_event" + version).family;
        EXPECT_EQ(acpi.name, "acpi_event");
        EXPECT_TRUE(acpi.findGroup("acpi_mc_group"));
        const GenericFamily thermal = recordedMessage("control-answer-thermal" + version).family;
        EXPECT_EQ(thermal.name, "thermal");
        EXPECT_TRUE(thermal.findGroup("event"));
        EXPECT_TRUE(thermal.findGroup("sampling"));
        const GenericFamily quota = recordedMessage("control-answer-VFS_DQUOT" + version).family;
        EXPECT_EQ(quota.name, "VFS_DQUOT");
        EXPECT_TRUE(quota.findGroup("events"));
    }
}

TEST(ControlMessage, TellsOfAModuleThatWasLoadedAndUnloaded) {
    const ControlMessage added = recordedMessage("control-family-added-6.1");
    EXPECT_EQ(added.kind, ControlMessage::Kind::FamilyAdded);
    EXPECT_EQ(added.family.name, "team");
    const auto group = added.family.findGroup("change_event");
    EXPECT_TRUE(group);
    const ControlMessage groupAdded = recordedMessage("control-group-added-6.1");
    EXPECT_EQ(groupAdded.kind, ControlMessage::Kind::GroupAdded);
    EXPECT_EQ(groupAdded.family.findGroup("change_event"), group);
    EXPECT_EQ(recordedMessage("control-group-removed-6.1").kind, ControlMessage::Kind::GroupRemoved);
    const ControlMessage removed = recordedMessage("control-family-removed-6.1");
    EXPECT_EQ(removed.kind, ControlMessage::Kind::FamilyRemoved);
    EXPECT_EQ(removed.family.number, added.family.number);
}

TEST(ControlMessage, IsAnErrorForAFamilyThatIsNotThere) {
    const std::string bytes = recorded("control-answer-none-6.18");
    GenericMessages messages(bytes);
    const auto first = messages.next();
    ASSERT_TRUE(first && std::holds_alternative<NetlinkAnswer>(*first));
    EXPECT_EQ(std::get<NetlinkAnswer>(*first).error, ENOENT);
    EXPECT_FALSE(messages.next());
}

} // namespace
} // namespace keventd::test
