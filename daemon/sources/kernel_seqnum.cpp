#include "daemon/sources/kernel_seqnum.h"

#include "daemon/base/errors.h"
#include "daemon/base/text.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>

namespace keventd {
namespace {

constexpr const char* Path = "/sys/kernel/uevent_seqnum";

} // namespace

KernelSeqnum::KernelSeqnum() : file_(checkErrno(open(Path, O_RDONLY | O_CLOEXEC), text("open ", Path))) {}

std::uint64_t KernelSeqnum::read() const {
    std::array<char, 24> digits{};
    const auto length = pread(file_.get(), digits.data(), digits.size(), 0);
    if (length < 0) throwError(text("read ", Path), errno);
    std::uint64_t seqnum = 0;
    if (std::from_chars(digits.data(), digits.data() + length, seqnum).ec != std::errc()) {
        throw FatalError(text(Path, " holds no number"));
    }
    return seqnum;
}

} // namespace keventd
