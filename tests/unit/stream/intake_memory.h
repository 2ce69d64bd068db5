// What an intake writes down into, in memory of a test; and both as the next process would take them up.
#pragma once

#include "daemon/base/mapped_memory.h"
#include "daemon/stream/told_drops.h"
#include "daemon/stream/waiting_log.h"
#include "keventd/names.h"

#include <array>
#include <cstddef>
#include <variant>

namespace keventd::test {

/// Two areas of memory for a log.
class LogMemory {
public:
    explicit LogMemory(std::size_t bytes = RecordArea::MinBytes)
        : memory_{MappedMemory(bytes, "log of a test"), MappedMemory(bytes, "log of a test")} {}

    [[nodiscard]] RecordLog empty() const { return RecordLog(areas()); }
    /// @throws std::bad_variant_access if it is not believed
    [[nodiscard]] RecordLog reopened() const { return std::get<RecordLog>(RecordLog::open(areas())); }
    [[nodiscard]] RecordLog::Areas areas() const {
        return {RecordArea(memory_[0].bytes()), RecordArea(memory_[1].bytes())};
    }
    [[nodiscard]] std::span<std::byte> area(std::size_t index) const { return memory_.at(index).bytes(); }

private:
    std::array<MappedMemory, 2> memory_;
};

struct IntakeMemory {
    LogMemory log;
    WaitingLog waiting{log.empty()};
    alignas(8) std::array<std::byte, ToldDrops::bytes()> kernelWords{};
    alignas(8) std::array<std::byte, ToldDrops::bytes()> udevWords{};
    ToldDrops kernelDrops{names::source::Kernel, kernelWords};
    ToldDrops udevDrops{names::source::Udev, udevWords};

    IntakeMemory() {
        kernelDrops.clear();
        udevDrops.clear();
    }
};

} // namespace keventd::test
