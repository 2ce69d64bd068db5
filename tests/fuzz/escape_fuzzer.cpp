// Escaped text is plain, and gives back the bytes that it was made from.
#include "daemon/stream/escape.h"
#include "dbus/plain_text.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

int hexDigit(char c) {
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out += text[i];
            continue;
        }
        keventd::fuzz::require(i + 3 < text.size() && text[i + 1] == 'x', "a backslash begins \\xNN");
        out += static_cast<char>(hexDigit(text[i + 2]) << 4 | hexDigit(text[i + 3]));
        i += 3;
    }
    return out;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::string escaped;
    keventd::appendEscaped(escaped, text);
    keventd::fuzz::require(keventd::isPlainText(escaped), "escaped text is plain");
    keventd::fuzz::require(decoded(escaped) == text, "escaped text gives back the bytes");
    const bool changes = escaped != text;
    const bool mustChange = !keventd::isPlainText(text) || text.find('\\') != std::string_view::npos;
    keventd::fuzz::require(changes == mustChange, "only what is not plain, and a backslash, is written anew");
    return 0;
}
