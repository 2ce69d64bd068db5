// What the stream promises, checked event by event: ids without a hole, SEQNUM order, nothing lost, nothing
// twice.
#pragma once

#include "dbus/event.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace keventd::bench {

class StreamCheck {
public:
    /// Announces writers (tests/support/uevent_writers.h), whose events are to come one by one; those of
    /// others are held to the order of SEQNUM only.
    void expectWriters(const std::string& uuid, std::size_t count) { nextOf_[uuid].resize(count); }
    /// Takes the next event that a subscriber was given, of any source.
    void take(const Event& event);
    /// Takes the signal Lost.
    void takeLoss(std::uint64_t from, std::uint64_t to);

    /// @return how many events of all these writers came
    [[nodiscard]] std::uint64_t taken() const { return taken_; }
    [[nodiscard]] std::uint64_t total() const { return total_; }     ///< events of any kind
    [[nodiscard]] std::uint64_t foreign() const { return foreign_; } ///< kernel events of others
    [[nodiscard]] std::uint64_t late() const { return late_; }
    [[nodiscard]] std::uint64_t netDevices() const { return netDevices_; } ///< net devices that came and went
    [[nodiscard]] std::uint64_t netEvents() const { return netEvents_; }

    /// Says how many events of each writer of this UUID there should have been.
    void requireEvents(const std::string& uuid, std::uint64_t each);
    /// Says how many net devices there should have been, each added, and removed after that.
    void requireNetDevices(std::uint64_t count);
    [[nodiscard]] bool passed() const { return failures_ == 0; }
    /// @return what went wrong, the first few of it
    [[nodiscard]] const std::vector<std::string>& examples() const { return examples_; }
    [[nodiscard]] std::uint64_t failures() const { return failures_; }

private:
    void takeKernelEvent(const Event& event);
    void checkSeqnum(const Event& event);
    void checkWritersOrder(const Event& event, std::vector<std::uint64_t>& nextOf);
    void takeNetEvent(const Event& event);
    void fail(const std::string& what);

    // The number to come next, by UUID and writer.
    std::map<std::string, std::vector<std::uint64_t>, std::less<>> nextOf_;
    std::uint64_t taken_ = 0;
    std::uint64_t nextId_ = 0; // 0: the first event decides
    std::uint64_t highestSeqnum_ = 0;
    std::unordered_set<std::uint64_t> seqnums_;
    std::map<std::string, bool, std::less<>> isPresent_; // net devices, by devpath
    std::uint64_t total_ = 0;
    std::uint64_t foreign_ = 0;
    std::uint64_t late_ = 0;
    std::uint64_t netEvents_ = 0;
    std::uint64_t netDevices_ = 0;
    std::uint64_t failures_ = 0;
    std::vector<std::string> examples_;
};

} // namespace keventd::bench
