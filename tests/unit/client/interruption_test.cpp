#include "client/keventctl/interruption.h"

#include <csignal>
#include <cstdlib>
#include <gtest/gtest.h>
#include <poll.h>

using namespace std::chrono_literals;

namespace keventd::ctl {
namespace {

TEST(Interruption, HasNotComeAtFirst) {
    const Interruption interruption(1h);
    EXPECT_FALSE(interruption.hasCome());
}

TEST(Interruption, ExpiresAtItsDeadline) {
    const Interruption interruption(0s);
    EXPECT_TRUE(interruption.isExpired());
    EXPECT_FALSE(interruption.isStopped());
}

TEST(Interruption, LetsPollWaitNoLongerThanToTheDeadline) {
    const Interruption interruption(10s);
    EXPECT_GT(interruption.pollTimeout(), 0);
    EXPECT_LE(interruption.pollTimeout(), 10000);
    EXPECT_EQ(Interruption(0s).pollTimeout(), 0);
}

TEST(Interruption, LetsPollWaitNoLongerThanIsWanted) {
    EXPECT_EQ(Interruption().pollTimeout(1500us), 2); // rounded up: not to wake too early
    EXPECT_EQ(Interruption(10s).pollTimeout(0us), 0);
}

// What a signal leaves behind stays for the rest of the process, so that these go into one of their own.

[[noreturn]] void stopBy(int signal) {
    const Interruption interruption;
    ::raise(signal);
    pollfd descriptor{interruption.fd(), POLLIN, 0};
    const bool isTold = ::poll(&descriptor, 1, 0) == 1;
    std::exit(interruption.isStopped() && isTold ? 0 : 1);
}

[[noreturn]] void stopTwice() {
    const Interruption interruption;
    ::raise(SIGINT);
    ::raise(SIGINT);
    std::exit(0);
}

[[noreturn]] void leaveSignalsAlone() {
    const Interruption interruption({}, StopSignals::EndTheProcess);
    ::raise(SIGTERM);
    std::exit(0);
}

[[noreturn]] void stayIgnoring() {
    ::signal(SIGINT, SIG_IGN);
    const Interruption interruption;
    ::raise(SIGINT);
    std::exit(interruption.isStopped() ? 1 : 0);
}

TEST(InterruptionDeathTest, LeavesASignalAloneThatWasIgnoredBefore) {
    EXPECT_EXIT(stayIgnoring(), testing::ExitedWithCode(0), "");
}

TEST(InterruptionDeathTest, LeavesSignalsAloneIfSoWanted) {
    EXPECT_EXIT(leaveSignalsAlone(), testing::KilledBySignal(SIGTERM), "");
}

TEST(InterruptionDeathTest, ComesWithSigint) {
    EXPECT_EXIT(stopBy(SIGINT), testing::ExitedWithCode(0), "");
}

TEST(InterruptionDeathTest, ComesWithSigterm) {
    EXPECT_EXIT(stopBy(SIGTERM), testing::ExitedWithCode(0), "");
}

TEST(InterruptionDeathTest, EndsTheProcessTheSecondTime) {
    EXPECT_EXIT(stopTwice(), testing::KilledBySignal(SIGINT), "");
}

} // namespace
} // namespace keventd::ctl
