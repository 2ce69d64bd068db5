#include "daemon/state_directory.h"

#include "daemon/base/errors.h"
#include "daemon/base/text.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace keventd {
namespace {

std::string readHolder(int fd) {
    std::array<char, 16> digits{};
    const ssize_t length = pread(fd, digits.data(), digits.size(), 0);
    std::string holder(digits.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
    return holder.substr(0, holder.find('\n'));
}

void writeHolder(int fd, const std::string& path) {
    const std::string holder = text(getpid(), "\n");
    checkErrno(ftruncate(fd, 0), text("write ", path));
    if (pwrite(fd, holder.data(), holder.size(), 0) < 0) throwError(text("write ", path), errno);
}

} // namespace

void makeDirectory(const std::string& path) {
    constexpr mode_t everybodyEnters = 0755;
    if (mkdir(path.c_str(), everybodyEnters) < 0 && errno != EEXIST) {
        throwError(text("make directory ", path), errno);
    }
}

StateDirectory::StateDirectory(const std::string& path) {
    makeDirectory(path);
    const std::string file = path + "/lock";
    lock_.reset(checkErrno(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600),
                           text("state directory ", path, ": open lock")));
    if (flock(lock_.get(), LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK) throwError(text("state directory ", path, ": lock"), errno);
        throw FatalError(
            text("state directory ", path, " is in use by keventd, process ", readHolder(lock_.get())));
    }
    writeHolder(lock_.get(), file);
}

} // namespace keventd
