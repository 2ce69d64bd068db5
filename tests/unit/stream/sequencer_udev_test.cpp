// Events of udev: in the order in which udevd finished them, each after its kernel event.

#include "tests/unit/stream/sequencer_driver.h"

namespace keventd::test {
namespace {

TEST(SequencerUdev, KeepsTheOrderInWhichUdevdFinishedItsEvents) {
    SequencerDriver s(after(10));
    s.push({kernel(11), kernel(12), kernel(13)}, 0);
    EXPECT_EQ(s.release(0), "k11 k12 k13");
    s.push({udev(13), udev(11), udev(12)}, 20);
    EXPECT_EQ(s.release(20), "u13 u11 u12");
}

TEST(SequencerUdev, LetsAnEventOfUdevLeaveAfterAKernelEventThatComesLater) {
    SequencerDriver s(after(10));
    s.push(udev(11), 0);
    EXPECT_EQ(s.release(0), "");
    s.push(kernel(11), 10);
    EXPECT_EQ(s.release(10), "k11 u11");
}

TEST(SequencerUdev, LetsAnEventOfUdevWaitWhileItsKernelEventLiesBehindAHole) {
    SequencerDriver s(after(10));
    s.push({udev(12), kernel(12)}, 0);
    EXPECT_EQ(s.release(0), "");
    s.push(kernel(11), 10);
    EXPECT_EQ(s.release(10), "k11 k12 u12");
}

TEST(SequencerUdev, LetsAnEventOfUdevWaitOnceForAKernelEventThatNeverComes) {
    SequencerDriver s(after(10));
    s.push(udev(11), 0);
    EXPECT_EQ(s.deadline(), 50);
    EXPECT_EQ(s.release(49), "");
    EXPECT_EQ(s.release(50), "u11");
    EXPECT_EQ(s.deadline(), std::nullopt);
}

TEST(SequencerUdev, EndsTheWaitWithTheHoleThatTheKernelEventWouldHaveFilled) {
    SequencerDriver s(after(10));
    s.push(kernel(12), 0);
    s.push(udev(11), 30);
    EXPECT_EQ(s.release(49), "");
    EXPECT_EQ(s.release(50), "k12 u11");
}

TEST(SequencerUdev, DoesNotWaitForAKernelEventWhoseHoleWasClosed) {
    SequencerDriver s(after(10));
    s.push(kernel(12), 0);
    EXPECT_EQ(s.release(50), "k12");
    s.push(udev(11), 60);
    EXPECT_EQ(s.release(60), "u11");
}

TEST(SequencerUdev, DoesNotWaitForAKernelEventThatLeft) {
    SequencerDriver s(after(10));
    s.push(kernel(11), 0);
    EXPECT_EQ(s.release(0), "k11");
    s.push(udev(11), 20);
    EXPECT_EQ(s.release(20), "u11");
}

TEST(SequencerUdev, LetsOthersWaitBehindAnEventOfUdevThatWaits) {
    SequencerDriver s(after(10));
    s.push({udev(11), other("a")}, 0);
    EXPECT_EQ(s.release(0), "");
    s.push(kernel(11), 5);
    EXPECT_EQ(s.release(5), "k11 u11 a");
}

TEST(SequencerUdev, LetsKernelEventsPassAnEventOfUdevThatWaits) {
    SequencerDriver s(after(10));
    s.push({udev(13), kernel(11), kernel(12)}, 0);
    EXPECT_EQ(s.release(0), "k11 k12");
    s.push(kernel(13), 5);
    EXPECT_EQ(s.release(5), "k13 u13");
}

TEST(SequencerUdev, WaitsForTheHoleBeforeAKernelEventThatCameWithinTheWait) {
    SequencerDriver s(after(10));
    s.push(udev(12), 0);
    s.push(kernel(12), 40); // 11 is waited for until 90
    EXPECT_EQ(s.release(50), "");
    EXPECT_EQ(s.deadline(), 90);
    EXPECT_EQ(s.release(90), "k12 u12");
}

TEST(SequencerUdev, GivesEachEventOfUdevAWaitOfItsOwn) {
    SequencerDriver s(after(10));
    s.push(udev(12), 0);
    s.push(udev(11), 20);
    EXPECT_EQ(s.release(50), "u12");
    EXPECT_EQ(s.deadline(), 70);
    EXPECT_EQ(s.release(70), "u11");
}

TEST(SequencerUdev, DoesNotBelieveUdevAboutKernelNumbers) {
    SequencerDriver s(after(10));
    constexpr std::uint64_t Forged = ~std::uint64_t{0} - 3;
    s.push({udev(Forged), udev(Forged + 3), kernel(11)}, 0);
    EXPECT_EQ(s.release(0), "k11");
    EXPECT_EQ(s->frontier(), 12U);
    EXPECT_EQ(s.release(50), "u18446744073709551612 u18446744073709551615");
    s.push({kernel(13), kernel(12), udev(12)}, 60);
    EXPECT_EQ(s.release(60), "k12 k13 u12");
    EXPECT_EQ(s.deadline(), std::nullopt);
}

TEST(SequencerUdev, DropsARepeatOfAForgedNumber) {
    SequencerDriver s(after(10, 0));
    constexpr std::uint64_t Greatest = ~std::uint64_t{0};
    s.push({udev(Greatest), udev(Greatest)}, 0);
    EXPECT_EQ(s.release(50), "u18446744073709551615");
}

} // namespace
} // namespace keventd::test
