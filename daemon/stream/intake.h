// From the sources to the sequencer: who is read in which order, and when the sequencer's clock moves on.
//
// Effects are read before causes and pushed after them: udev's event follows its kernel event because in each
// turn the udev socket is read first, and what the kernel socket held is sequenced first.
#pragma once

#include "daemon/base/event_loop.h"
#include "daemon/sources/kernel_seqnum.h"
#include "daemon/sources/source.h"
#include "daemon/stream/sequencer.h"

#include <memory>
#include <vector>

namespace keventd {

class Intake {
public:
    /// Messages of one source read in one turn; several times what a subscription is sent in one.
    static constexpr std::size_t Budget = 4096;

    /// @param causes     the kernel's uevents, by which SEQNUM order is made
    /// @param effects    sources that react to them, in the order in which they are read
    /// @param sequencer  outlives the intake, like all that is borrowed here
    Intake(EventLoop& loop, Sequencer& sequencer, const KernelSeqnum& seqnum, Source& causes,
           std::vector<Source*> effects);

    /// One turn: reads, pushes, lets leave what may leave.
    void turn();

    /// Makes sure that what the kernel has sent up to now is in the stream, or waited for.
    /// @return the newest SEQNUM; when the sequencer has it settled, so is everything before this call
    [[nodiscard]] std::uint64_t announceNewest();

private:
    struct Reading {
        Source* source;
        std::vector<Event> events;
        Drained drained;
    };

    void watch(Source& source);
    [[nodiscard]] static Reading read(Source& source);
    void push(Reading& reading, Sequencer::Clock::time_point now);
    void pushLoss(const Reading& reading, Sequencer::Clock::time_point now);
    void release(const Reading& causes, Sequencer::Clock::time_point started);

    EventLoop& loop_;
    Sequencer& sequencer_;
    const KernelSeqnum& seqnum_;
    std::vector<Source*> sources_; // effects first, the cause last
    std::vector<EventLoop::Handle> watches_;
    EventLoop::Handle timer_;
    Sequencer::Clock::time_point drainedAt_; // everything that had arrived by then has been pushed
    bool started_ = false;                   // the sockets have been empty once
};

} // namespace keventd
