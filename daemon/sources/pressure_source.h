// Work stands still for want of memory, processors or input and output: source `pressure`. Observed: the
// kernel tells, once in each window, that a threshold was passed in it; how things are is read at once.
//
// Where the kernel counts no pressure, or lets only CAP_SYS_RESOURCE set thresholds (before 6.4, unless it
// has that from there, as Debian's 6.1), nothing comes, and status() says so.
#pragma once

#include "daemon/base/unique_fd.h"
#include "daemon/sources/notifications.h"
#include "daemon/sources/observed_source.h"

#include <chrono>
#include <string>
#include <vector>

namespace keventd {

/// How long work may stand still within a window, before it is told.
struct PressureThreshold {
    bool full = false;                   ///< all of it, and not only some
    std::chrono::microseconds stall{0};  ///< at most the window; 0: nothing is told
    std::chrono::microseconds window{0}; ///< 500 ms to 10 s; without CAP_SYS_RESOURCE a multiple of 2 s
};

struct PressureOptions {
    PressureThreshold memory;
    PressureThreshold cpu;
    PressureThreshold io;
};

/// In its statistics, `received` counts what the kernel has told.
class PressureSource : public ObservedSource {
public:
    /// @param directory  of the kernel's files memory, cpu and io
    /// @throws FatalError if there are no descriptors left
    explicit PressureSource(const PressureOptions& options, std::string directory = "/proc/pressure");

    [[nodiscard]] int descriptor() const override { return notifications_.descriptor(); }
    [[nodiscard]] Drained drain(Arrivals& arrivals, std::size_t budget) override;

private:
    struct Trigger {
        const char* resource;
        PressureThreshold threshold;
        UniqueFd file;
    };

    void add(const char* resource, const PressureThreshold& threshold);
    void fail(const char* resource, const SourceStatus& status);
    [[nodiscard]] Event eventOf(const Trigger& trigger) const;

    std::string directory_;
    std::vector<Trigger> triggers_;
    Notifications notifications_;
};

} // namespace keventd
