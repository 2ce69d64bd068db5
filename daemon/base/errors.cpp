#include "daemon/base/errors.h"

#include <cerrno>
#include <system_error>

namespace keventd {

void throwError(const std::string& what, int error) {
    throw FatalError(what + ": " + errorText(error));
}

int checkErrno(int result, const std::string& what) {
    if (result < 0) throwError(what, errno);
    return result;
}

int checkResult(int result, const std::string& what) {
    if (result < 0) throwError(what, -result);
    return result;
}

std::string errorText(int error) {
    return std::generic_category().message(error);
}

} // namespace keventd
