// Puts events in order, drops repeats: the rules of docs/ordering.md, and nothing else.
//
// Pure: it sees events and times, never a clock or a descriptor. Events are pushed in the order in which
// they arrived, and come out by release() in the order in which they leave.
//
// Kernel events wait by SEQNUM. The numbers up to the highest known that have not come are holes, each with
// one deadline; what lies below the first open hole (the frontier) is settled: it can leave, lowest first.
// Events of other sources wait in a queue, in their order. Each of them remembers the highest kernel event
// that waited when it arrived: what waits up to there leaves before it, the rest after it.
#pragma once

#include "daemon/stream/seen_numbers.h"
#include "keventd/event.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
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
        /// How long a hole is waited for, from the moment it was seen. 0 where the kernel delivers in order:
        /// a number that was left out is then not waited for at all.
        std::chrono::milliseconds wait{50};
        /// How long announced numbers, and kernel events of which udev has told, are waited for at least:
        /// they are assigned before they are sent, and sent to one socket after the other, also where the
        /// kernel delivers in order.
        std::chrono::milliseconds announcedWait{50};
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

    /// Makes an event known that left before this sequencer was there: it is a repeat when it comes, and what
    /// is lower and comes is late. To be called before the first event, in the order in which they left.
    void remember(std::string_view source, std::uint64_t seqnum);

    /// Takes an event that arrived at `now`.
    /// A kernel event without SEQNUM is treated as one of another source. Events of `udev` wait for the
    /// kernel event of their SEQNUM, at most as long as for a hole.
    /// A repeat is dropped; only of an early event that still waits, the kernel's own takes the place.
    /// @return Event::id of the one that is dropped; nothing if none is
    std::optional<std::uint64_t> push(Event event, Clock::time_point now);

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

    /// Lets leave what may leave before the kernel event of this number, or of a higher one.
    void releaseBelow(std::uint64_t seqnum);
    /// @param visit  is shown each kernel event that waits, the lowest number first
    void visitWaiting(const std::function<void(const Event&)>& visit) const;
    /// @return whether the event of this source (`kernel`, `udev`) has been pushed or remembered before
    [[nodiscard]] bool knows(std::string_view source, std::uint64_t seqnum) const;

    /// Lets the lowest numbers leave until no more than `count` events wait, or the first hole is reached:
    /// while a backlog from before the start is gathered, which is too long to be sorted as a whole. Ends a
    /// wait only for Options::maxWaiting.
    void releaseDownTo(std::size_t count);

    /// @return the lowest SEQNUM whose event of this source (`kernel`, `udev`) may still have to come: what
    ///         was lost by now does not lie below it, unless its hole had been closed
    [[nodiscard]] std::uint64_t lowestMissing(std::string_view source) const;
    /// The same while the sockets have never been empty: what was lost may be older than startSeqnum. 1 if
    /// nothing is known.
    [[nodiscard]] std::uint64_t lowestMissingInBacklog(std::string_view source) const;

    /// @return the lowest SEQNUM that may still come in order
    [[nodiscard]] std::uint64_t frontier() const;

    [[nodiscard]] const Options& options() const { return options_; }
    [[nodiscard]] std::size_t waiting() const { return kernel_.size() + others_.size(); }
    /// @return events that wait, of other sources than the kernel
    [[nodiscard]] std::size_t waitingOthers() const { return others_.size(); }
    [[nodiscard]] const Statistics& statistics() const { return statistics_; }

private:
    enum class Stage { Kernel, Udev, Other };
    static constexpr std::uint64_t NoLimit = std::numeric_limits<std::uint64_t>::max();

    /// An event of another source than the kernel.
    struct Other {
        Event event;
        Stage stage;
        Clock::time_point deadline; ///< of udev: until when its kernel event is waited for
        std::uint64_t behind;       ///< the highest kernel event that waited when it arrived; 0 if none did
    };

    struct Hole {
        std::uint64_t last = 0;
        Clock::time_point deadline;
    };
    using Holes = std::map<std::uint64_t, Hole>; ///< by first number; deadlines rise with numbers

    [[nodiscard]] static Stage stageOf(std::string_view source, std::uint64_t seqnum);
    [[nodiscard]] bool isRepeat(Stage stage, std::uint64_t seqnum);
    [[nodiscard]] std::uint64_t dropRepeat(Event event, Stage stage);
    [[nodiscard]] bool isNextInOrder(Stage stage, std::uint64_t seqnum) const;
    [[nodiscard]] bool isBelowHoles(std::uint64_t seqnum) const;
    [[nodiscard]] Holes::const_iterator findHole(std::uint64_t seqnum) const;
    void enqueue(Event event, Stage stage, Clock::time_point now);
    [[nodiscard]] std::chrono::milliseconds waitForAssigned() const;
    void takeNumber(std::uint64_t seqnum, Clock::time_point now);
    void openHole(std::uint64_t last, Clock::time_point deadline);
    bool fillHole(std::uint64_t seqnum);
    void closeHoles(Clock::time_point now);
    void closeFirstHole();
    void stopFirstWait(Clock::time_point now);
    [[nodiscard]] bool releaseOne(Clock::time_point now, std::uint64_t last = NoLimit);
    [[nodiscard]] bool releaseOther();
    [[nodiscard]] bool releaseKernelUpTo(std::uint64_t seqnum);
    [[nodiscard]] bool waitsForItsKernelEvent(const Other& other, Clock::time_point now) const;
    [[nodiscard]] bool waitsBehindKernelEvents(const Other& other) const;
    [[nodiscard]] std::optional<Clock::time_point> endOfFirstWaitForKernelEvent() const;
    void leave(Event& event, Stage stage);

    Options options_;
    Sink sink_;
    std::uint64_t highest_; // highest SEQNUM known to be assigned
    std::uint64_t highestArrived_ = 0;
    std::uint64_t highestReleased_ = 0;
    std::uint64_t highestRemembered_ = 0;
    std::map<std::uint64_t, Event> kernel_; // those that wait, by SEQNUM
    std::deque<Other> others_;              // those that wait, in the order of arrival
    Holes holes_;
    SeenNumbers seenKernel_;
    SeenNumbers seenUdev_;
    Statistics statistics_;
};

} // namespace keventd
