// Writers of synthetic uevents: `change` into the uevent files of mem devices, which changes nothing.
//
// Each event carries the UUID of its test, the number of its writer (SYNTH_ARG_W) and its own number of that
// writer (SYNTH_ARG_N): so foreign events are told apart, and order and completeness can be checked writer by
// writer.
#pragma once

#include "keventd/event.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace keventd::test {

/// @return a new UUID, in text
[[nodiscard]] std::string newUuid();

/// Whether this process may write to uevent files; if not, why.
[[nodiscard]] bool canWriteUevents(std::string& reason);

/// Writes `change UUID ARGUMENTS` to a device's uevent file. Returns when the event has been sent.
/// @param device     null, zero or full
/// @param arguments  "KEY=value …", letters and digits only
/// @throws std::system_error
void writeUevent(const std::string& device, const std::string& uuid, const std::string& arguments);

/// One writer, on demand.
class UeventWriter {
public:
    /// Writes the next `count` events.
    void write(std::uint64_t count = 1);

    [[nodiscard]] const std::string& uuid() const { return uuid_; }
    [[nodiscard]] std::uint64_t written() const { return written_; }

private:
    std::string uuid_ = newUuid();
    std::uint64_t written_ = 0;
};

/// Several writers at once, each a thread pinned to a processor; they begin together.
class UeventWriters {
public:
    UeventWriters(std::size_t writers, std::uint64_t eventsEach);
    UeventWriters(const UeventWriters&) = delete;
    UeventWriters& operator=(const UeventWriters&) = delete;
    ~UeventWriters() { join(); }

    /// Returns when all has been written.
    void join();

    [[nodiscard]] const std::string& uuid() const { return uuid_; }
    [[nodiscard]] std::size_t writers() const { return threads_.size(); }
    [[nodiscard]] std::uint64_t eventsEach() const { return eventsEach_; }
    [[nodiscard]] std::uint64_t total() const { return eventsEach_ * threads_.size(); }

private:
    void write(std::size_t writer);

    std::string uuid_ = newUuid();
    std::uint64_t eventsEach_;
    std::latch start_;
    std::vector<std::thread> threads_;
};

/// Writers that go on until they are stopped, at a pace that leaves others some time.
class PacedWriters {
public:
    /// @param pause  of each writer after ten events; 0 for a storm that does not end by itself
    explicit PacedWriters(std::size_t writers,
                          std::chrono::milliseconds pause = std::chrono::milliseconds(1));
    PacedWriters(const PacedWriters&) = delete;
    PacedWriters& operator=(const PacedWriters&) = delete;
    ~PacedWriters() { stop(); }

    /// Returns when the last event has been written.
    void stop();

    /// To be looked at when they have been stopped.
    [[nodiscard]] const std::deque<UeventWriter>& writers() const { return writers_; }

private:
    void write(UeventWriter& writer) const;

    std::chrono::milliseconds pause_;
    std::atomic<bool> stopped_ = false;
    std::deque<UeventWriter> writers_;
    std::vector<std::thread> threads_;
};

/// @return whether the event was written under this UUID
[[nodiscard]] bool isOf(const Event& event, const std::string& uuid);
/// @return the event's SYNTH_ARG_W and SYNTH_ARG_N; max() where there is none
[[nodiscard]] std::uint64_t writerOf(const Event& event);
[[nodiscard]] std::uint64_t numberOf(const Event& event);

} // namespace keventd::test
