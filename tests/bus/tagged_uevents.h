// Real uevents of one test, told from everybody else's by their UUID and numbered from 1 (SYNTH_ARG_N): of
// any action and device, where UeventWriter knows one of each.
#pragma once

#include "keventd/event.h"
#include "tests/support/bus_client.h"
#include "tests/support/uevent_writers.h"

#include <cstdint>
#include <string>
#include <vector>

namespace keventd::test {

class TaggedUevents {
public:
    /// @return why this machine cannot make them; empty if it can
    [[nodiscard]] static std::string whyImpossible();

    /// Writes one event, which has been sent when this returns.
    /// @param action  one that does not tell udev that a device has gone
    /// @param device  of /sys/devices/virtual/mem
    void write(const std::string& action = "change", const std::string& device = "null");
    void writeMany(std::uint64_t count);
    /// Makes what is written from now on larger; an event of a device has 2048 bytes at most.
    void setPadding(std::size_t bytes) { padding_ = " PAD=" + std::string(bytes, 'x'); }

    /// @return how many have been written: the number of the last one
    [[nodiscard]] std::uint64_t written() const { return written_; }
    /// @return "KEY=GLOB" that matches these events and no others
    [[nodiscard]] std::string term() const { return "SYNTH_UUID=" + uuid_; }
    /// @return options for these events only
    [[nodiscard]] Wanted wanted() const;
    [[nodiscard]] bool hasWritten(const Event& event) const { return isOf(event, uuid_); }

private:
    std::string uuid_ = newUuid();
    std::uint64_t written_ = 0;
    std::string padding_;
};

[[nodiscard]] std::vector<std::uint64_t> numbersOf(const std::vector<Event>& events);
/// @return first, first + 1, …, last
[[nodiscard]] std::vector<std::uint64_t> sequence(std::uint64_t first, std::uint64_t last);

/// @return the object of a device of /sys/devices/virtual/mem
[[nodiscard]] inline std::string objectOf(const std::string& device) {
    return "/devices/virtual/mem/" + device;
}

} // namespace keventd::test
