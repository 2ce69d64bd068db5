// A sequencer to play with: times are milliseconds since an arbitrary start, what leaves is told in short
// words.
//
// "k17" is the kernel's event 17, "k17!" the same flagged Late, "u17" udev's; of an event without SEQNUM the
// word is its object, as given to other().
#pragma once

#include "daemon/stream/sequencer.h"
#include "tests/unit/support/events.h"

#include <optional>
#include <string>
#include <vector>

namespace keventd::test {

[[nodiscard]] std::string wordFor(const Event& event);

/// @return the moment that many milliseconds after the start
[[nodiscard]] Sequencer::Clock::time_point moment(int ms);
[[nodiscard]] int msOf(Sequencer::Clock::time_point time);

/// Options with these values, and nothing that gets in the way.
[[nodiscard]] Sequencer::Options after(std::uint64_t startSeqnum, int waitMs = 50);

class SequencerDriver {
public:
    explicit SequencerDriver(const Sequencer::Options& options = after(0));
    SequencerDriver(const SequencerDriver&) = delete;
    SequencerDriver& operator=(const SequencerDriver&) = delete;

    void push(const Event& event, int ms) { sequencer_.push(event, moment(ms)); }
    /// Several events that arrived at one time.
    void push(std::initializer_list<Event> events, int ms);
    void remember(const Event& event) { sequencer_.remember(event.source, event.seqnum); }
    void announce(std::uint64_t seqnum, int ms) { sequencer_.announce(seqnum, moment(ms)); }
    /// @return what left since the last release, parted by blanks
    std::string release(int ms);
    std::string releaseDownTo(std::size_t count);
    [[nodiscard]] std::optional<int> deadline() const;

    [[nodiscard]] const Sequencer& operator*() const { return sequencer_; }
    [[nodiscard]] const Sequencer* operator->() const { return &sequencer_; }

private:
    [[nodiscard]] std::string takeWords();

    std::vector<std::string> left_;
    Sequencer sequencer_;
};

} // namespace keventd::test
