// Zeroed memory straight from the kernel: reserved at once, allocated page by page as it is touched.
#pragma once

#include <cstddef>
#include <span>

namespace keventd {

class MappedMemory {
public:
    /// @param bytes  rounded up to whole pages
    /// @param what   for the error text: "history"
    /// @throws FatalError
    MappedMemory(std::size_t bytes, const char* what);
    MappedMemory(const MappedMemory&) = delete;
    MappedMemory& operator=(const MappedMemory&) = delete;
    ~MappedMemory();

    [[nodiscard]] std::span<std::byte> bytes() const { return {start_, size_}; }

private:
    std::byte* start_;
    std::size_t size_;
};

} // namespace keventd
