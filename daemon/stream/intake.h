// From the sources to the sequencer: who is read in which order, and when the sequencer's clock moves on.
// What has been read is written down before anything else is done with it.
//
// Effects are read before causes and pushed after them: udev's event follows its kernel event because in each
// turn the udev socket is read first, and what the kernel socket held is sequenced first. While the kernel
// socket is not read to its end, the others are left alone: their events would stand there without their
// kernel events. In a storm that does not end they are read now and then, and what they have brought is held
// until the kernel socket has been read up to the newest number that there was by then.
#pragma once

#include "daemon/base/event_loop.h"
#include "daemon/sources/kernel_seqnum.h"
#include "daemon/sources/source.h"
#include "daemon/sources/spool.h"
#include "daemon/stream/inlet.h"
#include "daemon/stream/loss_reports.h"
#include "daemon/stream/sequencer.h"
#include "daemon/stream/told_drops.h"
#include "daemon/stream/waiting_log.h"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace keventd {

class Intake {
public:
    /// Messages of the kernel read in one turn: some ten milliseconds.
    static constexpr std::size_t Budget = 4096;
    /// Of each other source: libudev takes 44 us for one, and the kernel's socket waits meanwhile.
    static constexpr std::size_t EffectBudget = 64;
    /// Turns in which the kernel's socket alone is read at most: tenths of a second.
    static constexpr int MaxTurnsAlone = 16;

    struct Input {
        Source* source;
        ToldDrops* told; ///< nullptr: of a source that the kernel tells only to look again
        /// The newest SEQNUM up to which the daemon before has read, or told what nobody can read, if this
        /// is not its socket. Of `others`, any number.
        std::optional<std::uint64_t> gapAfter;
        std::function<void()> onMoved = [] {}; ///< called when the source reads from another socket
        std::uint32_t ratePerSecond = 0;       ///< of events that enter the stream at most; 0: of all
    };

    /// @param causes     the kernel's uevents, by which SEQNUM order is made
    /// @param effects    sources that react to them, in the order in which they are read
    /// @param others     sources whose events have no SEQNUM: read before all of them, and pushed behind
    /// @param sequencer  outlives the intake, like all that is borrowed here
    Intake(EventLoop& loop, Sequencer& sequencer, const KernelSeqnum& seqnum, WaitingLog& waiting,
           const Input& causes, const std::vector<Input>& effects, const std::vector<Input>& others = {});

    /// Takes up an event that an earlier daemon had read, and which is in the log. To be called before
    /// start(), in the order in which they were read.
    void takeUp(Event event);

    /// Takes up what has been recorded before any daemon ran, and is in no log yet. To be called before
    /// gather(), with which it is sorted together with what has waited in the sockets, and behind takeUp().
    /// A loss is told by an event of its own time.
    void takeUp(EarlyEvents early);

    /// Takes up what had been received for an earlier daemon, and reads what has waited in the kernel's
    /// socket, up to the newest number there is, so that it can be sorted before anything leaves. (Of a
    /// backlog that is too long, the first may leave.) To be called once.
    void gather();

    /// Reads what has waited in the other sockets, and lets everything leave, so that it is in the stream
    /// before anybody can subscribe. To be called once, behind gather() and before the loop runs.
    void start();

    /// Reads what the kernel has sent up to now, and waits a little for what it has only numbered.
    /// @return the newest SEQNUM: up to there a daemon that ends now has read everything
    std::uint64_t readToEnd();

    /// At the end: tells what ceilings have held back by now, whether one more event may pass or not, and of
    /// sources that have failed, that nobody has listened to them.
    void tellRest();

    /// One turn: reads, pushes, lets leave what may leave.
    void turn(std::size_t effectBudget = EffectBudget);

    /// Makes sure that what the kernel has sent up to now is in the stream, or waited for.
    /// @return the newest SEQNUM; when the sequencer has it settled, so is everything before this call
    [[nodiscard]] std::uint64_t announceNewest();

    /// @param source  names::source, one of those that are read
    /// @return whether its socket was empty after the last reading
    [[nodiscard]] bool hasReadAll(std::string_view source) const;

    /// Has one of the `others` compare what it knows with what there is, and publishes the difference, and
    /// that it has. Nothing happens for a source that is not one of them.
    /// @param overrun  id of the event that has told of the loss
    /// @return differences that were found; nothing if the source is not one of them, or cannot be compared
    /// now
    std::optional<std::size_t> compare(std::string_view source, std::uint64_t overrun);
    /// @return the others that have something to be compared with
    [[nodiscard]] std::vector<const char*> comparable() const;

private:
    using Time = Sequencer::Clock::time_point;

    [[nodiscard]] Inlet* find(std::string_view source);
    [[nodiscard]] Inlet& causes() { return inlets_.back(); }
    [[nodiscard]] bool isOfOthers(const Event& event) const;
    void takeLanded();
    void gatherBacklog();
    void noteToldGap(const Event& gap);
    void settle(const Inlet::Reading& reading);
    [[nodiscard]] bool goesOn(const Inlet& inlet, const std::vector<Event>& events);
    void tellGap(Inlet& inlet, const std::vector<Event>& events);
    void tellGap(const Inlet& inlet);
    void tell(Event event);
    [[nodiscard]] std::vector<Inlet::Reading> readAll(std::size_t effectBudget);
    [[nodiscard]] std::vector<Inlet::Reading> readOthers(std::size_t budget);
    void hold(std::vector<Inlet::Reading> readings);
    void pushHeld(Time now);
    [[nodiscard]] bool haveCausesOfHeld(const std::vector<Event>& causes) const;
    [[nodiscard]] bool isHeld(const Inlet& inlet) const;
    void pushHeldOf(const Inlet& inlet, Time now);
    void pushHeld(Inlet::Reading& reading, Time now);
    [[nodiscard]] Inlet::Reading read(Inlet& inlet, std::size_t budget);
    void push(Inlet::Reading& reading, Time now);
    void moveOn(Inlet& inlet, int descriptor);
    void leaveAlone(Inlet& inlet);
    void openFailed();
    void readOn(Inlet& inlet, int descriptor);
    void tellUnread(Inlet& inlet);
    void push(Event event, Time now);
    void tellHeldBack();
    void noteLoss(Inlet& inlet, const Drained& drained);
    void tellLoss(Inlet& inlet, std::uint64_t count);
    void release(bool causesEmpty, Time started);
    void armTimer();

    Sequencer& sequencer_;
    const KernelSeqnum& seqnum_;
    WaitingLog& waiting_;
    std::vector<Inlet> inlets_; // effects first, the cause last
    EventLoop::Handle timer_;
    EventLoop::Handle heldBackTimer_;
    EventLoop::Handle openTimer_;
    EventLoop::Handle again_;     // not all was read: another turn, although the sockets may tell nothing
    Time drainedAt_;              // everything that had arrived by then has been pushed
    bool causesEmpty_ = true;     // after the last reading
    int turnsAlone_ = 0;          // in which only the causes have been read
    std::vector<Event> leftOver_; // of an earlier daemon, without SEQNUM, until the backlog is gathered
    std::vector<Inlet::Reading> held_;
    std::uint64_t heldUpTo_ = 0; // SEQNUM
    LossReports losses_;
};

} // namespace keventd
