// Text made fit to leave: whatever it was.

#include "daemon/stream/escape.h"

#include "dbus/plain_text.h"
#include "tests/unit/support/events.h"
#include "tests/unit/support/loopback_bus.h"

namespace keventd::test {
namespace {

std::string decoded(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const bool isByte = text.starts_with("\\x");
        out +=
            isByte ? static_cast<char>(std::stoi(std::string(text.substr(2, 2)), nullptr, 16)) : text.front();
        text.remove_prefix(isByte ? 4 : 1);
    }
    return out;
}

TEST(EscapeProperty, GivesPlainTextFromWhichTheBytesCanBeRead) {
    checkProperty(3000, [] {
        const std::string text = *anyBytes();
        std::string out;
        appendEscaped(out, text);
        RC_ASSERT(isPlainText(out));
        RC_ASSERT(decoded(out) == text);
    });
}

TEST(EscapeProperty, LeavesPlainTextWithoutBackslashesAsItIs) {
    checkProperty(1000, [] {
        const std::string text = *plainText();
        RC_ASSERT(isPlainText(text));
        std::string out;
        appendEscaped(out, text);
        RC_ASSERT((out == text) == (text.find('\\') == std::string::npos));
    });
}

TEST(EscapeProperty, MakesAnyEventFitForTheBus) {
    const LoopbackBus bus;
    checkProperty(500, [&bus] {
        Event event = *anyEvent(anyBytes());
        event.flags = 0;
        escapeText(event);
        RC_ASSERT(static_cast<bool>(isSameButForId(throughMessage(bus, event), event)));
    });
}

TEST(EscapeProperty, LetsTheReaderGetTheSourcesBytesBack) {
    checkProperty(500, [] {
        Event event = *anyEvent(anyBytes());
        event.flags = 0;
        const Event before = event;
        escapeText(event);
        const bool isEscaped = event.flags == EventFlag::Escaped;
        RC_ASSERT((isEscaped ? decoded(event.object) : event.object) == before.object);
        RC_ASSERT(event.properties.size() == before.properties.size());
        auto original = before.properties.begin();
        for (const Property property : event.properties) {
            const std::string key(property.key);
            const std::string value(property.value);
            RC_ASSERT((isEscaped ? decoded(key) : key) == (*original).key);
            RC_ASSERT((isEscaped ? decoded(value) : value) == (*original).value);
            ++original;
        }
    });
}

} // namespace
} // namespace keventd::test
