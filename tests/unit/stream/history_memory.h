// Memory for histories in tests, of any size; and histories of it, as the next process would take them up.
#pragma once

#include "daemon/base/mapped_memory.h"
#include "daemon/stream/history.h"

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <variant>

namespace keventd::test {

class HistoryMemory {
public:
    explicit HistoryMemory(std::size_t bytes) : bytes_(bytes), memory_(bytes, "history of a test") {}

    [[nodiscard]] std::span<std::byte> span() const { return memory_.bytes().first(bytes_); }

private:
    std::size_t bytes_;
    MappedMemory memory_;
};

/// @return why the history in this memory is not believed; empty if it is
[[nodiscard]] inline std::string whyNotBelieved(std::span<std::byte> memory) {
    const auto opened = History::open(memory);
    const auto* why = std::get_if<NotBelieved>(&opened);
    return why == nullptr ? "" : why->reason;
}

/// @return the history in this memory
/// @throws std::bad_variant_access if it is not believed
[[nodiscard]] inline History reopened(std::span<std::byte> memory, Reserve reserve = {}) {
    auto opened = History::open(memory, std::move(reserve));
    return std::get<History>(std::move(opened));
}

} // namespace keventd::test
