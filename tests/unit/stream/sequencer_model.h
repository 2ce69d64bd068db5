// The rules of order, written out plainly: what the sequencer is compared with.
//
// Every number that is waited for is kept by itself, every question is a scan over all that is known, and
// each event that leaves is found by asking of all that wait whether they may. Slow, and free of cleverness.
#pragma once

#include "daemon/stream/sequencer.h"

#include <optional>
#include <vector>

namespace keventd::test {

class SequencerModel {
public:
    using Time = Sequencer::Clock::time_point;

    explicit SequencerModel(const Sequencer::Options& options);

    void push(const Event& event, Time now);
    void announce(std::uint64_t seqnum, Time now);
    void release(Time now);

    /// @return when something can happen although nothing arrives; to be asked after release()
    [[nodiscard]] std::optional<Time> deadline() const;
    [[nodiscard]] bool settled(std::uint64_t seqnum) const;
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
    /// @return what has left, in order, flagged
    [[nodiscard]] const std::vector<Event>& left() const { return left_; }
    /// @return late, repeated and maxWaiting are kept, the rest is not
    [[nodiscard]] const Sequencer::Statistics& statistics() const { return statistics_; }

private:
    struct Waiting {
        Event event;
        Time waitEnds;
    };
    struct Missing { // one number of a hole
        std::uint64_t seqnum;
        Time deadline;
        std::uint64_t hole; // which one: two that touch may have one deadline, and are two all the same
    };

    [[nodiscard]] bool cameBefore(const Event& event) const;
    [[nodiscard]] bool isMissing(std::uint64_t seqnum) const;
    [[nodiscard]] bool isMissingBelow(std::uint64_t seqnum) const;
    [[nodiscard]] bool kernelEventWaits(std::uint64_t seqnum) const;
    [[nodiscard]] bool waitsForItsKernelEvent(const Waiting& waiting, Time now) const;
    [[nodiscard]] bool kernelMayLeave(std::size_t place, Time now) const;
    [[nodiscard]] bool mayLeave(std::size_t place, Time now) const;
    [[nodiscard]] bool mayOvertake(std::size_t place, std::size_t earlier, Time now) const;

    void openHole(std::uint64_t last, Time deadline);
    void fill(std::uint64_t seqnum);
    void releaseAllThatMay(Time now);
    void stopOneWait(Time now);
    void leave(Event event);

    Sequencer::Options options_;
    std::uint64_t highestKnown_;
    std::uint64_t highestLeft_ = 0;
    std::uint64_t lastHole_ = 0;
    std::vector<Event> came_;
    std::vector<Missing> missing_;
    std::vector<Waiting> waiting_;
    std::vector<Event> left_;
    Sequencer::Statistics statistics_;
};

} // namespace keventd::test
