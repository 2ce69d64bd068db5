// The one place where C results become exceptions: for what the daemon cannot go on without.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace keventd {

/// Something that the daemon needs cannot be had. what() names operation, object and reason, on one line.
class FatalError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// @param what   operation and object: "bind uevent socket"
/// @param error  an errno value, positive
[[noreturn]] void throwError(std::string_view what, int error);

/// @param result  of a system call: negative if it failed, with the reason in errno
/// @return the result
int checkErrno(int result, std::string_view what);

/// @param result  of an sd_* call: a negative errno if it failed
/// @return the result
int checkResult(int result, std::string_view what);

/// @param error  an errno value, of a path that was looked for or read
/// @return whether it says that nothing is there (any more); other errors do not tell
[[nodiscard]] bool isAbsence(int error);

/// @param error  an errno value, positive
/// @return its text, as of strerror(3)
[[nodiscard]] std::string errorText(int error);

} // namespace keventd
