// Calls of the system that a test cannot do without.
#pragma once

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

namespace keventd::test {

/// @return result
/// @throws std::system_error with errno and `what` if it is below 0
inline int check(int result, std::string_view what) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), std::string(what));
    return result;
}

} // namespace keventd::test
