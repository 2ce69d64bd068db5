#include "daemon/stream/escape.h"

#include "dbus/plain_text.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace keventd {
namespace {

void appendByte(std::string& out, char byte) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(byte);
    out += {'\\', 'x', digits[value >> 4U], digits[value & 0xfU]};
}

bool hasPlainText(const Event& event) {
    for (const std::string* text :
         {&event.source, &event.action, &event.subsystem, &event.object, &event.attribute}) {
        if (!isPlainText(*text)) return false;
    }
    return std::all_of(event.properties.begin(), event.properties.end(), [](const Property& property) {
        return isPlainText(property.key) && isPlainText(property.value);
    });
}

std::string escaped(std::string_view text) {
    std::string out;
    appendEscaped(out, text);
    return out;
}

} // namespace

void appendEscaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = text.front() == '\\' ? 0 : plainCharacter(text);
        if (length == 0) {
            appendByte(out, text.front());
        } else {
            out.append(text.substr(0, length));
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
}

void escapeText(Event& event) {
    if (hasPlainText(event)) return;
    for (std::string* text :
         {&event.source, &event.action, &event.subsystem, &event.object, &event.attribute}) {
        *text = escaped(*text);
    }
    PropertyList properties;
    for (const auto& [key, value] : event.properties) properties.set(escaped(key), escaped(value));
    event.properties = std::move(properties);
    event.flags |= EventFlag::Escaped;
}

} // namespace keventd
