// Text of others on its way to a terminal. Pure.
#pragma once

#include <string>
#include <string_view>

namespace keventd::ctl {

/// Appends `text` with a "?" for each control character and each other byte that is not plain
/// (dbus/plain_text.h). The daemon sends none of them; but whoever owns its name need not be the daemon.
void appendPrintable(std::string& out, std::string_view text);

[[nodiscard]] std::string printable(std::string_view text);

} // namespace keventd::ctl
