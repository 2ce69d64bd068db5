// A number in memory that outlives the process: the old one or the new one, wherever the process is killed.
//
// The adversary is SIGKILL on a kernel that goes on. What the process has stored by then, the next one sees
// in the order of the program; so it is the compiler alone that must be kept from storing a number before
// what it stands for, or what it no longer stands for before the number. One number is one store, and carries
// its own check, since there is no other store that could.
#pragma once

#include "daemon/base/assert.h"

#include <atomic>
#include <cstdint>
#include <optional>

namespace keventd {

class CommitWord {
public:
    static constexpr unsigned ValueBits = 56;
    static constexpr std::uint64_t MaxValue = (std::uint64_t{1} << ValueBits) - 1;

    /// Everything before this call is in memory before the number is, everything after it afterwards.
    /// @param value  at most MaxValue
    void store(std::uint64_t value) {
        KEVENTD_ASSERT(value <= MaxValue);
        std::atomic_signal_fence(std::memory_order_seq_cst);
        std::atomic_ref(word_).store(checkOf(value) << ValueBits | value, std::memory_order_relaxed);
        std::atomic_signal_fence(std::memory_order_seq_cst);
    }
    /// @return nothing if no number was ever stored here
    [[nodiscard]] std::optional<std::uint64_t> load() const {
        const std::uint64_t value = word_ & MaxValue;
        return word_ >> ValueBits == checkOf(value) ? std::optional(value) : std::nullopt;
    }

private:
    static_assert(std::atomic_ref<std::uint64_t>::is_always_lock_free, "64 bits are one store");

    // Fibonacci hashing: each single bit of the number changes the highest byte of the product. Zeroed memory
    // is no number.
    static std::uint64_t checkOf(std::uint64_t value) {
        constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;
        constexpr std::uint64_t ofZero = 0x5a;
        return (value * golden >> ValueBits) ^ ofZero;
    }

    alignas(8) std::uint64_t word_;
};

} // namespace keventd
