// Warnings of quotas: as a kernel sent them, and as none does.

#include "daemon/sources/quota_message.h"

#include "tests/unit/sources/generic_bytes.h"
#include "tests/unit/sources/recorded_messages.h"

#include <linux/quota.h>
#include <vector>

namespace keventd::test {
namespace {

constexpr std::uint16_t Family = 0x18;

std::vector<std::string> attributesOf(std::uint32_t type, std::uint32_t warning) {
    return {attributeOf(QUOTA_NL_A_QTYPE, type),
            attributeBytes(QUOTA_NL_A_EXCESS_ID, bytesOf(std::uint64_t{65534})),
            attributeOf(QUOTA_NL_A_WARNING, warning),
            attributeOf(QUOTA_NL_A_DEV_MAJOR, 8),
            attributeOf(QUOTA_NL_A_DEV_MINOR, 17),
            attributeBytes(QUOTA_NL_A_CAUSED_ID, bytesOf(std::uint64_t{0xffffffff}))};
}

std::variant<Event, RefusedMessage> parsed(const std::vector<std::string>& attributes,
                                           std::uint8_t command = QUOTA_NL_C_WARNING) {
    std::string all;
    for (const std::string& one : attributes) all += one;
    const std::string bytes = genericBytes(Family, command, all);
    return parseQuotaMessage(onlyMessage(bytes));
}

std::string actionOf(std::uint32_t warning) {
    return std::get<Event>(parsed(attributesOf(0, warning))).action;
}

TEST(QuotaMessage, IsAWarning) {
    const auto event = std::get<Event>(parsed(attributesOf(GRPQUOTA, QUOTA_NL_BHARDWARN)));
    EXPECT_EQ(event.source, "quota");
    EXPECT_EQ(event.action, "block-hard-limit");
    EXPECT_EQ(event.subsystem, "block");
    EXPECT_EQ(event.properties.find("QUOTA_TYPE"), "group");
    EXPECT_EQ(event.properties.find("QUOTA_ID"), "65534");
    EXPECT_EQ(event.properties.find("QUOTA_CAUSED_ID"), "4294967295");
    EXPECT_EQ(event.properties.find("QUOTA_WARNING"), "4");
    EXPECT_EQ(event.properties.find("MAJOR"), "8");
    EXPECT_EQ(event.properties.find("MINOR"), "17");
    EXPECT_EQ(event.properties.size(), 6U);
}

TEST(QuotaMessage, NamesEachKindOfWarning) {
    EXPECT_EQ(actionOf(QUOTA_NL_IHARDWARN), "inode-hard-limit");
    EXPECT_EQ(actionOf(QUOTA_NL_ISOFTLONGWARN), "inode-grace-expired");
    EXPECT_EQ(actionOf(QUOTA_NL_ISOFTWARN), "inode-soft-limit");
    EXPECT_EQ(actionOf(QUOTA_NL_BHARDWARN), "block-hard-limit");
    EXPECT_EQ(actionOf(QUOTA_NL_BSOFTLONGWARN), "block-grace-expired");
    EXPECT_EQ(actionOf(QUOTA_NL_BSOFTWARN), "block-soft-limit");
    EXPECT_EQ(actionOf(QUOTA_NL_IHARDBELOW), "inode-below-hard-limit");
    EXPECT_EQ(actionOf(QUOTA_NL_ISOFTBELOW), "inode-below-soft-limit");
    EXPECT_EQ(actionOf(QUOTA_NL_BHARDBELOW), "block-below-hard-limit");
    EXPECT_EQ(actionOf(QUOTA_NL_BSOFTBELOW), "block-below-soft-limit");
}

TEST(QuotaMessage, PassesOnNumbersThatHaveNoName) {
    const auto event = std::get<Event>(parsed(attributesOf(3, 11)));
    EXPECT_EQ(event.action, "warning-11");
    EXPECT_EQ(event.properties.find("QUOTA_TYPE"), "3");
    EXPECT_EQ(actionOf(0), "warning-0");
    EXPECT_EQ(actionOf(0xffffffff), "warning-4294967295");
}

TEST(QuotaMessage, IsNoneWithoutAnyOfItsAttributes) {
    const std::vector<std::string> whole = attributesOf(USRQUOTA, QUOTA_NL_BSOFTWARN);
    for (std::size_t left = 0; left < whole.size(); ++left) {
        std::vector<std::string> attributes = whole;
        attributes.erase(attributes.begin() + static_cast<std::ptrdiff_t>(left));
        EXPECT_EQ(std::get<RefusedMessage>(parsed(attributes)), RefusedMessage::Incomplete) << left;
    }
}

TEST(QuotaMessage, IsNoneOfAnotherCommand) {
    EXPECT_EQ(std::get<RefusedMessage>(parsed(attributesOf(0, 1), 2)), RefusedMessage::OtherCommand);
}

// --- As Linux 6.1 sent them ---

TEST(QuotaMessage, IsReadAsItWasRecorded) {
    for (const char* action :
         {"block-hard-limit", "block-grace-expired", "block-soft-limit", "block-below-hard-limit",
          "block-below-soft-limit", "inode-hard-limit", "inode-grace-expired", "inode-soft-limit",
          "inode-below-hard-limit", "inode-below-soft-limit"}) {
        const std::string bytes = recorded(std::string("quota-") + action + "-6.1");
        const auto event = std::get<Event>(parseQuotaMessage(onlyMessage(bytes)));
        EXPECT_EQ(event.action, action);
        EXPECT_EQ(event.properties.find("QUOTA_TYPE"), "user");
        EXPECT_EQ(event.properties.find("QUOTA_ID"), "65534");
        EXPECT_EQ(event.properties.find("QUOTA_CAUSED_ID"), "65534");
        EXPECT_EQ(event.properties.find("MAJOR"), "7");
        EXPECT_EQ(event.properties.find("MINOR"), "0");
    }
}

TEST(QuotaMessage, IsCountedByItsFamily) {
    const std::string first = recorded("quota-block-soft-limit-6.1");
    const std::string second = recorded("quota-block-grace-expired-6.1");
    EXPECT_EQ(onlyMessage(first).sequence, 1U);
    EXPECT_EQ(onlyMessage(second).sequence, 2U);
}

} // namespace
} // namespace keventd::test
