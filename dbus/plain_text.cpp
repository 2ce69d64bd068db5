#include "dbus/plain_text.h"

#include <algorithm>
#include <cstdint>

namespace keventd {
namespace {

bool isPlainAscii(char c) {
    return c >= 0x20 && c < 0x7f;
}

bool isContinuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// What the first byte of a sequence promises (RFC 3629): its length, its own bits, and the least value that
// may be written so long (anything less is an overlong form).
struct Lead {
    std::size_t length;
    std::uint32_t bits;
    std::uint32_t least;
};

Lead leadOf(unsigned char first) {
    if (first >= 0xc2 && first <= 0xdf) return {2, first & 0x1fU, 0x80};
    if (first >= 0xe0 && first <= 0xef) return {3, first & 0x0fU, 0x800};
    if (first >= 0xf0 && first <= 0xf4) return {4, first & 0x07U, 0x10000};
    return {0, 0, 0};
}

bool isPlainCodePoint(std::uint32_t c) {
    const bool control = c < 0xa0;
    const bool surrogate = c >= 0xd800 && c <= 0xdfff;
    const bool noncharacter = (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffeU) == 0xfffeU;
    return !control && !surrogate && !noncharacter && c <= 0x10ffff;
}

std::size_t plainSequence(std::string_view text) {
    const Lead lead = leadOf(static_cast<unsigned char>(text.front()));
    if (lead.length == 0 || lead.length > text.size()) return 0;
    std::uint32_t c = lead.bits;
    for (const char next : text.substr(1, lead.length - 1)) {
        if (!isContinuation(next)) return 0;
        c = c << 6U | (static_cast<unsigned char>(next) & 0x3fU);
    }
    return c >= lead.least && isPlainCodePoint(c) ? lead.length : 0;
}

} // namespace

std::size_t plainCharacter(std::string_view text) {
    return isPlainAscii(text.front()) ? 1 : plainSequence(text);
}

bool isPlainText(std::string_view text) {
    // Nearly every event is printable ASCII to the last byte; this loop the compiler can vectorise.
    if (std::all_of(text.begin(), text.end(), isPlainAscii)) return true;
    while (!text.empty()) {
        const std::size_t length = plainCharacter(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

} // namespace keventd
