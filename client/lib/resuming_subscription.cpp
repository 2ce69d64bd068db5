#include "client/lib/resuming_subscription.h"

#include "keventd/errors.h"
#include "keventd/names.h"

#include <stdexcept>
#include <utility>

namespace keventd {
inline namespace client {
namespace {

constexpr std::chrono::milliseconds FirstDelay{100};
constexpr std::chrono::milliseconds LongestDelay{5000};

/// After so long the loop gets its turn, although there is more.
constexpr std::chrono::milliseconds MaxTurn{5};

SubscriptionOptions requireSound(SubscriptionOptions options) {
    if (options.list && (options.stream || options.since || options.sinceBoottime)) {
        throw std::invalid_argument("a list of devices is of now: not together with a place in a stream");
    }
    return options;
}

/// What no later attempt can change. A stream that has changed is one only before the first connection:
/// later, a session takes up the new one.
bool isOfTheOptions(const RequestError& error) {
    return error.name() == names::error::InvalidFilter || error.name() == names::error::InvalidOption ||
           error.name() == names::error::StreamChanged;
}

} // namespace

ResumingSubscription::ResumingSubscription(SubscriptionOptions options, SubscriptionHandlers handlers)
    : options_(requireSound(std::move(options))), handlers_(std::move(handlers)),
      backoff_(FirstDelay, LongestDelay) {
    if (!handlers_.event) throw std::invalid_argument("nobody to hand the events to");
    connectFirst();
    waitForMore();
}

void ResumingSubscription::connectFirst() {
    if (!options_.waitForDaemon) return connect(options_.connectTimeout);
    try {
        connect(options_.reconnectTimeout);
    } catch (const RequestError&) {
        throw;
    } catch (const Error& error) {
        fail(error.what());
    }
}

void ResumingSubscription::connect(std::chrono::microseconds timeout) {
    auto session = std::make_unique<Session>(options_, position_, timeout, handlersOfSession());
    auto refused = session->takeRefusedWatches();
    const bool isOfConstructor = !position_ && !options_.waitForDaemon;
    if (isOfConstructor && !refused.empty()) throw refused.front().error;
    notices_.unwatched(std::move(refused));
    const std::string stream = session->position().stream;
    if (position_ && position_->stream != stream) notices_.streamChanged(position_->stream, stream);
    if (auto devices = session->takeDevices()) notices_.listed(std::move(*devices));
    session_ = std::move(session);
    reason_.clear();
}

StreamPosition ResumingSubscription::position() const {
    return session_ ? session_->position() : position_.value_or(StreamPosition{});
}

// What the user's handlers throw is kept apart from errors of the connection, which may be of the same types.
EventHandlers ResumingSubscription::handlersOfSession() {
    return {[this](const Event& event) { keepException([&] { handlers_.event(event); }); },
            [this](std::uint64_t from, std::uint64_t to) {
                if (handlers_.lost) keepException([&] { handlers_.lost(from, to); });
            }};
}

template <typename Function>
void ResumingSubscription::keepException(Function&& function) noexcept {
    try {
        function();
    } catch (...) {
        thrown_ = std::current_exception();
    }
}

void ResumingSubscription::dispatch() {
    if (isDispatching_) throw std::logic_error("a handler of a subscription has called its dispatch()");
    isDispatching_ = true;
    const auto end = Clock::now() + MaxTurn;
    try {
        while (!hasEnded_ && step() && Clock::now() < end) {
        }
    } catch (...) {
        finishTurn();
        throw;
    }
    finishTurn();
}

/// @return false if there is nothing to do now
bool ResumingSubscription::step() {
    if (notices_.deliverOne(handlers_)) return true;
    return session_ ? read() : reconnect();
}

bool ResumingSubscription::read() {
    bool isSomethingLeft = true;
    try {
        isSomethingLeft = session_->dispatch();
        if (isSomethingLeft) backoff_.succeed();
    } catch (const Error& error) {
        fail(error.what());
    }
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
    return isSomethingLeft;
}

bool ResumingSubscription::reconnect() {
    if (Clock::now() < nextAttempt_) return false;
    try {
        connect(options_.reconnectTimeout);
        notices_.resumed();
        return true;
    } catch (const RequestError& error) {
        fail(error.what());
        if (isOfTheOptions(error)) throw;
    } catch (const Error& error) {
        fail(error.what());
    }
    return false;
}

// The user is told of the first failure; those that follow are in reason().
void ResumingSubscription::fail(const std::string& reason) {
    if (reason_.empty()) notices_.disconnected(reason);
    reason_ = reason;
    closeSession();
    nextAttempt_ = Clock::now() + backoff_.fail();
}

void ResumingSubscription::closeSession() noexcept {
    if (!session_) return;
    waits_.forget();
    position_ = session_->position();
    session_.reset();
}

// Within dispatch() the session is still at work, and goes at the end of the turn.
void ResumingSubscription::end() noexcept {
    hasEnded_ = true;
    if (isDispatching_) return;
    closeSession();
    waits_.stop();
}

void ResumingSubscription::finishTurn() {
    isDispatching_ = false;
    waitForMore();
}

void ResumingSubscription::waitForMore() {
    if (hasEnded_) return end();
    try {
        if (session_) {
            const PollRequest request = session_->pollRequest();
            waits_.watch(request.fd, request.events);
            if (notices_.isEmpty()) return waits_.wakeAfter(request.timeout);
        }
    } catch (const Error& error) {
        fail(error.what());
    }
    using std::chrono::microseconds;
    const auto untilAttempt = std::chrono::ceil<microseconds>(nextAttempt_ - Clock::now());
    waits_.wakeAfter(notices_.isEmpty() ? untilAttempt : microseconds(0));
}

} // namespace client
} // namespace keventd
