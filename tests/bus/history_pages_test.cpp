// GetEvents: the history by pages.

#include "daemon/base/clock.h"
#include "keventd/names.h"
#include "tests/bus/bus_test.h"

namespace keventd::test {
namespace {

constexpr std::uint64_t Several = 5'000;

class HistoryPages : public BusEventTest {
protected:
    void SetUp() override {
        BusEventTest::SetUp();
        if (IsSkipped()) return;
        uevents_.writeMany(Several);
        client_.emplace(address(), via());
        client_->sync();
    }

    [[nodiscard]] const BusClient& client() const { return *client_; }
    [[nodiscard]] Page pageSince(std::uint64_t since, std::uint32_t max = 0) const {
        Wanted wanted;
        wanted.since = since;
        return client().getEvents(wanted, max);
    }

private:
    std::optional<BusClient> client_;
};

TEST_P(HistoryPages, JoinWithoutGapOrRepeat) {
    std::vector<Event> events;
    std::uint64_t next = client().number(names::property::FirstId);
    const std::uint64_t end = client().sync();
    while (next < end) {
        const Page page = pageSince(next);
        ASSERT_EQ(page.first, next);
        for (const Event& event : page.events) {
            ASSERT_EQ(event.id, next++);
            if (uevents_.hasWritten(event)) events.push_back(event);
        }
        ASSERT_EQ(page.next, next);
    }
    EXPECT_EQ(numbersOf(events), sequence(1, Several));
}

TEST_P(HistoryPages, AreBoundedWithoutMax) {
    const Page page = pageSince(0);
    EXPECT_GT(page.events.size(), 100U);
    EXPECT_LT(page.events.size(), Several) << "one message of 256 KiB cannot hold all";
}

TEST_P(HistoryPages, HoldAtMostMax) {
    const Page page = pageSince(0, 7);
    EXPECT_EQ(page.events.size(), 7U);
    EXPECT_EQ(page.next, page.events.back().id + 1);
}

TEST_P(HistoryPages, HoldAtMostMaxOfWhatMatches) {
    Wanted wanted = uevents_.wanted();
    wanted.since = 0;
    EXPECT_EQ(numbersOf(client().getEvents(wanted, 3).events), sequence(1, 3));
}

TEST_P(HistoryPages, AreBoundedWithALargeMax) {
    EXPECT_LT(pageSince(0, UINT32_MAX).events.size(), Several);
}

TEST_P(HistoryPages, StartAtTheOldestWithoutSince) {
    EXPECT_EQ(client().getEvents({}, 1).first, client().number(names::property::FirstId));
}

TEST_P(HistoryPages, NameTheStream) {
    EXPECT_EQ(pageSince(0, 1).stream, client().streamId());
}

TEST_P(HistoryPages, AreEmptyAtTheEnd) {
    const std::uint64_t end = client().number(names::property::LastId) + 1;
    Wanted wanted = uevents_.wanted();
    wanted.since = end;
    const Page page = client().getEvents(wanted);
    EXPECT_TRUE(page.events.empty());
    EXPECT_EQ(page.first, end);
    EXPECT_GE(page.next, end);
}

TEST_P(HistoryPages, GoToTheEndWhenNothingMatches) {
    const std::uint64_t end = client().sync();
    Wanted wanted;
    wanted.filters[names::option::Subsystems] = {"no such subsystem"};
    wanted.since = 0;
    std::uint64_t pages = 0;
    while (*wanted.since < end) {
        const Page page = client().getEvents(wanted);
        ASSERT_TRUE(page.events.empty());
        ASSERT_GT(page.next, *wanted.since);
        wanted.since = page.next;
        ASSERT_LE(++pages, Several);
    }
}

// So that nobody keeps the daemon from reading: the caller goes on with the next page.
TEST_P(HistoryPages, EndEarlyWhereTheFilterCostsMuch) {
    Wanted costly;
    costly.since = 0;
    costly.filters[names::option::Objects] = std::vector<std::string>(256, "*[!x]*[!x]*[!x]*[!x]*[!x]N");
    const std::uint64_t end = client().sync();
    const Page page = client().getEvents(costly);
    EXPECT_TRUE(page.events.empty());
    EXPECT_GT(page.next, page.first);
    EXPECT_LT(page.next, end);
}

TEST_P(HistoryPages, HoldEveryFieldOfAnEvent) {
    const ReadTime before = readTimeNow();
    uevents_.write();
    client().sync();
    const ReadTime after = readTimeNow();
    const Event event = client().wholeHistory(uevents_.wanted()).back();
    EXPECT_EQ(event.source, "kernel");
    EXPECT_EQ(event.action, "change");
    EXPECT_EQ(event.subsystem, "mem");
    EXPECT_EQ(event.object, objectOf("null"));
    EXPECT_EQ(event.attribute, "");
    EXPECT_GT(event.seqnum, 0U);
    EXPECT_GE(event.boottime, before.boottime);
    EXPECT_LE(event.boottime, after.boottime);
    EXPECT_GE(event.realtime, before.realtime);
    EXPECT_LE(event.realtime, after.realtime);
    EXPECT_TRUE((event.flags & Synthetic) != 0);
    EXPECT_EQ(event.properties.find("DEVNAME"), "null");
}

INSTANTIATE_TEST_SUITE_P(, HistoryPages, AllRoads, NameOfRoad());

class HistoryPagesOfASmallHistory : public BusEventTest {
protected:
    HistoryPagesOfASmallHistory() : BusEventTest({"--history=256K"}) {}
};

TEST_P(HistoryPagesOfASmallHistory, BeginWhereTheHistoryDoesWhenMoreIsAskedFor) {
    const BusClient client = connect();
    uevents_.writeMany(Several);
    client.sync();
    Wanted wanted;
    wanted.since = 1;
    const Page page = client.getEvents(wanted);
    EXPECT_GT(page.first, 1U);
    ASSERT_FALSE(page.events.empty());
    EXPECT_EQ(page.events.front().id, page.first);
}

INSTANTIATE_TEST_SUITE_P(, HistoryPagesOfASmallHistory, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
