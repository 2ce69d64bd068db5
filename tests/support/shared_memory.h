// A value that this process and its later children share.
#pragma once

#include <cerrno>
#include <new>
#include <sys/mman.h>
#include <system_error>

namespace keventd::test {

template <typename T>
class SharedMemory {
public:
    SharedMemory() {
        void* place = mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (place == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "map shared memory");
        value_ = new (place) T{};
    }
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;
    ~SharedMemory() { munmap(value_, sizeof(T)); }

    [[nodiscard]] T& operator*() const { return *value_; }
    [[nodiscard]] T* operator->() const { return value_; }

private:
    T* value_;
};

} // namespace keventd::test
