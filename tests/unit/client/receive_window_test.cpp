#include "client/lib/receive_window.h"

#include <gtest/gtest.h>

namespace keventd {
namespace {

void take(ReceiveWindow& window, int events) {
    for (int i = 0; i < events; ++i) {
        window.take(window.next());
    }
}

TEST(ReceiveWindow, HasNothingToAcknowledgeAtFirst) {
    const ReceiveWindow window(10, 1);
    EXPECT_FALSE(window.isOpen());
    EXPECT_FALSE(window.isHalfTaken());
}

TEST(ReceiveWindow, AcknowledgesOneLessThanNext) {
    ReceiveWindow window(10, 100);
    window.advanceTo(105);
    ASSERT_TRUE(window.isOpen());
    EXPECT_EQ(window.acknowledge(), 104U);
}

TEST(ReceiveWindow, IsClosedAfterAnAcknowledgement) {
    ReceiveWindow window(10, 1);
    window.advanceTo(5);
    (void)window.acknowledge();
    EXPECT_FALSE(window.isOpen());
}

TEST(ReceiveWindow, IsHalfTakenAtHalfOfTheWindow) {
    ReceiveWindow window(10, 1);
    take(window, 4);
    window.advanceTo(5);
    EXPECT_FALSE(window.isHalfTaken());
    take(window, 1);
    window.advanceTo(6);
    EXPECT_TRUE(window.isHalfTaken());
}

TEST(ReceiveWindow, CountsFromTheLastAcknowledgement) {
    ReceiveWindow window(10, 1);
    take(window, 5);
    window.advanceTo(6);
    (void)window.acknowledge();
    take(window, 4);
    window.advanceTo(10);
    EXPECT_FALSE(window.isHalfTaken());
}

TEST(ReceiveWindow, AcknowledgesAnAdvanceWithoutEvents) {
    ReceiveWindow window(10, 1);
    window.advanceTo(500);
    EXPECT_TRUE(window.isOpen());
    EXPECT_FALSE(window.isHalfTaken());
    EXPECT_EQ(window.acknowledge(), 499U);
}

TEST(ReceiveWindow, AcknowledgesEachEventOfAWindowOfOne) {
    ReceiveWindow window(1, 1);
    window.take(1);
    window.advanceTo(2);
    EXPECT_TRUE(window.isHalfTaken());
}

TEST(ReceiveWindow, NeverGoesBack) {
    ReceiveWindow window(10, 50);
    window.advanceTo(10);
    EXPECT_FALSE(window.isOpen());
    EXPECT_EQ(window.next(), 50U);
}

TEST(ReceiveWindow, KnowsWhereToResume) {
    ReceiveWindow window(10, 50);
    EXPECT_EQ(window.next(), 50U);
    window.advanceTo(60);
    EXPECT_EQ(window.next(), 60U);
}

TEST(ReceiveWindow, ResumesAfterTheLastEventTaken) {
    ReceiveWindow window(10, 1);
    window.take(7);
    EXPECT_EQ(window.next(), 8U);
}

} // namespace
} // namespace keventd
