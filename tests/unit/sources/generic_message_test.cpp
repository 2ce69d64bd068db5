// How a datagram is split into messages, and a message into attributes: also where it lies about its lengths.

#include "daemon/sources/generic_message.h"

#include "tests/unit/sources/generic_bytes.h"

#include <cerrno>
#include <vector>

namespace keventd::test {
namespace {

constexpr std::uint16_t Family = 0x17;

std::vector<GenericMessages::Message> messagesIn(std::string_view datagram) {
    std::vector<GenericMessages::Message> all;
    GenericMessages messages(datagram);
    while (const auto message = messages.next()) all.push_back(*message);
    return all;
}

RefusedMessage onlyRefusal(std::string_view datagram) {
    const auto all = messagesIn(datagram);
    EXPECT_EQ(all.size(), 1U);
    const auto* reason = all.empty() ? nullptr : std::get_if<RefusedMessage>(&all.front());
    EXPECT_NE(reason, nullptr);
    return reason == nullptr ? RefusedMessage{} : *reason;
}

NetlinkAttributes attributesOf(std::string_view bytes) {
    return NetlinkAttributes(bytes);
}

TEST(GenericMessages, AreNoneInAnEmptyDatagram) {
    EXPECT_TRUE(messagesIn("").empty());
}

TEST(GenericMessages, AreWhatTheHeadersSay) {
    const std::string bytes = genericBytes(Family, 5, attributeOf(2, 77), 4711);
    const GenericMessage message = onlyMessage(bytes);
    EXPECT_EQ(message.family, Family);
    EXPECT_EQ(message.sequence, 4711U);
    EXPECT_EQ(message.command, 5);
    EXPECT_EQ(message.version, 1);
    EXPECT_EQ(message.attributes.findU32(2), 77U);
}

TEST(GenericMessages, FollowEachOther) {
    const auto all = messagesIn(genericBytes(Family, 1, attributeOf(1, "a")) + genericBytes(Family, 2, "") +
                                genericBytes(Family + 1, 3, ""));
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(std::get<GenericMessage>(all[1]).command, 2);
    EXPECT_EQ(std::get<GenericMessage>(all[2]).family, Family + 1);
}

TEST(GenericMessages, HaveAnswersAmongThem) {
    const auto all = messagesIn(netlinkBytes(NLMSG_ERROR, 3, bytesOf(std::int32_t{-ENOENT})) +
                                netlinkBytes(NLMSG_ERROR, 4, bytesOf(std::int32_t{0})) +
                                netlinkBytes(NLMSG_DONE, 5, bytesOf(std::int32_t{0})));
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(std::get<NetlinkAnswer>(all[0]).error, ENOENT);
    EXPECT_EQ(std::get<NetlinkAnswer>(all[0]).sequence, 3U);
    EXPECT_EQ(std::get<NetlinkAnswer>(all[1]).error, 0);
    EXPECT_EQ(std::get<NetlinkAnswer>(all[2]).sequence, 5U);
}

TEST(GenericMessages, RefuseWhatIsShorterThanItsHeaders) {
    EXPECT_EQ(onlyRefusal(std::string("short")), RefusedMessage::Cut);
    EXPECT_EQ(onlyRefusal(netlinkBytes(Family, 0, "")), RefusedMessage::Cut);
    EXPECT_EQ(onlyRefusal(netlinkBytes(NLMSG_ERROR, 0, "")), RefusedMessage::Cut);
}

TEST(GenericMessages, RefuseALengthThatIsNotTrue) {
    const std::string whole = genericBytes(Family, 1, attributeOf(1, "a"));
    EXPECT_EQ(onlyRefusal(whole.substr(0, whole.size() - 4)), RefusedMessage::Cut);
    for (const std::uint32_t length : {0U, 15U, 0x7fffffffU, 0x80000000U, 0xfffffffeU, 0xffffffffU}) {
        std::string bytes = whole;
        bytes.replace(0, sizeof length, bytesOf(length));
        EXPECT_EQ(onlyRefusal(bytes), RefusedMessage::Cut) << length;
    }
}

TEST(GenericMessages, RefuseWhatStandsBehindTheLastOne) {
    const auto all = messagesIn(genericBytes(Family, 1, "") + "rest");
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(std::get<RefusedMessage>(all[1]), RefusedMessage::Cut);
}

TEST(GenericMessages, MayEndWithoutPadding) {
    std::string bytes = genericBytes(Family, 1, attributeOf(1, "ab"));
    bytes.replace(0, sizeof(std::uint32_t), bytesOf(static_cast<std::uint32_t>(bytes.size() - 1)));
    bytes.pop_back();
    EXPECT_EQ(onlyMessage(bytes).attributes.findText(1), "ab");
}

TEST(GenericMessages, RefuseWhatIsOfNetlinkItself) {
    EXPECT_EQ(onlyRefusal(netlinkBytes(NLMSG_OVERRUN, 0, "payload")), RefusedMessage::NotGeneric);
}

TEST(GenericMessages, AreRefusedForReasonsInWords) {
    for (const auto reason : {RefusedMessage::Cut, RefusedMessage::NotGeneric, RefusedMessage::OtherCommand,
                              RefusedMessage::Incomplete})
        EXPECT_FALSE(reasonText(reason).empty());
}

TEST(NetlinkAttributes, AreFoundByTheirType) {
    const std::string bytes = attributeOf(1, "name") + attributeOf(2, 7) +
                              attributeBytes(3, bytesOf(std::uint64_t{1} << 40U)) +
                              attributeBytes(4, bytesOf(std::uint16_t{99}));
    EXPECT_EQ(attributesOf(bytes).findText(1), "name");
    EXPECT_EQ(attributesOf(bytes).findU32(2), 7U);
    EXPECT_EQ(attributesOf(bytes).findU64(3), std::uint64_t{1} << 40U);
    EXPECT_EQ(attributesOf(bytes).findU16(4), 99);
    EXPECT_FALSE(attributesOf(bytes).find(5));
}

TEST(NetlinkAttributes, OfOneTypeAreFoundFirstToLast) {
    const std::string bytes = attributeOf(1, 7) + attributeOf(1, 8);
    EXPECT_EQ(attributesOf(bytes).findU32(1), 7U);
}

TEST(NetlinkAttributes, AreNoNumberOfAnotherSize) {
    const std::string bytes = attributeOf(1, 7) + attributeBytes(2, "12345") + attributeBytes(3, "");
    EXPECT_FALSE(attributesOf(bytes).findU16(1));
    EXPECT_FALSE(attributesOf(bytes).findU64(1));
    EXPECT_FALSE(attributesOf(bytes).findU32(2));
    EXPECT_FALSE(attributesOf(bytes).findU32(3));
}

TEST(NetlinkAttributes, AreTextWithOrWithoutNul) {
    const std::string bytes =
        attributeBytes(1, "abc") + attributeBytes(2, std::string_view("ab\0c", 4)) + attributeBytes(3, "");
    EXPECT_EQ(attributesOf(bytes).findText(1), "abc");
    EXPECT_EQ(attributesOf(bytes).findText(2), "ab");
    EXPECT_EQ(attributesOf(bytes).findText(3), "");
}

TEST(NetlinkAttributes, AreNestedInOthers) {
    const std::string bytes = attributeBytes(1 | NLA_F_NESTED, attributeOf(9, 7) + attributeOf(8, "in"));
    EXPECT_EQ(attributesOf(bytes).findNested(1).findU32(9), 7U);
    EXPECT_EQ(attributesOf(bytes).findNested(1).findText(8), "in");
    EXPECT_FALSE(attributesOf(bytes).findNested(2).takeFirst());
}

TEST(NetlinkAttributes, EndWhereOneIsNoAttribute) {
    const std::string good = attributeOf(1, 7);
    EXPECT_EQ(attributesOf(good + "ab").findU32(1), 7U);
    for (const auto length : std::vector<std::uint16_t>{0, 3, 9, 0xffff}) {
        const std::string bad = bytesOf(nlattr{length, 2}) + "four";
        EXPECT_EQ(attributesOf(good + bad).findU32(1), 7U) << length;
        EXPECT_FALSE(attributesOf(good + bad).find(2)) << length;
        EXPECT_FALSE(attributesOf(bad + good).find(1)) << length;
    }
}

} // namespace
} // namespace keventd::test
