// /sys/kernel/uevent_seqnum: the newest SEQNUM that the kernel has assigned.
#pragma once

#include "daemon/base/unique_fd.h"

#include <cstdint>

namespace keventd {

class KernelSeqnum {
public:
    /// @throws FatalError if it cannot be opened: without it no hole before the first event could be told
    ///         from what was before the start
    KernelSeqnum();

    /// @return the number at this moment; every event up to it has been, or is being, sent
    /// @throws FatalError
    /// Source: kernel/ksysfs.c (kernel)
    [[nodiscard]] std::uint64_t read() const;

private:
    UniqueFd file_;
};

} // namespace keventd
