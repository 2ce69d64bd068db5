// Resuming: a subscription that goes on where another one ended, or anywhere in the history.

#include "keventd/names.h"
#include "tests/bus/bus_test.h"

#include <ctime>

namespace keventd::test {
namespace {

class Resume : public BusEventTest {
protected:
    [[nodiscard]] Wanted since(std::uint64_t id) const {
        Wanted wanted = uevents_.wanted();
        wanted.since = id;
        return wanted;
    }

    /// Subscribes, takes events up to number `last`, and ends.
    /// @return `next`
    [[nodiscard]] std::uint64_t takeUpTo(std::uint64_t last, const Wanted& wanted) {
        Subscriber subscriber = subscribe(wanted);
        while (uevents_.written() < last) uevents_.write();
        const Event* event =
            subscriber.waitForEvent([last](const Event& got) { return numberOf(got) == last; });
        EXPECT_NE(event, nullptr);
        taken_.insert(taken_.end(), subscriber.events().begin(), subscriber.events().end());
        return subscriber.next();
    }

    /// Takes so many events of a subscription.
    [[nodiscard]] std::vector<Event> take(const Wanted& wanted, std::size_t count) const {
        Subscriber subscriber = subscribe(wanted);
        EXPECT_TRUE(waitForEvents(subscriber, count));
        return {subscriber.events().begin(), subscriber.events().end()};
    }

    [[nodiscard]] static std::uint64_t boottimeNow() {
        timespec now{};
        clock_gettime(CLOCK_BOOTTIME, &now);
        return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
               static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
    }

    std::vector<Event> taken_;
};

TEST_P(Resume, GoesOnWithoutGapOrRepeat) {
    std::uint64_t next = takeUpTo(10, uevents_.wanted());
    for (int round = 0; round < 10; ++round) {
        uevents_.writeMany(10); // while nobody is subscribed
        next = takeUpTo(uevents_.written() + 10, since(next));
    }
    EXPECT_EQ(numbersOf(taken_), sequence(1, uevents_.written()));
}

TEST_P(Resume, GoesOnInTheMiddleOfABatch) {
    uevents_.writeMany(1'000);
    connect().sync();
    std::uint64_t next = takeUpTo(1, since(0));
    taken_.resize(3); // what came with it was not taken
    next = taken_.back().id + 1;
    static_cast<void>(takeUpTo(1'000, since(next)));
    EXPECT_EQ(numbersOf(taken_), sequence(1, 1'000));
}

TEST_P(Resume, GoesOnWithTheStreamNamed) {
    Subscriber first = subscribe(uevents_.wanted());
    Wanted wanted = since(first.next());
    wanted.stream = first.stream();
    uevents_.write();
    EXPECT_EQ(numbersOf(take(wanted, 1)), sequence(1, 1));
}

TEST_P(Resume, StartsAtTheOldestWithZero) {
    uevents_.writeMany(5);
    connect().sync();
    Wanted wanted;
    wanted.since = 0;
    Subscriber subscriber = subscribe(wanted);
    ASSERT_TRUE(waitForEvents(subscriber, 5));
    EXPECT_EQ(subscriber.first(), connect().number(names::property::FirstId));
    EXPECT_EQ(subscriber.events().front().id, subscriber.first());
}

TEST_P(Resume, StartsAtAnIdExactly) {
    uevents_.writeMany(5);
    connect().sync();
    const std::uint64_t third = connect().wholeHistory(uevents_.wanted()).at(2).id;
    EXPECT_EQ(numbersOf(take(since(third), 3)), sequence(3, 5));
}

TEST_P(Resume, StartsFromNowOnWithoutSince) {
    uevents_.writeMany(5);
    connect().sync();
    Subscriber subscriber = subscribe(uevents_.wanted());
    uevents_.write();
    ASSERT_TRUE(waitForEvents(subscriber, 1));
    EXPECT_EQ(numbersOf(subscriber, uevents_), sequence(6, 6));
}

TEST_P(Resume, StartsAtATimeAfterBoot) {
    uevents_.writeMany(3);
    connect().sync();
    Wanted wanted = uevents_.wanted();
    wanted.sinceBoottime = boottimeNow();
    uevents_.writeMany(3);
    connect().sync();
    EXPECT_EQ(numbersOf(take(wanted, 3)), sequence(4, 6));
}

TEST_P(Resume, StartsAtTheTimeOfAnEventWithThatEvent) {
    uevents_.write();
    connect().sync();
    uevents_.write();
    connect().sync();
    const std::vector<Event> events = connect().wholeHistory(uevents_.wanted());
    Wanted wanted = uevents_.wanted();
    wanted.sinceBoottime = static_cast<std::uint64_t>(events.at(1).boottime.count());
    EXPECT_EQ(numbersOf(take(wanted, 1)), sequence(2, 2));
}

TEST_P(Resume, StartsAtTheOldestWithTheTimeOfTheBoot) {
    uevents_.writeMany(3);
    connect().sync();
    Wanted wanted = uevents_.wanted();
    wanted.sinceBoottime = 0;
    EXPECT_EQ(numbersOf(take(wanted, 3)), sequence(1, 3));
}

TEST_P(Resume, StartsFromNowOnWithATimeToCome) {
    uevents_.writeMany(3);
    connect().sync();
    for (const std::uint64_t time : {boottimeNow() + 3'600'000'000, UINT64_MAX}) {
        Wanted wanted = uevents_.wanted();
        wanted.sinceBoottime = time;
        Subscriber subscriber = subscribe(wanted);
        uevents_.write();
        ASSERT_TRUE(waitForEvents(subscriber, 1));
        EXPECT_EQ(numbersOf(subscriber, uevents_), sequence(uevents_.written(), uevents_.written()));
    }
}

INSTANTIATE_TEST_SUITE_P(, Resume, AllRoads, NameOfRoad());

// A subscription that matches nothing is told, too, from where to resume.
class EmptyBatches : public BusEventTest {
protected:
    using BusEventTest::BusEventTest;

    [[nodiscard]] static Wanted nothing() {
        Wanted wanted;
        wanted.filters[names::option::Subsystems] = {"no such subsystem"};
        return wanted;
    }
};

/// Of a history of some 3,000 events; an eighth of that may pass without a word.
class EmptyBatchesOfAShortHistory : public EmptyBatches {
protected:
    EmptyBatchesOfAShortHistory() : EmptyBatches({"--history=1M"}) {}
};

TEST_P(EmptyBatchesOfAShortHistory, AdvanceWhileNothingMatches) {
    Subscriber subscriber = subscribe(nothing());
    uevents_.writeMany(2'000);
    EXPECT_TRUE(subscriber.waitUntil([&] { return subscriber.next() >= subscriber.first() + 1'000; }));
    EXPECT_TRUE(subscriber.events().empty());
}

TEST_P(EmptyBatches, AreNotSentForEveryEvent) {
    Subscriber subscriber = subscribe(nothing());
    for (int i = 0; i < 20; ++i) { // other people's count, too: it would take thousands
        uevents_.write();
        subscriber.client().sync();
    }
    takeAllSent(subscriber);
    EXPECT_EQ(subscriber.signals(), 0U);
}

TEST_P(EmptyBatchesOfAShortHistory, WaitForAnAcknowledgementOfTheOneBefore) {
    Subscriber subscriber = subscribe(nothing());
    subscriber.setAcknowledging(false);
    for (int i = 0; i < 10; ++i) {
        uevents_.writeMany(1'000);
        takeAllSent(subscriber);
    }
    EXPECT_EQ(subscriber.signals(), 1U);
}

TEST_P(EmptyBatchesOfAShortHistory, LeadToAPlaceFromWhichNothingIsMissed) {
    Subscriber before = subscribe(nothing());
    uevents_.writeMany(2'000);
    ASSERT_TRUE(before.waitUntil([&] { return before.next() > before.first(); }));
    Wanted wanted = uevents_.wanted();
    wanted.since = before.next();
    Subscriber after = subscribe(wanted);
    uevents_.write();
    const std::uint64_t last = uevents_.written();
    ASSERT_NE(after.waitForEvent([last](const Event& event) { return numberOf(event) == last; }), nullptr);
    EXPECT_EQ(numbersOf(after, uevents_), sequence(numberOf(after.events().front()), last));
}

INSTANTIATE_TEST_SUITE_P(, EmptyBatches, AllRoads, NameOfRoad());
INSTANTIATE_TEST_SUITE_P(, EmptyBatchesOfAShortHistory, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
