#include "daemon/stream/intake.h"

#include "daemon/base/clock.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "dbus/names.h"

#include <sys/epoll.h>

namespace keventd {
namespace {

// Before the sockets have been empty once, the backlog from before the start is gathered, so that it can be
// sorted as a whole; but no more than this.
constexpr std::size_t MaxStartBacklog = 32'768;

Event overrunEvent(const char* source, std::uint64_t count, std::uint64_t from, std::uint64_t to) {
    const ReadTime now = readTimeNow();
    Event event;
    event.source = names::source::Keventd;
    event.action = names::action::Overrun;
    event.subsystem = names::source::Keventd;
    event.boottime = now.boottime;
    event.realtime = now.realtime;
    event.properties.set(names::key::Source, source);
    event.properties.set(names::key::Count, std::to_string(count));
    event.properties.set(names::key::SeqnumFrom, std::to_string(from));
    event.properties.set(names::key::SeqnumTo, std::to_string(to));
    return event;
}

} // namespace

Intake::Intake(EventLoop& loop, Sequencer& sequencer, const KernelSeqnum& seqnum, Source& causes,
               std::vector<Source*> effects)
    : loop_(loop), sequencer_(sequencer), seqnum_(seqnum), sources_(std::move(effects)),
      timer_(loop.addTimer("reorder deadline", [this] { turn(); })) {
    sources_.push_back(&causes);
    for (Source* source : sources_) watch(*source);
}

void Intake::watch(Source& source) {
    watches_.push_back(loop_.addIo(source.name(), source.descriptor(), EPOLLIN, [this] { turn(); }));
}

void Intake::turn() {
    const auto started = Sequencer::Clock::now();
    std::vector<Reading> readings;
    readings.reserve(sources_.size());
    for (Source* source : sources_) readings.push_back(read(*source));
    for (auto reading = readings.rbegin(); reading != readings.rend(); ++reading) push(*reading, started);
    release(readings.back(), started);
}

Intake::Reading Intake::read(Source& source) {
    Reading reading{&source, {}, {}};
    reading.drained = source.drain(reading.events, Budget);
    return reading;
}

void Intake::push(Reading& reading, Sequencer::Clock::time_point now) {
    for (Event& event : reading.events) sequencer_.push(std::move(event), now);
    if (reading.drained.lost > 0) pushLoss(reading, now);
}

void Intake::pushLoss(const Reading& reading, Sequencer::Clock::time_point now) {
    const char* name = reading.source->name();
    logWarning(text(name, " socket overrun: ", reading.drained.lost, " messages lost"));
    const std::uint64_t from =
        started_ ? sequencer_.lowestMissing(name) : sequencer_.lowestMissingInBacklog(name);
    sequencer_.push(overrunEvent(name, reading.drained.lost, from, seqnum_.read()), now);
}

// A hole must not be closed while its event lies unread in our own socket, however long ago its deadline was:
// the sequencer's clock stands still until the socket has been empty. (The sequencer bounds what waits.)
void Intake::release(const Reading& causes, Sequencer::Clock::time_point started) {
    if (causes.drained.empty) {
        drainedAt_ = started;
        started_ = true;
    }
    if (started_ || sequencer_.waiting() > MaxStartBacklog) sequencer_.release(drainedAt_);
    if (const auto deadline = sequencer_.deadline()) timer_->armAt(*deadline);
}

std::uint64_t Intake::announceNewest() {
    const std::uint64_t newest = seqnum_.read();
    turn();
    sequencer_.announce(newest, Sequencer::Clock::now());
    if (const auto deadline = sequencer_.deadline()) timer_->armAt(*deadline);
    return newest;
}

} // namespace keventd
