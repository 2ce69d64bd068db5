// Memory for histories in tests: as it comes from the kernel, with nothing to spare after its end.
#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <sys/mman.h>

namespace keventd::test {

class HistoryMemory {
public:
    explicit HistoryMemory(std::size_t bytes)
        : bytes_(bytes), at_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {
        if (at_ == MAP_FAILED) throw std::bad_alloc();
    }
    ~HistoryMemory() { munmap(at_, bytes_); }
    HistoryMemory(const HistoryMemory&) = delete;
    HistoryMemory& operator=(const HistoryMemory&) = delete;

    [[nodiscard]] std::span<std::byte> span() const { return {static_cast<std::byte*>(at_), bytes_}; }

private:
    std::size_t bytes_;
    void* at_;
};

} // namespace keventd::test
