#include "daemon/base/errors.h"

#include "daemon/base/text.h"

#include <cerrno>
#include <system_error>

namespace keventd {

void throwError(std::string_view what, int error) {
    throw FatalError(text(what, ": ", errorText(error)));
}

int checkErrno(int result, std::string_view what) {
    if (result < 0) throwError(what, errno);
    return result;
}

int checkResult(int result, std::string_view what) {
    if (result < 0) throwError(what, -result);
    return result;
}

// ENODEV: of a file of sysfs whose device has gone since it was looked up (kernfs_fop_open()). A name that is
// too long cannot be there.
bool isAbsence(int error) {
    return error == ENOENT || error == ENOTDIR || error == ENODEV || error == ENAMETOOLONG;
}

std::string errorText(int error) {
    return std::generic_category().message(error);
}

} // namespace keventd
