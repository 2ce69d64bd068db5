// What the service manager is told of the daemon, and when.

#include "daemon/status_line.h"

#include <gtest/gtest.h>

namespace keventd::test {
namespace {

constexpr StatusLine::Time Start{std::chrono::hours(1)};

TEST(StatusLineText, SaysThatNothingIsLost) {
    EXPECT_EQ(toText({.lastId = 12'345, .subscriptions = 3, .lost = 0}),
              "Stream at 12345, 3 subscriptions, nothing lost");
}

TEST(StatusLineText, CountsWhatIsLost) {
    EXPECT_EQ(toText({.lastId = 7, .subscriptions = 0, .lost = 2}),
              "Stream at 7, 0 subscriptions, 2 messages lost");
}

TEST(StatusLineText, KnowsTheSingular) {
    EXPECT_EQ(toText({.lastId = 1, .subscriptions = 1, .lost = 1}),
              "Stream at 1, 1 subscription, 1 message lost");
}

TEST(StatusLine, IsToldAtFirstWhateverItSays) {
    EXPECT_TRUE(StatusLine().tellIfNew({}, Start).has_value());
}

TEST(StatusLine, IsNotToldAgainBeforeItsTime) {
    StatusLine line;
    static_cast<void>(line.tell({.lastId = 1}, Start));
    const auto justBefore = Start + StatusLine::Interval - std::chrono::microseconds(1);
    EXPECT_EQ(line.tellIfNew({.lastId = 2}, justBefore), std::nullopt);
    EXPECT_EQ(line.tellIfNew({.lastId = 2}, Start + StatusLine::Interval), toText({.lastId = 2}));
}

TEST(StatusLine, IsNotToldWhileNothingChanges) {
    StatusLine line;
    static_cast<void>(line.tell({.lastId = 1}, Start));
    EXPECT_EQ(line.tellIfNew({.lastId = 1}, Start + 2 * StatusLine::Interval), std::nullopt);
    EXPECT_TRUE(line.tellIfNew({.lastId = 1, .subscriptions = 1}, Start + 2 * StatusLine::Interval));
}

TEST(StatusLine, WaitsAgainAfterEachTime) {
    StatusLine line;
    static_cast<void>(line.tell({.lastId = 1}, Start));
    ASSERT_TRUE(line.tellIfNew({.lastId = 2}, Start + 2 * StatusLine::Interval));
    EXPECT_FALSE(line.isDue(Start + 3 * StatusLine::Interval - std::chrono::microseconds(1)));
    EXPECT_TRUE(line.isDue(Start + 3 * StatusLine::Interval));
}

} // namespace
} // namespace keventd::test
