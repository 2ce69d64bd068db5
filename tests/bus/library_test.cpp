#include "tests/bus/library_test.h"

#include <algorithm>
#include <poll.h>

namespace keventd::test {

SubscriptionHandlers LibraryUser::handlers() {
    SubscriptionHandlers handlers;
    handlers.event = [this](const Event& event) {
        events_.push_back(event);
        action_(event);
    };
    handlers.lost = [this](std::uint64_t from, std::uint64_t to) {
        lost_.emplace_back(from, to);
        told_.emplace_back("lost");
    };
    handlers.streamChanged = [this](const std::string& before, const std::string& now) {
        changes_.emplace_back(before, now);
        told_.emplace_back("changed");
    };
    handlers.listed = [this] { told_.emplace_back("listed"); };
    handlers.disconnected = [this](const std::string& reason) {
        EXPECT_NE(reason, "");
        told_.emplace_back("disconnected");
    };
    handlers.unwatched = [this](const WatchedAttribute& watched, const RequestError& error) {
        EXPECT_NE(error.name(), "");
        told_.push_back("unwatched " + watched.attribute);
    };
    handlers.resumed = [this] { told_.emplace_back("resumed"); };
    return handlers;
}

bool LibraryUser::step(int pollTimeout) {
    pollfd readable{subscription_->fd(), POLLIN, 0};
    if (::poll(&readable, 1, pollTimeout) <= 0) return false;
    subscription_->dispatch();
    return true;
}

bool LibraryUser::waitUntil(const std::function<bool()>& isTrue) {
    for (const Deadline deadline; !isTrue(); step(deadline.pollTimeout())) {
        if (deadline.expired()) return false;
    }
    return true;
}

std::size_t LibraryUser::timesTold(const std::string& what) const {
    return static_cast<std::size_t>(std::count(told_.begin(), told_.end(), what));
}

void LibraryTest::SetUp() {
    if (!isInstalled(GetParam())) GTEST_SKIP() << nameOf(GetParam()) << " is not installed";
    if (const std::string reason = TaggedUevents::whyImpossible(); !reason.empty()) GTEST_SKIP() << reason;
    kernelSocket_ = openUeventSocket(KernelGroup, 128 * 1024 * 1024);
    broker_ = makeBroker(GetParam());
    if (broker_) broker_->start();
    startDaemon();
}

void LibraryTest::startDaemon() {
    daemon_.reset();
    DaemonOptions options;
    options.arguments = daemonArguments_;
    options.socket = directory_.file("bus");
    if (broker_) options.bus = broker_->address();
    options.inherited = {kernelSocket_.get()};
    daemon_.emplace(std::move(options));
    if (broker_) {
        ASSERT_TRUE(waitForName(broker_->address())) << daemon_->log();
    }
}

void LibraryTest::startBroker() {
    broker_->start();
    ASSERT_TRUE(waitForName(broker_->address())) << daemon_->log();
}

Endpoint LibraryTest::endpoint() const {
    return broker_ ? busAt(broker_->address()) : privateSocket(directory_.file("bus"));
}

SubscriptionOptions LibraryTest::options() const {
    SubscriptionOptions options;
    options.endpoint = endpoint();
    options.filter.properties = {uevents_.term()};
    return options;
}

} // namespace keventd::test
