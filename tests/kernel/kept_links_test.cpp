// Network interfaces through the end of a daemon and the start of the next, on sockets that outlive it, as
// those of socket units do.

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/support/links.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>
#include <utility>

namespace keventd::test {
namespace {

using testing::ElementsAre;

class KeptLinks : public KernelTest {
protected:
    void SetUp() override {
        KernelTest::SetUp();
        if (IsSkipped()) return;
        kernel_ = openUeventSocket(KernelGroup); // in the network namespace of the test
        links_ = openRouteSocket(LinkGroups);
        addresses_ = openRouteSocket(AddressGroups);
    }
    [[nodiscard]] DaemonOptions kept(std::vector<std::string> arguments = {}) const {
        DaemonOptions options = withLinks();
        options.arguments = std::move(arguments);
        options.arguments.push_back("--state=" + directory_.path().string());
        options.inherited = {kernel_.get(), links_.get(), addresses_.get()};
        return options;
    }
    static Events told(const DaemonProcess& daemon) {
        const BusClient client(daemon.address());
        client.sync();
        Events events = everything(client);
        expectSoundStream(events);
        return events;
    }

    TemporaryDirectory directory_;
    UniqueFd kernel_;
    UniqueFd links_;
    UniqueFd addresses_;
};

TEST_F(KeptLinks, AreToldOnceThroughAKill) {
    {
        DaemonProcess first(kept());
        addPair();
        ip({"link", "set", "left", "mtu", "1400"});
        static_cast<void>(told(first));
        first.kill();
    }
    ip({"link", "set", "left", "mtu", "1300"});
    ip({"link", "set", "left", "mtu", "1500"});
    const DaemonProcess second(kept());
    const Events events = told(second);
    EXPECT_THAT(wordsOf(events, "left"),
                ElementsAre("add", "change mtu=1400", "change mtu=1300", "change mtu=1500"));
    for (const Event& event : events) EXPECT_NE(event.action, names::action::Overrun);
}

// One writer, so each value is known to follow the one before.
TEST_F(KeptLinks, AreToldOnceAndInOrderHoweverOftenTheDaemonIsKilled) {
    constexpr int first = 1'000;
    addPair();
    std::atomic<bool> isStopped = false;
    std::atomic<int> last = first;
    { const DaemonProcess begins(kept()); }
    std::thread writer([&] {
        Mtu mtu("left");
        for (int value = first; !isStopped && value < 30'000; ++value) {
            mtu.set(value);
            last = value;
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
    });
    for (int kills = 0; kills < 25; ++kills) {
        DaemonProcess daemon(kept());
        std::this_thread::sleep_for(std::chrono::microseconds(kills * 997 % 20'000));
        daemon.kill();
    }
    isStopped = true;
    writer.join();
    const DaemonProcess daemon(kept());
    Subscriber subscriber(daemon.address(), {.since = 0});
    ASSERT_NE(waitForLink(subscriber, "left", "change mtu=" + std::to_string(last)), nullptr);
    std::vector<std::string> expected;
    for (int value = first; value <= last; ++value) expected.push_back(std::to_string(value));
    EXPECT_EQ(valuesOf(subscriber.events(), "mtu"), expected);
}

TEST_F(KeptLinks, ThatWereLostAreToldByAComparison) {
    constexpr int changes = 300;
    links_ = openRouteSocket(LinkGroups, 8192);
    DaemonProcess daemon(kept());
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    ip({"link", "add", "gone", "type", "bridge"});
    ASSERT_NE(waitForLink(subscriber, "gone", "add"), nullptr);
    daemon.freeze();
    Mtu mtu("left");
    for (int value = 0; value < changes; ++value) mtu.set(1'000 + value);
    ip({"link", "del", "gone"});
    ip({"link", "add", "new", "type", "bridge"});
    daemon.thaw();
    ASSERT_NE(subscriber.waitForEvent([](const Event& event) {
        return event.action == names::action::Resynced && textIn(event, names::key::Source) == "link";
    }),
              nullptr);
    const Events& events = subscriber.events();
    const auto overrun = std::find_if(events.begin(), events.end(), [](const Event& event) {
        return event.action == names::action::Overrun;
    });
    ASSERT_NE(overrun, events.end());
    EXPECT_EQ(textIn(*overrun, names::key::Source), "link");
    EXPECT_GT(numberIn(*overrun, names::key::Count), 0U);
    const std::string last = std::to_string(1'000 + changes - 1);
    EXPECT_EQ(valuesOf(events, "mtu").back(), last);
    EXPECT_EQ(wordsOf(events, "gone").back(), "remove");
    EXPECT_EQ(wordsOf(events, "new"), std::vector<std::string>{"add"});
    for (const Event& event : events) {
        if (event.source != names::source::Link || event.id < overrun->id) continue;
        EXPECT_NE(event.flags & EventFlag::Resync, 0U) << wordFor(event);
    }
}

TEST_F(KeptLinks, ThatChangeWhileNobodyListensAreToldByAComparison) {
    {
        DaemonProcess first(kept());
        addPair();
        static_cast<void>(told(first));
        first.kill();
    }
    links_ = openRouteSocket(LinkGroups); // another one: what was sent until now, nobody has
    ip({"link", "set", "left", "mtu", "1300"});
    links_ = openRouteSocket(LinkGroups);
    const DaemonProcess second(kept());
    Subscriber subscriber(second.address(), {.since = 0});
    const Event* changed = waitForLink(subscriber, "left", "change mtu=1300");
    ASSERT_NE(changed, nullptr);
    EXPECT_NE(changed->flags & EventFlag::Resync, 0U);
}

} // namespace
} // namespace keventd::test
