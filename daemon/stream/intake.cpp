#include "daemon/stream/intake.h"

#include "daemon/sources/property_number.h"
#include "daemon/stream/kept_arrivals.h"
#include "daemon/stream/own_event.h"
#include "keventd/names.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <poll.h>
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
constexpr std::chrono::milliseconds HeldBackInterval{100};
// What fails at once again, then fails once in a second.
constexpr std::chrono::seconds UntilOpened{1};

// Whatever comes of it: who calls looks what there is.
void waitForInput(int descriptor, Sequencer::Clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Sequencer::Clock::now());
    pollfd input{.fd = descriptor, .events = POLLIN, .revents = 0};
    if (left.count() > 0) poll(&input, 1, static_cast<int>(left.count()));
}

// @return whether it tells of what was sent while nobody listened: of a loss in a socket, the count is known
bool isGap(const Event& event) {
    return isOverrun(event.source, event.action) && !event.properties.find(names::key::Count);
}

} // namespace

Intake::Intake(EventLoop& loop, Sequencer& sequencer, const KernelSeqnum& seqnum, WaitingLog& waiting,
               const Input& causes, const std::vector<Input>& effects, const std::vector<Input>& others)
    : sequencer_(sequencer), seqnum_(seqnum), waiting_(waiting),
      timer_(loop.addTimer("reorder deadline", [this] { turn(); })),
      heldBackTimer_(loop.addTimer("held back", [this] { turn(); })),
      openTimer_(loop.addTimer("failed source", [this] { openFailed(); })),
      again_(loop.addDefer("read more", [this] { turn(); })) {
    std::vector<Input> inputs = others;
    inputs.insert(inputs.end(), effects.begin(), effects.end());
    inputs.push_back(causes);
    for (const Input& input : inputs) {
        Inlet& inlet = inlets_.emplace_back();
        inlet.isNumbered = inlets_.size() > others.size();
        inlet.source = input.source;
        inlet.told = input.told;
        inlet.gapAfter = input.gapAfter;
        if (!inlet.isNumbered && input.source->willTellWhatIsMissing()) inlet.gapAfter.reset();
        inlet.onMoved = input.onMoved;
        if (input.ratePerSecond > 0) inlet.ceiling.emplace(input.ratePerSecond);
        inlet.watch =
            loop.addIo(input.source->name(), input.source->descriptor(), EPOLLIN, [this] { turn(); });
    }
}

Inlet* Intake::find(std::string_view source) {
    const auto found = std::find_if(inlets_.begin(), inlets_.end(),
                                    [source](const Inlet& inlet) { return inlet.source->name() == source; });
    return found == inlets_.end() ? nullptr : &*found;
}

void Intake::takeUp(Event event) {
    if (isGap(event)) noteToldGap(event);
    if (isOfOthers(event)) return leftOver_.push_back(std::move(event));
    push(std::move(event), Sequencer::Clock::now());
}

// Or about them.
bool Intake::isOfOthers(const Event& event) const {
    const std::string_view about = event.properties.find(names::key::Source).value_or("");
    return std::any_of(inlets_.begin(), inlets_.end(), [&](const Inlet& inlet) {
        const std::string_view name = inlet.source->name();
        return !inlet.isNumbered && (event.source == name || about == name);
    });
}

// Its daemon was killed before it could say that this has been told.
void Intake::noteToldGap(const Event& gap) {
    Inlet* inlet = find(gap.properties.find(names::key::Source).value_or(""));
    if (inlet == nullptr) return;
    const auto to = numberOf<std::uint64_t>(gap.properties, names::key::SeqnumTo);
    if (!inlet->isNumbered) inlet->gapAfter.reset();
    if (inlet->gapAfter) inlet->gapAfter = std::max(*inlet->gapAfter, to);
}

void Intake::takeUp(EarlyEvents early) {
    const Time now = Sequencer::Clock::now();
    for (Event& event : early.events) {
        waiting_.add(event);
        push(std::move(event), now);
    }
    for (const EarlyEvents::Loss& loss : early.losses) {
        Event event = LossReports::unrecorded(causes().source->name(), loss.count,
                                              {1, sequencer_.options().startSeqnum});
        event.flags = EventFlag::Early;
        event.realtime -= event.boottime - loss.boottime;
        event.boottime = loss.boottime;
        tell(std::move(event));
    }
}

void Intake::gather() {
    takeLanded();
    gatherBacklog();
    readToEnd();
    const Time now = Sequencer::Clock::now();
    for (Event& event : std::exchange(leftOver_, {})) push(std::move(event), now);
}

void Intake::start() {
    const auto inBacklog = [](const Inlet& inlet) { return inlet.inBacklog; };
    for (int turns = 0; turns < MaxTurnsAtStart && std::any_of(inlets_.begin(), inlets_.end(), inBacklog);
         ++turns) {
        turn(Budget); // of all: there is nobody yet who would wait
    }
}

// What the sources without SEQNUM have brought, may follow from what lies in the kernel's socket.
void Intake::takeLanded() {
    const Time now = Sequencer::Clock::now();
    for (auto inlet = inlets_.rbegin(); inlet != inlets_.rend(); ++inlet) {
        std::vector<Event> landed;
        KeptArrivals arrivals(inlet->source->name(), waiting_, landed, losses_, [](Event& event) {
            event.flags |= EventFlag::Queued;
            return true;
        });
        inlet->source->takeLanded(arrivals);
        for (Event& event : landed) {
            if (!inlet->isNumbered) {
                leftOver_.push_back(std::move(event));
            } else {
                push(std::move(event), now);
            }
        }
    }
}

// To be called with the first reading, before it is pushed.
void Intake::settle(const Inlet::Reading& reading) {
    Inlet& inlet = *reading.inlet;
    if (inlet.gapAfter && !inlet.isNumbered) tellGap(inlet);
    if (inlet.gapAfter && inlet.isNumbered && !goesOn(inlet, reading.events)) tellGap(inlet, reading.events);
    if (inlet.told != nullptr) inlet.told->settle();
    inlet.isSettled = true;
}

void Intake::tellGap(const Inlet& inlet) {
    if (inlet.source->canLose()) tell(losses_.unheard(inlet.source->name()));
}

void Intake::tell(Event event) {
    waiting_.add(event);
    push(std::move(event), Sequencer::Clock::now());
}

// A socket that was opened while the daemon before still listened to its own, begins with what is known: then
// nothing lies between them. When the service manager opens them, all are there before it starts the daemon,
// and so before that ends the one before: what holds of the kernel's, holds of udev's, of which there may be
// nothing yet. Of udev where there is none, nothing can be lost.
bool Intake::goesOn(const Inlet& inlet, const std::vector<Event>& events) {
    const bool isCause = &inlet == &causes();
    if (!isCause && !inlet.source->canLose()) return true;
    if (!events.empty() && sequencer_.knows(inlet.source->name(), events.front().seqnum)) return true;
    const bool areNew = inlet.source->inherited() && causes().source->inherited() && causes().gapAfter;
    return !isCause && areNew && !causes().hasGap;
}

// What the kernel has sent meanwhile, udev may have sent, too.
void Intake::tellGap(Inlet& inlet, const std::vector<Event>& events) {
    const char* name = inlet.source->name();
    const std::uint64_t known = std::min(sequencer_.lowestMissingInBacklog(name),
                                         sequencer_.lowestMissingInBacklog(causes().source->name()));
    const std::uint64_t from = std::max(known, *inlet.gapAfter + 1);
    std::uint64_t to = sequencer_.options().startSeqnum;
    // The kernel's are in the socket from the first that is in it on. udev's are in no order.
    for (const Event& event : events) {
        if (&inlet == &causes() && event.seqnum > 0) to = std::min(to, event.seqnum - 1);
    }
    if (from > to) return;
    inlet.hasGap = true;
    tell(losses_.unheard(name, LossReports::Range{from, to}));
}

// Of the kernel alone, so that it can be sorted before anything refers to it.
void Intake::gatherBacklog() {
    const Time now = Sequencer::Clock::now();
    for (int turns = 0; turns < MaxTurnsAtStart && causes().inBacklog; ++turns) {
        Inlet::Reading reading = read(causes(), Budget);
        push(reading, now);
        sequencer_.releaseDownTo(MaxSortedAtStart);
    }
}

// The kernel assigns a number before it sends the event. Those of before the start are not waited for.
std::uint64_t Intake::readToEnd() {
    const std::uint64_t newest = seqnum_.read();
    Time now = Sequencer::Clock::now();
    const Time deadline = now + sequencer_.options().announcedWait;
    while (sequencer_.lowestMissing(causes().source->name()) <= newest && now < deadline) {
        waitForInput(causes().source->descriptor(), deadline);
        now = Sequencer::Clock::now();
        Inlet::Reading reading = read(causes(), Budget);
        push(reading, now);
    }
    return newest;
}

void Intake::turn(std::size_t effectBudget) {
    const Time started = Sequencer::Clock::now();
    std::vector<Inlet::Reading> readings = readAll(effectBudget);
    const bool areCausesRead = !held_.empty() && haveCausesOfHeld(readings.back().events);
    for (Inlet& inlet : inlets_) inlet.isEmpty = false; // until it has been read
    for (auto reading = readings.rbegin(); reading != readings.rend(); ++reading) push(*reading, started);
    if (areCausesRead || readings.back().drained.empty) pushHeld(started);
    tellHeldBack();
    release(readings.back().drained.empty, started);
    const auto isEmpty = [](const Inlet::Reading& reading) { return reading.drained.empty; };
    const bool hasReadAll = readings.size() == inlets_.size();
    if (!hasReadAll || !std::all_of(readings.begin(), readings.end(), isEmpty)) again_->defer();
}

std::vector<Inlet::Reading> Intake::readAll(std::size_t effectBudget) {
    std::vector<Inlet::Reading> readings;
    if (causesEmpty_) {
        readings = readOthers(effectBudget);
        turnsAlone_ = 0;
    } else if (++turnsAlone_ >= MaxTurnsAlone && held_.empty()) {
        hold(readOthers(effectBudget));
    }
    readings.push_back(read(causes(), Budget));
    return readings;
}

std::vector<Inlet::Reading> Intake::readOthers(std::size_t budget) {
    std::vector<Inlet::Reading> readings;
    for (std::size_t i = 0; i + 1 < inlets_.size(); ++i) readings.push_back(read(inlets_[i], budget));
    return readings;
}

// What has caused these events has been numbered by now.
void Intake::hold(std::vector<Inlet::Reading> readings) {
    held_ = std::move(readings);
    heldUpTo_ = seqnum_.read();
    turnsAlone_ = 0;
    for (const auto& [inlet, events, drained] : held_) inlet->noteFirstLost(drained, sequencer_);
}

bool Intake::haveCausesOfHeld(const std::vector<Event>& causes) const {
    return std::any_of(causes.begin(), causes.end(),
                       [this](const Event& event) { return event.seqnum >= heldUpTo_; });
}

bool Intake::isHeld(const Inlet& inlet) const {
    return std::any_of(held_.begin(), held_.end(),
                       [&inlet](const Inlet::Reading& reading) { return reading.inlet == &inlet; });
}

// It was read before what follows.
void Intake::pushHeldOf(const Inlet& inlet, Time now) {
    for (Inlet::Reading& reading : held_) {
        if (reading.inlet == &inlet) pushHeld(reading, now);
    }
}

void Intake::pushHeld(Time now) {
    std::vector<Inlet::Reading> readings = std::exchange(held_, {});
    for (auto reading = readings.rbegin(); reading != readings.rend(); ++reading) pushHeld(*reading, now);
}

// More may have arrived meanwhile.
void Intake::pushHeld(Inlet::Reading& reading, Time now) {
    Inlet::Reading taken{reading.inlet, std::exchange(reading.events, {}),
                         std::exchange(reading.drained, {.empty = false})};
    push(taken, now);
    taken.inlet->isEmpty = false;
}

Inlet::Reading Intake::read(Inlet& inlet, std::size_t budget) {
    return inlet.read(budget, sequencer_, waiting_, losses_);
}

void Intake::push(Inlet::Reading& reading, Time now) {
    Inlet& inlet = *reading.inlet;
    if (!inlet.isSettled) settle(reading);
    for (Event& event : reading.events) push(std::move(event), now);
    noteLoss(inlet, reading.drained);
    if (reading.drained.failed) leaveAlone(inlet);
    const auto next = inlet.source->nextDescriptor();
    if (reading.drained.empty && next && !inlet.hasFailed) {
        moveOn(inlet, *next);
        reading.drained.empty = false;
    }
    inlet.isEmpty = reading.drained.empty;
    if (inlet.isEmpty) inlet.inBacklog = false;
}

// What the one before has received until now, the next one has, too, as far as it was there: repeats. What
// the one before could not queue since then, the next one may have: it is then told as lost, and comes.
void Intake::moveOn(Inlet& inlet, int descriptor) {
    inlet.watch->watch(descriptor); // before the other one is closed
    const SocketPosition socket = inlet.source->moveOn();
    inlet.told->begin(socket.cookie, socket.toldDrops, waiting_.lastNumber());
    inlet.told->settle();
    inlet.onMoved();
}

// Its descriptor may be ready for ever.
void Intake::leaveAlone(Inlet& inlet) {
    inlet.watch->disable();
    inlet.hasFailed = true;
    openTimer_->armAt(Sequencer::Clock::now() + UntilOpened);
}

void Intake::openFailed() {
    for (Inlet& inlet : inlets_) {
        if (!inlet.hasFailed) continue;
        if (inlet.source->nextDescriptor() || inlet.source->openNext()) {
            readOn(inlet, *inlet.source->nextDescriptor());
        } else {
            openTimer_->armAt(Sequencer::Clock::now() + UntilOpened);
        }
    }
    turn();
}

// Told before anybody can take the next one for that which has been read all along.
void Intake::readOn(Inlet& inlet, int descriptor) {
    tellUnread(inlet);
    inlet.hasFailed = false;
    moveOn(inlet, descriptor);
    inlet.watch->enable();
}

// What was sent after the last that was read, and before another socket was there.
void Intake::tellUnread(Inlet& inlet) {
    const auto range = inlet.rangeOfLoss(seqnum_.read());
    inlet.lossFrom.reset();
    if (!inlet.source->canLose() || inlet.source->willTellWhatIsMissing()) return;
    tell(losses_.unheard(inlet.source->name(), range));
}

void Intake::push(Event event, Time now) {
    if (const auto dropped = sequencer_.push(std::move(event), now)) waiting_.remove(*dropped);
}

// Of a source that has fallen silent: when one event more may pass.
void Intake::tellHeldBack() {
    for (Inlet& inlet : inlets_) {
        if (inlet.heldBack == 0 || isHeld(inlet)) continue;
        const auto now = Ceiling::Clock::now();
        if (inlet.ceiling->admit(now)) {
            tell(inlet.takeHeldBack(losses_));
        } else {
            heldBackTimer_->armAt(now + HeldBackInterval);
        }
    }
}

void Intake::tellRest() {
    for (Inlet& inlet : inlets_) {
        if (inlet.heldBack > 0) tell(inlet.takeHeldBack(losses_));
        if (inlet.hasFailed) tellUnread(inlet);
    }
}

void Intake::noteLoss(Inlet& inlet, const Drained& drained) {
    inlet.noteFirstLost(drained, sequencer_);
    if (drained.unknownLoss) tell(losses_.unknown(inlet.source->name(), inlet.rangeOfLoss(seqnum_.read())));
    if (drained.lost > 0) tellLoss(inlet, drained.lost);
    if (drained.lost == 0 && !drained.unknownLoss) return;
    inlet.lossFrom.reset();
    if (drained.lossPending) inlet.noteFirstLost(drained, sequencer_);
}

void Intake::tellLoss(Inlet& inlet, std::uint64_t count) {
    Event event = losses_.dropped(inlet.source->name(), count, inlet.rangeOfLoss(seqnum_.read()));
    inlet.told->goTo(waiting_.lastNumber());
    inlet.told->add(count, event, waiting_.add(event));
    push(std::move(event), Sequencer::Clock::now());
}

std::optional<std::size_t> Intake::compare(std::string_view source, std::uint64_t overrun) {
    Inlet* inlet = find(source);
    if (inlet == nullptr || inlet->isNumbered) return std::nullopt;
    std::vector<Event> differences;
    KeptArrivals arrivals(inlet->source->name(), waiting_, differences, losses_, [](Event&) { return true; });
    const bool isCompared = inlet->source->compare(arrivals);
    const Time now = Sequencer::Clock::now();
    pushHeldOf(*inlet, now);
    for (Event& event : differences) push(std::move(event), now);
    again_->defer();
    if (!isCompared) return std::nullopt;
    tell(resyncedEvent(source, differences.size(), overrun));
    return differences.size();
}

std::vector<const char*> Intake::comparable() const {
    std::vector<const char*> names;
    for (const Inlet& inlet : inlets_) {
        if (!inlet.isNumbered && inlet.source->canCompare()) names.push_back(inlet.source->name());
    }
    return names;
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
