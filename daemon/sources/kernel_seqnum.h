// /sys/kernel/uevent_seqnum: the newest SEQNUM that the kernel has assigned.
#pragma once

#include "daemon/base/unique_fd.h"

#include <cstdint>

namespace keventd {

class KernelSeqnum {
public:
    /// Where there is no sysfs yet, a warning, and every reading is 0.
    KernelSeqnum();

    /// @return the number at this moment; every event up to it has been, or is being, sent
    /// Source: kernel/ksysfs.c (kernel)
    [[nodiscard]] std::uint64_t read() const;

private:
    UniqueFd file_;
};

} // namespace keventd
