// What plain text is: all that sd-bus carries, but for control characters.

#include "dbus/plain_text.h"

#include "tests/unit/support/events.h"
#include "tests/unit/support/loopback_bus.h"

namespace keventd::test {
namespace {

// UTF-8 by RFC 3629 of any number, also of those that are no characters.
std::string utf8(std::uint32_t c) {
    const auto tail = [c](unsigned shift) { return static_cast<char>(0x80U | ((c >> shift) & 0x3fU)); };
    if (c < 0x80) return {static_cast<char>(c)};
    if (c < 0x800) return {static_cast<char>(0xc0U | c >> 6U), tail(0)};
    if (c < 0x10000) return {static_cast<char>(0xe0U | c >> 12U), tail(6), tail(0)};
    return {static_cast<char>(0xf0U | c >> 18U), tail(12), tail(6), tail(0)};
}

bool busCarries(const LoopbackBus& bus, const std::string& text) {
    return sd_bus_message_append(bus.newSignal().get(), "s", text.c_str()) >= 0;
}

TEST(PlainText, IsNothingThatTheBusRefuses) {
    const LoopbackBus bus;
    checkProperty(3000, [&bus] {
        const std::string text = *anyBytes();
        if (isPlainText(text)) RC_ASSERT(busCarries(bus, text));
    });
}

TEST(PlainText, IsWhatTheBusCarriesButForControlCharacters) {
    const LoopbackBus bus;
    for (std::uint32_t c = 1; c < 0x120000; ++c) {
        const bool isControl = c < 0x20 || (c >= 0x7f && c < 0xa0);
        const std::string text = utf8(c);
        ASSERT_EQ(isPlainText(text), !isControl && busCarries(bus, text)) << std::hex << c;
        if (c == 0x3000) c = 0xd000;   // nothing happens in between
        if (c == 0x10100) c = 0x1ff00; // as in each plane
    }
}

} // namespace
} // namespace keventd::test
