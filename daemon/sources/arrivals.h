// Where a source puts what it has read.
#pragma once

#include "keventd/event.h"

#include <cstdint>

namespace keventd {

class Arrivals {
public:
    Arrivals() = default;
    Arrivals(const Arrivals&) = delete;
    Arrivals& operator=(const Arrivals&) = delete;
    virtual ~Arrivals() = default;

    /// When this returns, a kill does not lose the event: the memory that it was received in is free.
    virtual void add(Event event) = 0;
    /// Tells that messages are missing where the next event will be: the kernel has numbered them, from
    /// `first` on, and nobody has received them.
    virtual void miss(std::uint32_t /*first*/, std::uint32_t /*count*/) {}
    /// @return how many events have been added, by whatever source, before and since a kill
    [[nodiscard]] virtual std::uint64_t count() const { return 0; }
};

} // namespace keventd
