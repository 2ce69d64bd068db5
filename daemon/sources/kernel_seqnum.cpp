#include "daemon/sources/kernel_seqnum.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>

namespace keventd {
namespace {

constexpr const char* Path = "/sys/kernel/uevent_seqnum";

} // namespace

KernelSeqnum::KernelSeqnum() : file_(open(Path, O_RDONLY | O_CLOEXEC)) {
    if (!file_) {
        logWarning(
            text("cannot read ", Path, ": ", errorText(errno), ", taking the first event's number instead"));
    }
}

std::uint64_t KernelSeqnum::read() const {
    std::array<char, 24> digits{};
    const ssize_t length = file_ ? pread(file_.get(), digits.data(), digits.size(), 0) : 0;
    std::uint64_t seqnum = 0;
    if (length > 0) std::from_chars(digits.data(), digits.data() + length, seqnum);
    return seqnum;
}

} // namespace keventd
