// The answer of a command that asks once and ends.
#pragma once

#include <string>

namespace keventd::ctl {

/// Writes it to standard output; a reader that goes away is no failure.
/// @throws std::system_error if it cannot be written for another reason
void printAnswer(const std::string& text);

} // namespace keventd::ctl
