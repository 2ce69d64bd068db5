// Puts events in order, drops repeats: the rules of docs/ordering.md, and nothing else.
//
// Pure: it sees events and times, never a clock or a descriptor. Events are pushed in the order in which
// they arrived, and come out by release() in the order in which they leave.
//
// Arrived events wait in a queue. The kernel events among them are also known by SEQNUM; those numbers up to
// the highest known that have not come are holes, each with one deadline. What lies below the first open hole
// (the frontier) is settled: it can leave. An event of another source leaves when it stands at the head of
// the queue; a kernel event at the head lets the lowest settled number leave in its place.
#pragma once

#include "daemon/stream/seen_numbers.h"
#include "dbus/event.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string_view>

namespace keventd {

class Sequencer {
public:
    using Clock = std::chrono::steady_clock;
    using Sink = std::function<void(Event&)>;

    struct Options {
        /// Numbers up to this (uevent_seqnum when the socket was opened) are never waited for.
        std::uint64_t startSeqnum = 0;
        /// How long a hole is waited for, from the moment it was seen; 0 where the kernel delivers in order.
        std::chrono::milliseconds wait{50};
        /// When so many events wait, the oldest hole is closed before its time. Far above the 4,989 places
        /// that an event was ever seen to be late, far below what memory can bear.
        std::size_t maxWaiting = 65'536;
    };

    struct Statistics {
        std::uint64_t late = 0;       ///< events that left out of SEQNUM order, flagged Late
        std::uint64_t repeated = 0;   ///< events dropped because (source, SEQNUM) had been there
        std::uint64_t reordered = 0;  ///< kernel events that came after a higher SEQNUM and left in order
        std::uint64_t holes = 0;      ///< holes seen; one that was filled in its middle is two
        std::uint64_t expired = 0;    ///< holes closed before they were filled
        std::uint64_t maxWaiting = 0; ///< most events that ever waited at once
    };

    /// @param sink  takes each event as it leaves; may change it, may not call back into the sequencer
    Sequencer(const Options& options, Sink sink);

    /// Takes an event that arrived at `now`.
    /// A kernel event without SEQNUM is treated as one of another source. Events of `udev` wait for the
    /// kernel event of their SEQNUM, at most as long as for a hole.
    void push(Event event, Clock::time_point now);

    /// Makes it known that numbers up to `seqnum` have been assigned (uevent_seqnum): those that have not
    /// come are holes from now on.
    void announce(std::uint64_t seqnum, Clock::time_point now);

    /// Lets everything leave that may leave at `now`.
    /// The caller vouches that all that had arrived in the sockets by `now` has been pushed: a hole must not
    /// be closed over an event that lies unread in our own buffer.
    void release(Clock::time_point now);

    /// @return when release() is to be called next, even if nothing arrives; nothing while nothing waits
    [[nodiscard]] std::optional<Clock::time_point> deadline() const;

    /// @return every kernel event up to `seqnum` has left, or its hole has been closed
    [[nodiscard]] bool settled(std::uint64_t seqnum) const;

    /// @return the lowest SEQNUM whose event of this source (`kernel`, `udev`) may still have to come: what
    /// was
    ///         lost by now does not lie below it
    [[nodiscard]] std::uint64_t lowestMissing(std::string_view source) const;
    /// The same while the sockets have never been empty: what was lost may be older than startSeqnum.
    [[nodiscard]] std::uint64_t lowestMissingInBacklog(std::string_view source) const;

    /// @return the lowest SEQNUM that may still come in order
    [[nodiscard]] std::uint64_t frontier() const;

    [[nodiscard]] std::size_t waiting() const { return waiting_; }
    [[nodiscard]] const Statistics& statistics() const { return statistics_; }

private:
    enum class Stage { Kernel, Udev, Other };

    struct Waiting {
        std::optional<Event> event; // empty: left before its turn
        Stage stage = Stage::Other;
        Clock::time_point deadline; // udev: until when its kernel event is waited for
    };

    struct Hole {
        std::uint64_t last = 0;
        Clock::time_point deadline;
    };

    [[nodiscard]] std::uint64_t firstMissingOf(const SeenNumbers& seen) const;
    [[nodiscard]] static Stage stageOf(const Event& event);
    [[nodiscard]] bool isRepeat(Stage stage, std::uint64_t seqnum);
    [[nodiscard]] bool isNextInOrder(Stage stage, std::uint64_t seqnum) const;
    [[nodiscard]] bool isBelowHoles(std::uint64_t seqnum) const;
    void enqueue(Event event, Stage stage, Clock::time_point now);
    void takeNumber(std::uint64_t seqnum, Clock::time_point now);
    bool fillHole(std::uint64_t seqnum);
    void closeHoles(Clock::time_point now);
    void closeFirstHole();
    void stopFirstWait(Clock::time_point now);
    void drain(Clock::time_point now);
    [[nodiscard]] bool releaseHead(Clock::time_point now);
    [[nodiscard]] bool releaseLowestSettled();
    [[nodiscard]] bool mayLeave(const Waiting& head, Clock::time_point now) const;
    [[nodiscard]] bool headWaitsForItsKernelEvent() const;
    void leave(Event& event, Stage stage);
    void popLeft();

    Options options_;
    Sink sink_;
    std::uint64_t highest_; // highest SEQNUM known to be assigned
    std::uint64_t highestArrived_ = 0;
    std::uint64_t highestReleased_ = 0;
    std::deque<Waiting> queue_;
    std::uint64_t queueBase_ = 0; // position in the stream of arrivals of queue_.front()
    std::map<std::uint64_t, std::uint64_t> positionBySeqnum_; // kernel events that wait
    std::map<std::uint64_t, Hole> holes_;                     // by first number; deadlines rise with numbers
    SeenNumbers seenKernel_;
    SeenNumbers seenUdev_;
    std::size_t waiting_ = 0;
    Statistics statistics_;
};

} // namespace keventd
