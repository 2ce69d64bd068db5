// Which SEQNUMs have been taken: a set kept as intervals, small as long as the numbers are nearly dense.
//
// Numbers that never come (other network namespaces use the counter too) leave gaps, each of which costs an
// interval for ever; so their count is bounded, and the oldest gap is then taken as filled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

namespace keventd {

class SeenNumbers {
public:
    /// At 48 bytes a node, 3 MiB; a straggler 65,536 gaps behind would be taken for a repeat.
    static constexpr std::size_t DefaultMaxIntervals = 65'536;

    explicit SeenNumbers(std::size_t maxIntervals = DefaultMaxIntervals) : maxIntervals_(maxIntervals) {}

    /// Adds a number.
    /// @return false if it was there already
    bool insert(std::uint64_t number);
    [[nodiscard]] bool contains(std::uint64_t number) const;
    /// @return the lowest number that is not in the set, from `from` on
    [[nodiscard]] std::uint64_t firstMissing(std::uint64_t from) const;
    /// @return the lowest number of this set that is not in the other; nothing if there is none
    [[nodiscard]] std::optional<std::uint64_t> firstNotIn(const SeenNumbers& other) const;
    /// @return the lowest number in the set; the greatest there is if the set is empty
    [[nodiscard]] std::uint64_t lowest() const;
    [[nodiscard]] std::size_t intervals() const { return lastByFirst_.size(); }

private:
    void forgetOldestGap();

    std::map<std::uint64_t, std::uint64_t> lastByFirst_;
    std::size_t maxIntervals_;
};

} // namespace keventd
