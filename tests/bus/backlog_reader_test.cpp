// Those that read the history, however many, and whatever their filters cost, keep nobody else waiting.

#include "tests/bus/bus_test.h"
#include "tests/support/effective_user.h"

#include <unistd.h>

namespace keventd::test {
namespace {

class BacklogReaders : public BusEventTest {
protected:
    static constexpr std::uint64_t Backlog = 20'000;

    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root, to be somebody else for a while";
        BusEventTest::SetUp();
        if (IsSkipped()) return;
        uevents_.writeMany(Backlog);
        connect().sync();
        const EffectiveUser nobody(Nobody);
        others_.emplace(connect());
    }

    /// Another user's, which match nothing, and take long to find it out.
    void startReaders(int count) {
        Wanted slow;
        slow.since = 0;
        slow.filters[names::option::Objects] = std::vector<std::string>(25, "*[!~]*[!~]*[!~]*[!~]*~");
        for (int i = 0; i < count; ++i) ASSERT_EQ(others_->trySubscribe(slow), "");
    }

private:
    std::optional<BusClient> others_;
};

TEST_P(BacklogReaders, OfAnotherUserKeepNobodyWaiting) {
    Subscriber subscriber = subscribe(uevents_.wanted());
    ASSERT_NO_FATAL_FAILURE(startReaders(300));
    const Deadline deadline;
    for (std::size_t i = 1; i <= 150; ++i) {
        uevents_.write();
        ASSERT_TRUE(waitForEvents(subscriber, i));
        ASSERT_FALSE(deadline.expired()) << "after " << i << " events, one at a time";
    }
    EXPECT_EQ(subscriber.lost().size(), 0U);
}

TEST_P(BacklogReaders, AreNotWaitedForBySync) {
    ASSERT_NO_FATAL_FAILURE(startReaders(800));
    const BusClient client = connect();
    for (int i = 0; i < 3; ++i) {
        uevents_.write();
        EXPECT_GT(client.sync(), Backlog); // answers within the time of a call
    }
}

INSTANTIATE_TEST_SUITE_P(, BacklogReaders, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
