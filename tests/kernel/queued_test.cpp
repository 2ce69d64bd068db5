// Events that waited in an inherited socket before the daemon was there.

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace keventd::test {
namespace {

class Queued : public KernelTest {
protected:
    void SetUp() override {
        KernelTest::SetUp();
        if (!IsSkipped()) socket_ = openUeventSocket(KernelGroup);
    }

    [[nodiscard]] DaemonOptions withSocket() const { return {.inherited = {socket_.get()}}; }

private:
    UniqueFd socket_;
};

bool isQueued(const Event* event) {
    return (event->flags & EventFlag::Queued) != 0;
}

TEST_F(Queued, EventsAreFlaggedAndThoseAfterThemAreNot) {
    UeventWriter before;
    before.write(100);
    DaemonProcess daemon(withSocket());
    Subscriber subscriber(daemon.address(), {.since = 0});
    UeventWriter after;
    after.write(100);
    ASSERT_TRUE(subscriber.waitForSync());

    const auto waited = writtenBy(subscriber.events(), before.uuid());
    const auto fresh = writtenBy(subscriber.events(), after.uuid());
    EXPECT_EQ(waited.size(), before.written());
    EXPECT_EQ(fresh.size(), after.written());
    EXPECT_TRUE(std::all_of(waited.begin(), waited.end(), isQueued));
    EXPECT_TRUE(std::none_of(fresh.begin(), fresh.end(), isQueued));
}

TEST_F(Queued, EventsLeaveInSeqnumOrderHoweverTheyArrived) {
    UeventWriters writers(3, 5'000);
    writers.join();
    DaemonProcess daemon(withSocket());
    Subscriber subscriber(daemon.address(), {.since = 0});
    ASSERT_TRUE(subscriber.waitForSync());

    expectSoundStream(subscriber.events());
    expectWrittenInOrder(subscriber.events(), writers);
    const auto waited = writtenBy(subscriber.events(), writers.uuid());
    EXPECT_TRUE(std::none_of(waited.begin(), waited.end(),
                             [](const Event* event) { return (event->flags & EventFlag::Late) != 0; }));
}

// As many as are read in one turn, or in two: the socket is empty then, and wakes nobody.
TEST_F(Queued, EventsOfWholeTurnsDoNotWaitForOthers) {
    for (const std::uint64_t count : {4'096U, 8'192U}) {
        UeventWriter writer;
        writer.write(count);
        DaemonProcess daemon(withSocket());
        const auto kept = BusClient(daemon.address()).wholeHistory();
        EXPECT_EQ(std::count_if(kept.begin(), kept.end(),
                                [&](const Event& event) { return isOf(event, writer.uuid()); }),
                  static_cast<std::ptrdiff_t>(count));
    }
}

TEST_F(Queued, EventsAreThereWhenTheDaemonIsReady) {
    UeventWriter before;
    before.write(10'000);
    DaemonProcess daemon(withSocket());
    Subscriber fromNowOn(daemon.address());
    UeventWriter after;
    after.write(1);
    ASSERT_TRUE(fromNowOn.waitForSync());
    EXPECT_TRUE(writtenBy(fromNowOn.events(), before.uuid()).empty());
    EXPECT_EQ(writtenBy(fromNowOn.events(), after.uuid()).size(), 1U);
}

TEST_F(Queued, EventsAndThoseOfAStormThroughTheStartMakeOneStream) {
    UeventWriters writers(2, 10'000);
    DaemonProcess daemon(withSocket());
    Subscriber subscriber(daemon.address(), {.since = 0});
    writers.join();
    ASSERT_TRUE(subscriber.waitForSync());

    expectSoundStream(subscriber.events());
    expectWrittenInOrder(subscriber.events(), writers);
    const auto ours = writtenBy(subscriber.events(), writers.uuid());
    EXPECT_TRUE(std::is_partitioned(ours.begin(), ours.end(), isQueued));
}

TEST_F(Queued, EventsAreNotInASocketThatTheDaemonOpenedItself) {
    UeventWriter before;
    before.write(10);
    DaemonProcess daemon;
    Subscriber subscriber(daemon.address(), {.since = 0});
    UeventWriter after;
    after.write(10);
    ASSERT_TRUE(subscriber.waitForSync());

    EXPECT_TRUE(writtenBy(subscriber.events(), before.uuid()).empty());
    const auto fresh = writtenBy(subscriber.events(), after.uuid());
    EXPECT_EQ(fresh.size(), after.written());
    EXPECT_TRUE(std::none_of(fresh.begin(), fresh.end(), isQueued));
}

TEST_F(Queued, EventsOfADaemonThatWasKilledReachTheNextOneOverTheSameSocket) {
    UeventWriter writer;
    {
        DaemonProcess first(withSocket());
        writer.write(10);
        BusClient(first.address()).sync();
        first.kill();
    }
    writer.write(10);
    DaemonProcess second(withSocket());
    Subscriber subscriber(second.address(), {.since = 0});
    ASSERT_TRUE(subscriber.waitForSync());

    const auto ours = writtenBy(subscriber.events(), writer.uuid());
    ASSERT_EQ(ours.size(), 10U);
    EXPECT_EQ(numberOf(*ours.front()), 10U);
    EXPECT_TRUE(std::all_of(ours.begin(), ours.end(), isQueued));
}

} // namespace
} // namespace keventd::test
