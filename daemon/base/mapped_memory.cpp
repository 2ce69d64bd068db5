#include "daemon/base/mapped_memory.h"

#include "daemon/base/errors.h"
#include "daemon/base/text.h"

#include <cerrno>
#include <sys/mman.h>
#include <unistd.h>

namespace keventd {
namespace {

std::size_t wholePages(std::size_t bytes) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return (bytes + page - 1) / page * page;
}

} // namespace

MappedMemory::MappedMemory(int fd, int flags, std::size_t bytes, const char* what) : size_(bytes) {
    void* start = mmap(nullptr, size_, PROT_READ | PROT_WRITE, flags | MAP_NORESERVE, fd, 0);
    if (start == MAP_FAILED) throwError(text("reserve ", size_, " bytes for ", what), errno);
    start_ = static_cast<std::byte*>(start);
    // Else a touch may cost 2 MiB. Kernels without huge pages refuse it.
    madvise(start, size_, MADV_NOHUGEPAGE);
}

MappedMemory::MappedMemory(std::size_t bytes, const char* what)
    : MappedMemory(-1, MAP_PRIVATE | MAP_ANONYMOUS, wholePages(bytes), what) {}

MappedMemory MappedMemory::ofFile(int fd, std::size_t bytes, const char* what) {
    return {fd, MAP_SHARED, bytes, what};
}

MappedMemory::~MappedMemory() {
    if (start_ != nullptr) munmap(start_, size_);
}

} // namespace keventd
