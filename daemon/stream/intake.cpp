#include "daemon/stream/intake.h"

#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/stream/own_event.h"
#include "keventd/names.h"

#include <algorithm>
#include <sys/epoll.h>
#include <utility>

namespace keventd {
namespace {

// The backlog from before the start is sorted as a whole, or if it is longer, within so many events: several
// times as many places as an event was ever seen to be late.
constexpr std::size_t MaxSortedAtStart = 32'768;
// Turns until the daemon starts serving although it still finds something to read: a storm need not end.
// Together more than a socket of 128 MiB holds.
constexpr int MaxTurnsAtStart = 128;

Event overrunEvent(const char* source, std::uint64_t count, std::uint64_t from, std::uint64_t to) {
    Event event = streamEvent(names::action::Overrun, source);
    event.properties.set(names::key::Count, std::to_string(count));
    event.properties.set(names::key::SeqnumFrom, std::to_string(from));
    event.properties.set(names::key::SeqnumTo, std::to_string(to));
    return event;
}

} // namespace

Intake::Intake(EventLoop& loop, Sequencer& sequencer, const KernelSeqnum& seqnum, Source& causes,
               std::vector<Source*> effects)
    : sequencer_(sequencer), seqnum_(seqnum), timer_(loop.addTimer("reorder deadline", [this] { turn(); })),
      again_(loop.addDefer("read more", [this] { turn(); })) {
    effects.push_back(&causes);
    for (Source* source : effects) {
        inlets_.push_back({source, true, false, {}, {}});
        inlets_.back().watch = loop.addIo(source->name(), source->descriptor(), EPOLLIN, [this] { turn(); });
    }
}

void Intake::start() {
    gatherBacklog();
    const auto inBacklog = [](const Inlet& inlet) { return inlet.inBacklog; };
    for (int turns = 0; turns < MaxTurnsAtStart && std::any_of(inlets_.begin(), inlets_.end(), inBacklog);
         ++turns) {
        turn(Budget); // of all: there is nobody yet who would wait
    }
}

// Of the kernel alone, so that it can be sorted before anything refers to it.
void Intake::gatherBacklog() {
    const Time now = Sequencer::Clock::now();
    for (int turns = 0; turns < MaxTurnsAtStart && causes().inBacklog; ++turns) {
        Reading reading = read(causes(), Budget);
        push(reading, now);
        sequencer_.releaseDownTo(MaxSortedAtStart);
    }
}

void Intake::turn(std::size_t effectBudget) {
    const Time started = Sequencer::Clock::now();
    std::vector<Reading> readings = readAll(effectBudget);
    for (Inlet& inlet : inlets_) inlet.isEmpty = false; // until it has been read
    for (auto reading = readings.rbegin(); reading != readings.rend(); ++reading) push(*reading, started);
    release(readings.back().drained.empty, started);
    const auto isEmpty = [](const Reading& reading) { return reading.drained.empty; };
    const bool hasReadAll = readings.size() == inlets_.size();
    if (!hasReadAll || !std::all_of(readings.begin(), readings.end(), isEmpty)) again_->defer();
}

std::vector<Intake::Reading> Intake::readAll(std::size_t effectBudget) {
    std::vector<Reading> readings;
    if (causesEmpty_) {
        for (std::size_t i = 0; i + 1 < inlets_.size(); ++i)
            readings.push_back(read(inlets_[i], effectBudget));
    }
    readings.push_back(read(causes(), Budget));
    return readings;
}

Intake::Reading Intake::read(Inlet& inlet, std::size_t budget) {
    Reading reading{&inlet, {}, {}};
    reading.drained = inlet.source->drain(reading.events, budget);
    return reading;
}

void Intake::push(Reading& reading, Time now) {
    Inlet& inlet = *reading.inlet;
    for (Event& event : reading.events) {
        if (hasWaited(inlet, event)) event.flags |= EventFlag::Queued;
        sequencer_.push(std::move(event), now);
    }
    noteLoss(inlet, reading.drained, now);
    inlet.isEmpty = reading.drained.empty;
    if (inlet.isEmpty) inlet.inBacklog = false;
}

bool Intake::hasWaited(const Inlet& inlet, const Event& event) const {
    return inlet.inBacklog && inlet.source->inherited() && event.seqnum != 0 &&
           event.seqnum <= sequencer_.options().startSeqnum;
}

// Where a loss can begin is asked when it is first seen: later its holes may have been closed.
void Intake::noteLoss(Inlet& inlet, const Drained& drained, Time now) {
    if ((drained.lost > 0 || drained.lossPending) && !inlet.lossFrom) inlet.lossFrom = lowestLost(inlet);
    if (drained.lost == 0) return;
    tellLoss(inlet, drained.lost, now);
    inlet.lossFrom.reset();
    if (drained.lossPending) inlet.lossFrom = lowestLost(inlet);
}

std::uint64_t Intake::lowestLost(const Inlet& inlet) const {
    const char* name = inlet.source->name();
    const bool canBeOlderThanUs = inlet.inBacklog && inlet.source->inherited();
    return canBeOlderThanUs ? sequencer_.lowestMissingInBacklog(name) : sequencer_.lowestMissing(name);
}

void Intake::tellLoss(const Inlet& inlet, std::uint64_t count, Time now) {
    const char* name = inlet.source->name();
    logEvent(LogLevel::Warning, message_id::Overrun,
             text(name, " socket overrun: ", count, " messages lost, resynchronising"),
             {{names::key::Source, name}, {names::key::Count, std::to_string(count)}}, lossLog_);
    const std::uint64_t newest = seqnum_.read();
    sequencer_.push(overrunEvent(name, count, std::min(*inlet.lossFrom, newest), newest), now);
}

// A hole must not be closed while its event lies unread in our own socket, however long ago its deadline was:
// the sequencer's clock stands still until the socket has been empty. (The sequencer bounds what waits.)
void Intake::release(bool causesEmpty, Time started) {
    causesEmpty_ = causesEmpty;
    if (causesEmpty) drainedAt_ = started;
    sequencer_.release(drainedAt_);
    armTimer();
}

void Intake::armTimer() {
    if (const auto deadline = sequencer_.deadline()) timer_->armAt(*deadline);
}

bool Intake::hasReadAll(std::string_view source) const {
    return std::all_of(inlets_.begin(), inlets_.end(), [source](const Inlet& inlet) {
        return inlet.source->name() != source || inlet.isEmpty;
    });
}

std::uint64_t Intake::announceNewest() {
    const std::uint64_t newest = seqnum_.read();
    turn();
    sequencer_.announce(newest, Sequencer::Clock::now());
    armTimer();
    return newest;
}

} // namespace keventd
