// udevd's message, read by ourselves.

#include "daemon/sources/udev_message.h"

#include <arpa/inet.h>
#include <cstring>
#include <gtest/gtest.h>

namespace keventd::test {
namespace {

struct Header {
    char prefix[8] = "libudev";
    std::uint32_t magic = htonl(0xfeedcafe);
    std::uint32_t headerBytes = 40;
    std::uint32_t propertiesOffset = 40;
    std::uint32_t propertiesBytes = 0;
    std::uint32_t hashes[4] = {};
};
static_assert(sizeof(Header) == 40);

template <std::size_t Bytes>
std::string withNuls(const char (&literal)[Bytes]) {
    return {literal, Bytes - 1};
}

const std::string Properties = withNuls("ACTION=add\0DEVPATH=/devices/a\0SUBSYSTEM=net\0SEQNUM=7\0ID_X=y\0");

std::string message(Header header, const std::string& properties) {
    std::string bytes(sizeof header, '\0');
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes + properties;
}

Header headerFor(const std::string& properties) {
    Header header;
    header.propertiesBytes = static_cast<std::uint32_t>(properties.size());
    return header;
}

std::string whyRefused(const std::string& bytes) {
    const auto parsed = parseUdevMessage(bytes);
    const auto* why = std::get_if<std::string>(&parsed);
    return why == nullptr ? "" : *why;
}

TEST(UdevMessage, IsAnEventOfUdev) {
    const auto parsed = parseUdevMessage(message(headerFor(Properties), Properties));
    ASSERT_TRUE(std::holds_alternative<Event>(parsed));
    const auto& event = std::get<Event>(parsed);
    EXPECT_EQ(event.source, "udev");
    EXPECT_EQ(event.action, "add");
    EXPECT_EQ(event.object, "/devices/a");
    EXPECT_EQ(event.subsystem, "net");
    EXPECT_EQ(event.seqnum, 7U);
    EXPECT_EQ(event.flags, 0U);
    EXPECT_EQ(event.properties.find("ID_X"), "y");
    EXPECT_EQ(event.properties.size(), 5U);
}

TEST(UdevMessage, IsFlaggedIfItIsSynthetic) {
    const std::string properties = Properties + withNuls("SYNTH_UUID=0\0");
    const auto parsed = parseUdevMessage(message(headerFor(properties), properties));
    EXPECT_EQ(std::get<Event>(parsed).flags, EventFlag::Synthetic);
}

TEST(UdevMessage, IsNoneOfAnotherFormat) {
    EXPECT_NE(whyRefused(""), "");
    EXPECT_NE(whyRefused(message({}, "")), "");
    Header prefix = headerFor(Properties);
    prefix.prefix[0] = 'L';
    EXPECT_NE(whyRefused(message(prefix, Properties)), "");
    Header magic = headerFor(Properties);
    magic.magic = 0xfeedcafe;
    EXPECT_NE(whyRefused(message(magic, Properties)), "");
    EXPECT_NE(whyRefused(message(headerFor(Properties), Properties).substr(0, 23)), "");
}

TEST(UdevMessage, IsNoneIfItsPropertiesDoNotLieInIt) {
    Header offset = headerFor(Properties);
    offset.propertiesOffset = 1'000'000;
    EXPECT_NE(whyRefused(message(offset, Properties)), "");
    offset.propertiesOffset = 8;
    EXPECT_NE(whyRefused(message(offset, Properties)), "");
    Header bytes = headerFor(Properties);
    ++bytes.propertiesBytes;
    EXPECT_NE(whyRefused(message(bytes, Properties)), "");
    bytes.propertiesBytes -= 2; // in the middle of the last one
    EXPECT_NE(whyRefused(message(bytes, Properties)), "");
}

} // namespace
} // namespace keventd::test
