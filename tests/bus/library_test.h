// A program that uses libkeventd, as the tests see it: it polls the one descriptor and calls dispatch(), and
// what it was told stands here.
#pragma once

#include "keventd/subscription.h"
#include "tests/bus/bus_test.h"
#include "tests/support/uevent_netlink.h"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace keventd::test {

class LibraryUser {
public:
    using Action = std::function<void(const Event&)>;

    /// @return handlers that write down what they are told
    [[nodiscard]] SubscriptionHandlers handlers();
    void subscribe(const SubscriptionOptions& options) { subscription_.emplace(options, handlers()); }

    /// Polls the descriptor for input, and dispatches when it is readable, until this is true.
    /// @return false at the deadline
    [[nodiscard]] bool waitUntil(const std::function<bool()>& isTrue);
    [[nodiscard]] bool waitForEvents(std::size_t count) {
        return waitUntil([this, count] { return events_.size() >= count; });
    }
    /// As waitUntil(), without waiting.
    /// @return whether the descriptor was readable
    bool step(int pollTimeout = 0);

    [[nodiscard]] Subscription& subscription() { return *subscription_; }
    [[nodiscard]] const std::deque<Event>& events() const { return events_; }
    [[nodiscard]] std::vector<std::uint64_t> numbers() const {
        return numbersOf({events_.begin(), events_.end()});
    }
    /// All that was told but events and devices: "disconnected", "resumed", "changed", "listed", "lost",
    /// "unwatched ATTRIBUTE".
    [[nodiscard]] const std::vector<std::string>& told() const { return told_; }
    [[nodiscard]] std::size_t timesTold(const std::string& what) const;
    [[nodiscard]] const std::vector<std::pair<std::uint64_t, std::uint64_t>>& lost() const { return lost_; }
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& changes() const { return changes_; }
    /// Called with each event, after it has been written down.
    void setAction(Action action) { action_ = std::move(action); }

private:
    std::deque<Event> events_;
    std::vector<std::string> told_;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> lost_;
    std::vector<std::pair<std::string, std::string>> changes_;
    Action action_ = [](const Event&) {};
    std::optional<Subscription> subscription_;
};

/// A daemon that can be reached by the road of the test, and be killed and come back; so can the bus. The
/// kernel's socket stays, as one of a socket unit does: what others cause meanwhile is no loss.
class LibraryTest : public testing::TestWithParam<Road> {
protected:
    explicit LibraryTest(std::vector<std::string> daemonArguments = {})
        : daemonArguments_(std::move(daemonArguments)) {}
    void SetUp() override;

    /// At the same socket, and the same bus.
    void startDaemon();
    /// The next daemon begins a new stream. To be called while there is none.
    void forgetStream() const { std::filesystem::remove(directory_.file("state")); }
    void startBroker();
    [[nodiscard]] bool isPrivate() const { return broker_ == nullptr; }
    [[nodiscard]] Broker& broker() { return *broker_; }
    [[nodiscard]] DaemonProcess& daemon() { return *daemon_; }
    [[nodiscard]] Endpoint endpoint() const;
    /// @return options for the events of this test
    [[nodiscard]] SubscriptionOptions options() const;

    TaggedUevents uevents_;
    LibraryUser user_;

private:
    std::vector<std::string> daemonArguments_;
    TemporaryDirectory directory_;
    std::unique_ptr<Broker> broker_; // before the daemon, so that it goes after it
    UniqueFd kernelSocket_;
    std::optional<DaemonProcess> daemon_;
};

} // namespace keventd::test
