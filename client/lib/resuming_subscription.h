// What is behind a Subscription: one Session after the other, the place in the stream that each goes on from,
// and the waiting between them. Internal to the library.
#pragma once

#include "client/lib/backoff.h"
#include "client/lib/notices.h"
#include "client/lib/session.h"
#include "client/lib/wait_set.h"
#include "keventd/subscription.h"

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>

namespace keventd {
inline namespace client {

class ResumingSubscription {
public:
    /// As Subscription, whose calls these are.
    ResumingSubscription(SubscriptionOptions options, SubscriptionHandlers handlers);
    ResumingSubscription(const ResumingSubscription&) = delete;
    ResumingSubscription& operator=(const ResumingSubscription&) = delete;
    ~ResumingSubscription() { closeSession(); }

    [[nodiscard]] int fd() const { return waits_.fd(); }
    void dispatch();
    void end() noexcept;

    [[nodiscard]] bool isConnected() const { return session_ != nullptr; }
    [[nodiscard]] const std::string& reason() const { return reason_; }
    [[nodiscard]] StreamPosition position() const;

private:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] EventHandlers handlersOfSession();
    template <typename Function>
    void keepException(Function&& function) noexcept;
    void connectFirst();
    void connect(std::chrono::microseconds timeout);
    [[nodiscard]] bool step();
    [[nodiscard]] bool read();
    [[nodiscard]] bool reconnect();
    void fail(const std::string& reason);
    void closeSession() noexcept;
    void finishTurn();
    void waitForMore();

    SubscriptionOptions options_;
    SubscriptionHandlers handlers_;
    WaitSet waits_;
    Notices notices_;
    Backoff backoff_;
    Clock::time_point nextAttempt_;
    std::optional<StreamPosition> position_; // as of the end of the last session
    std::string reason_;                     // why there is no session
    std::unique_ptr<Session> session_;
    std::exception_ptr thrown_; // by a handler, until it is out of the session
    bool isDispatching_ = false;
    bool hasEnded_ = false;
};

} // namespace client
} // namespace keventd
