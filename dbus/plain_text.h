// Plain text: what the daemon lets leave, and what a client shows on a terminal.
//
// Valid UTF-8 (RFC 3629) without control characters (C0, DEL, C1) and without Unicode noncharacters, which
// sd-bus refuses to send (unichar_is_valid() in systemd's utf8.c). A backslash is plain.
#pragma once

#include <cstddef>
#include <string_view>

namespace keventd {

/// @param text  not empty
/// @return bytes of the plain character at its start; 0 if there stands none
[[nodiscard]] std::size_t plainCharacter(std::string_view text);

/// @return whether `text` is plain to its end
[[nodiscard]] bool isPlainText(std::string_view text);

} // namespace keventd
