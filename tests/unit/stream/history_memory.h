// Memory for histories in tests, of any size.
#pragma once

#include "daemon/base/mapped_memory.h"

#include <cstddef>
#include <span>

namespace keventd::test {

class HistoryMemory {
public:
    explicit HistoryMemory(std::size_t bytes) : bytes_(bytes), memory_(bytes, "history of a test") {}

    [[nodiscard]] std::span<std::byte> span() const { return memory_.bytes().first(bytes_); }

private:
    std::size_t bytes_;
    MappedMemory memory_;
};

} // namespace keventd::test
