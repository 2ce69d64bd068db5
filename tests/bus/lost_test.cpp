// A subscriber that falls behind the history is told exactly what it has missed, and goes on.

#include "daemon/base/message_ids.h"
#include "keventd/names.h"
#include "tests/bus/bus_test.h"
#include "tests/support/journal_socket.h"

#include <gmock/gmock.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace keventd::test {
namespace {

constexpr std::uint64_t Flood = 20'000; // thirty times what the history holds

class Lost : public BusEventTest {
protected:
    Lost() : BusEventTest({"--history=256K"}) {}

    /// Of everything, so that ids can be accounted for one by one, with a window much smaller than the
    /// history.
    [[nodiscard]] static Wanted everything() {
        Wanted wanted;
        wanted.window = 16;
        return wanted;
    }

    /// Of few events among many, one at a time.
    [[nodiscard]] static Wanted rare() {
        Wanted wanted;
        wanted.filters[names::option::Objects] = {objectOf("zero")};
        wanted.window = 1;
        return wanted;
    }

    /// Lets a subscriber fall behind, and go on to the end of what was written.
    void fallBehindAndGoOn(Subscriber& subscriber) {
        subscriber.setAcknowledging(false);
        uevents_.writeMany(Flood);
        takeAllSent(subscriber);
        subscriber.setAcknowledging(true);
        subscriber.acknowledge(subscriber.events().back().id);
        ASSERT_TRUE(waitForEverything(subscriber));
    }
};

TEST_P(Lost, IsToldToASubscriberThatDoesNotAcknowledge) {
    Subscriber subscriber = subscribe(everything());
    ASSERT_NO_FATAL_FAILURE(fallBehindAndGoOn(subscriber));
    EXPECT_FALSE(subscriber.lost().empty());
}

TEST_P(Lost, AccountsForEveryIdTogetherWithTheEvents) {
    Subscriber subscriber = subscribe(everything());
    ASSERT_NO_FATAL_FAILURE(fallBehindAndGoOn(subscriber));
    expectEveryIdAccountedFor(subscriber);
}

TEST_P(Lost, IsToldAgainToOneThatFallsBehindAgain) {
    Subscriber subscriber = subscribe(everything());
    ASSERT_NO_FATAL_FAILURE(fallBehindAndGoOn(subscriber));
    const std::size_t once = subscriber.lost().size();
    ASSERT_NO_FATAL_FAILURE(fallBehindAndGoOn(subscriber));
    EXPECT_GT(subscriber.lost().size(), once);
    expectEveryIdAccountedFor(subscriber);
}

TEST_P(Lost, IsToldAtOnceToOneThatAsksForWhatIsNoLongerKept) {
    uevents_.writeMany(Flood);
    connect().sync();
    Wanted wanted = everything();
    wanted.since = 1;
    Subscriber subscriber = subscribe(wanted);
    ASSERT_TRUE(waitForEvents(subscriber, 1));
    ASSERT_EQ(subscriber.lost().size(), 1U);
    EXPECT_EQ(subscriber.lost().front().first, 1U);
    EXPECT_EQ(subscriber.lost().front().second + 1, subscriber.events().front().id);
}

TEST_P(Lost, IsToldToOneThatAsksForATimeOfWhichEventsAreNoLongerKept) {
    uevents_.writeMany(Flood);
    connect().sync();
    Wanted wanted = everything();
    wanted.sinceBoottime = 1;
    Subscriber subscriber = subscribe(wanted);
    ASSERT_TRUE(waitForEvents(subscriber, 1));
    ASSERT_EQ(subscriber.lost().size(), 1U);
    EXPECT_EQ(subscriber.lost().front().first, 1U);
    EXPECT_EQ(subscriber.lost().front().second + 1, subscriber.events().front().id);
}

TEST_P(Lost, IsNotToldToOneThatAsksForATimeOfWhichEverythingIsKept) {
    uevents_.writeMany(Flood);
    const BusClient client = connect();
    client.sync();
    Wanted wanted = everything();
    wanted.sinceBoottime = client.statistics().at(names::statistic::DroppedBoottime) + 1;
    Subscriber subscriber = subscribe(wanted);
    ASSERT_TRUE(waitForEvents(subscriber, 1));
    EXPECT_TRUE(subscriber.lost().empty());
}

TEST_P(Lost, IsNotToldToOneThatTakesTheOldestKept) {
    uevents_.writeMany(Flood);
    connect().sync();
    Wanted wanted = everything();
    wanted.since = 0;
    Subscriber subscriber = subscribe(wanted);
    const auto isLast = [](const Event& event) { return numberOf(event) == Flood; };
    ASSERT_NE(subscriber.waitForEvent(isLast), nullptr);
    EXPECT_TRUE(subscriber.lost().empty());
}

TEST_P(Lost, IsToldOfWhatMayHaveMatchedAndWasOverwritten) {
    Subscriber subscriber = subscribe(rare());
    subscriber.setAcknowledging(false);
    uevents_.write("change", "zero");
    takeAllSent(subscriber);
    ASSERT_EQ(subscriber.events().size(), 1U) << subscriber.lost().size() << " times lost";
    uevents_.write("change", "zero"); // for which there is no room
    uevents_.writeMany(Flood);
    takeAllSent(subscriber);
    subscriber.setAcknowledging(true);
    subscriber.acknowledge(subscriber.events().back().id);
    uevents_.write("change", "zero");
    const auto isLast = [](const Event& event) { return numberOf(event) == Flood + 3; };
    ASSERT_NE(subscriber.waitForEvent(isLast), nullptr);
    ASSERT_EQ(subscriber.lost().size(), 1U);
    EXPECT_GT(subscriber.lost().front().first, subscriber.events().front().id);
    EXPECT_LT(subscriber.lost().front().second, subscriber.events().back().id);
}

TEST_P(Lost, IsNotToldOfWhatDidNotMatch) {
    Subscriber subscriber = subscribe(rare());
    subscriber.setAcknowledging(false);
    uevents_.write("change", "zero");
    takeAllSent(subscriber);
    for (std::uint64_t written = 0; written < Flood; written += 200) {
        uevents_.writeMany(200); // never so many that the daemon itself is overtaken
        subscriber.client().sync();
    }
    subscriber.setAcknowledging(true);
    subscriber.acknowledge(subscriber.events().back().id);
    uevents_.write("change", "zero");
    const auto isLast = [](const Event& event) { return numberOf(event) == Flood + 2; };
    ASSERT_NE(subscriber.waitForEvent(isLast), nullptr);
    EXPECT_TRUE(subscriber.lost().empty());
}

INSTANTIATE_TEST_SUITE_P(, Lost, AllRoads, NameOfRoad());

class LostInTheJournal : public Lost {
protected:
    void adjust(DaemonOptions& options) override { journal_.attach(options); }
    [[nodiscard]] JournalSocket::Entry entry() const {
        return journal_.waitForId(message_id::SubscriberLost.digits);
    }

private:
    JournalSocket journal_;
};

// What is lost in one turn, is one line; a subscriber may hear of it in several parts, and before of what was
// lost to it as a new one, which is no line.
template <typename Losses>
std::vector<std::string> sumsOf(const Losses& losses) {
    std::vector<std::string> sums;
    for (auto first = losses.begin(); first != losses.end(); ++first) {
        std::uint64_t sum = 0;
        for (auto last = first; last != losses.end(); ++last)
            sums.push_back(std::to_string(sum += last->second - last->first + 1));
    }
    return sums;
}

TEST_P(LostInTheJournal, NamesWhoFellBehind) {
    Subscriber subscriber = subscribe(everything());
    ASSERT_NO_FATAL_FAILURE(fallBehindAndGoOn(subscriber));
    JournalSocket::Entry told = entry();
    EXPECT_EQ(told["KEVENTD_SUBSCRIPTION"], std::to_string(subscriber.number()));
    EXPECT_EQ(told["KEVENTD_OWNER"] == "private", isPrivate());
    EXPECT_EQ(told["KEVENTD_UID"], std::to_string(geteuid()));
    EXPECT_THAT(sumsOf(subscriber.lost()), testing::Contains(told["KEVENTD_COUNT"]));
}

TEST_P(LostInTheJournal, DoesNotNameWhoAsksForWhatIsNoLongerKept) {
    uevents_.writeMany(Flood);
    connect().sync();
    Wanted wanted = everything();
    wanted.since = 1;
    Subscriber late = subscribe(wanted);
    ASSERT_TRUE(waitForEvents(late, 1));
    ASSERT_EQ(late.lost().size(), 1U);
    Subscriber slow = subscribe(everything());
    ASSERT_NO_FATAL_FAILURE(fallBehindAndGoOn(slow));
    EXPECT_EQ(entry()["KEVENTD_SUBSCRIPTION"], std::to_string(slow.number()));
}

INSTANTIATE_TEST_SUITE_P(, LostInTheJournal, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
