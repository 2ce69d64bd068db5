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

MappedMemory::MappedMemory(std::size_t bytes, const char* what) : size_(wholePages(bytes)) {
    void* start =
        mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) throwError(text("reserve ", size_, " bytes for ", what), errno);
    start_ = static_cast<std::byte*>(start);
    // Else a touch may cost 2 MiB. Kernels without huge pages refuse it.
    madvise(start, size_, MADV_NOHUGEPAGE);
}

MappedMemory::~MappedMemory() {
    munmap(start_, size_);
}

} // namespace keventd
