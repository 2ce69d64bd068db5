#include "client/keventctl/printable.h"

#include "dbus/plain_text.h"

namespace keventd::ctl {
namespace {

constexpr char Replacement = '?';

/// @return length of what is to be replaced by one mark: a C1 control (0xc2 0x80 to 0xc2 0x9f) has two bytes
std::size_t lengthOfBad(std::string_view text) {
    const auto isC1End = [](char c) { return (static_cast<unsigned char>(c) & 0xe0U) == 0x80U; };
    return text.starts_with('\xc2') && text.size() > 1 && isC1End(text[1]) ? 2 : 1;
}

} // namespace

void appendPrintable(std::string& out, std::string_view text) {
    if (isPlainText(text)) { // all that the daemon sends
        out.append(text);
        return;
    }
    while (!text.empty()) {
        const std::size_t length = plainCharacter(text);
        if (length > 0) {
            out.append(text.substr(0, length));
        } else {
            out += Replacement;
        }
        text.remove_prefix(length > 0 ? length : lengthOfBad(text));
    }
}

std::string printable(std::string_view text) {
    std::string out;
    appendPrintable(out, text);
    return out;
}

} // namespace keventd::ctl
