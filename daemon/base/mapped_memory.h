// Memory straight from the kernel, allocated page by page as it is touched: of the process alone and zeroed,
// or that of a file, which outlives it.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

namespace keventd {

class MappedMemory {
public:
    /// Zeroed memory.
    /// @param bytes  rounded up to whole pages
    /// @param what   for the error text: "history"
    /// @throws FatalError
    MappedMemory(std::size_t bytes, const char* what);
    /// The beginning of a file. What is written is in the file at once, whatever becomes of the process.
    /// @param fd    borrowed for the call
    /// @param what  for the error text: "state file /run/keventd/state"
    /// @throws FatalError
    [[nodiscard]] static MappedMemory ofFile(int fd, std::size_t bytes, const char* what);
    MappedMemory(MappedMemory&& other) noexcept
        : start_(std::exchange(other.start_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    MappedMemory& operator=(MappedMemory&& other) noexcept {
        std::swap(start_, other.start_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~MappedMemory();

    [[nodiscard]] std::span<std::byte> bytes() const { return {start_, size_}; }

private:
    MappedMemory(int fd, int flags, std::size_t bytes, const char* what);

    std::byte* start_;
    std::size_t size_;
};

} // namespace keventd
