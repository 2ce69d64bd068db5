#include "daemon/publish/broadcaster.h"

#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/base/turn_budget.h"
#include "daemon/sources/kernel_stage.h"
#include "daemon/stream/visibility.h"
#include "keventd/names.h"

#include <string_view>
#include <utility>

namespace keventd {
namespace {

using namespace std::chrono_literals;

// Less than subscribers have: what this leaves undone, it may skip.
constexpr std::chrono::milliseconds TurnTime = 2ms;

// How long word of what was skipped may wait for an event, and a broker be silent before it is asked.
constexpr std::chrono::milliseconds Tick = 1s;

} // namespace

Broadcaster::Broadcaster(EventLoop& loop, std::string address, const BroadcastOptions& options,
                         const Stream& stream, const Source& udev)
    : stream_(stream), udev_(udev), kernel_(options.kernel), ceiling_(options.ratePerSecond),
      events_(names::Events), kernelEvents_(names::KernelEvents),
      tick_(loop.addTimer("broadcast tick", [this] { onTick(); })),
      again_(loop.addDefer("broadcast more", [] {})),
      connection_(loop, std::move(address),
                  {.onOpen = [this](sd_bus* bus) { serveOn(bus); },
                   .onConnect = [this](sd_bus*) { connectedAt_ = stream_.history().nextId(); },
                   .onLeave = [this](sd_bus*) { leave(); }}),
      afterTurn_(loop.addPost("broadcast", [this] { pump(); })) {}

void Broadcaster::change(const BroadcastOptions& options) {
    kernel_ = options.kernel;
    ceiling_ = Ceiling(options.ratePerSecond);
}

void Broadcaster::serveOn(sd_bus* bus) {
    eventsSlot_ = events_.serveOn(bus);
    kernelEventsSlot_ = kernelEvents_.serveOn(bus);
}

void Broadcaster::leave() {
    isJoined_ = false;
    eventsSlot_.reset();
    kernelEventsSlot_.reset();
}

void Broadcaster::pump() {
    if (!connection_.isJoined()) {
        isJoined_ = false;
        return;
    }
    if (!std::exchange(isJoined_, true)) onJoined();
    if (isBehind()) sendWhatFits();
    connection_.onTurn();
    armTick();
}

// Where we have changed the connection ourselves, the listeners are still there, and get the rest. Otherwise
// they begin with what came after we asked for the name: they may see that it is ours before we do.
void Broadcaster::onJoined() {
    const std::uint64_t asked = std::exchange(connectedAt_, {}).value_or(stream_.history().nextId());
    if (next_ == 0) next_ = asked;
    const std::uint64_t goesOnAt = connection_.isRenewed() ? next_ : asked;
    skip(connection_.takeUnsure().value_or(next_), goesOnAt);
    next_ = goesOnAt;
}

void Broadcaster::sendWhatFits() {
    const TurnBudget budget(TurnTime);
    const bool withKernel = sendsKernel();
    while (isBehind() && connection_.hasRoom()) {
        step(withKernel);
        if (!budget.isSpent()) continue;
        if (isBehind()) again_->defer();
        return;
    }
}

void Broadcaster::step(bool withKernel) {
    const History& history = stream_.history();
    if (next_ < history.firstId()) {
        skip(next_, history.firstId());
        next_ = history.firstId();
        return;
    }
    const EventView event = history.at(next_++);
    BroadcastInterface* interface = interfaceOf(event, withKernel);
    if (interface == nullptr) return;
    if (!ceiling_.admit(Ceiling::Clock::now())) return interface->skip({event.id, event.id});
    send(*interface, event);
}

// One event's trouble is its own: the others, and the daemon, go on.
void Broadcaster::send(BroadcastInterface& interface, const EventView& event) {
    const std::uint64_t from = interface.skipped() ? interface.skipped()->from : event.id;
    try {
        connection_.sent(interface.send(connection_.bus(), event), from);
    } catch (const std::exception& error) {
        logWarning(text("broadcast of event ", event.id, ": ", error.what(), ", skipping it"), failureLog_);
        interface.skip({event.id, event.id});
    }
}

/// @param end  one more than the last
void Broadcaster::skip(std::uint64_t from, std::uint64_t end) {
    if (from >= end) return;
    events_.skip({from, end - 1});
    if (sendsKernel()) kernelEvents_.skip({from, end - 1});
}

void Broadcaster::onTick() {
    isTickArmed_ = false;
    connection_.onTick();
    tellSkipped(events_);
    tellSkipped(kernelEvents_);
    armTick();
}

void Broadcaster::tellSkipped(BroadcastInterface& interface) {
    if (!interface.skipped() || !connection_.hasRoom()) return;
    const std::uint64_t from = interface.skipped()->from;
    try {
        connection_.sent(interface.tellSkipped(connection_.bus()), from);
    } catch (const std::exception& error) {
        logWarning(text("broadcast: ", error.what(), ", trying again"), failureLog_);
    }
}

void Broadcaster::armTick() {
    const bool isOwing = events_.skipped() || kernelEvents_.skipped();
    if (isTickArmed_ || !connection_.isJoined() || (!isOwing && !connection_.isWaiting())) return;
    isTickArmed_ = true;
    tick_->armAt(std::chrono::steady_clock::now() + Tick);
}

bool Broadcaster::sendsKernel() const {
    switch (kernel_) {
    case BroadcastOptions::Kernel::Auto:
        return udev_.status().state != SourceState::Running;
    case BroadcastOptions::Kernel::Always:
        return true;
    case BroadcastOptions::Kernel::Never:
        return false;
    }
    return false;
}

BroadcastInterface* Broadcaster::interfaceOf(const EventView& event, bool withKernel) {
    if (!isPublic(event)) return nullptr;
    if (!isOfKernelStage(event.source)) return &events_;
    return withKernel ? &kernelEvents_ : nullptr;
}

} // namespace keventd
