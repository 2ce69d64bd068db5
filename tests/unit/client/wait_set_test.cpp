#include "client/lib/wait_set.h"

#include <array>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

namespace keventd {
namespace {

/// A descriptor that becomes readable when it is told to.
class Pipe {
public:
    Pipe() { EXPECT_EQ(::pipe(fds_.data()), 0); }
    ~Pipe() {
        ::close(fds_[0]);
        ::close(fds_[1]);
    }
    [[nodiscard]] int fd() const { return fds_[0]; }
    void write() { EXPECT_EQ(::write(fds_[1], "x", 1), 1); }

private:
    std::array<int, 2> fds_{};
};

/// @param timeout  in milliseconds; more than 0 only where it is readable if all is well
bool isReadable(const WaitSet& waits, int timeout = 0) {
    pollfd descriptor{waits.fd(), POLLIN, 0};
    return ::poll(&descriptor, 1, timeout) > 0;
}

TEST(WaitSet, IsReadableWhenWhatItWatchesIs) {
    WaitSet waits;
    Pipe pipe;
    waits.watch(pipe.fd(), POLLIN);
    EXPECT_FALSE(isReadable(waits));
    pipe.write();
    EXPECT_TRUE(isReadable(waits));
}

TEST(WaitSet, WatchesAnotherDescriptorInPlaceOfTheOneBefore) {
    WaitSet waits;
    Pipe before;
    Pipe now;
    waits.watch(before.fd(), POLLIN);
    waits.watch(now.fd(), POLLIN);
    before.write();
    EXPECT_FALSE(isReadable(waits));
    now.write();
    EXPECT_TRUE(isReadable(waits));
}

TEST(WaitSet, WatchesOnlyWhatIsAskedFor) {
    WaitSet waits;
    Pipe pipe;
    pipe.write();
    waits.watch(pipe.fd(), 0);
    EXPECT_FALSE(isReadable(waits));
    waits.watch(pipe.fd(), POLLIN);
    EXPECT_TRUE(isReadable(waits));
}

TEST(WaitSet, ForgetsWhatItWatches) {
    WaitSet waits;
    Pipe pipe;
    pipe.write();
    waits.watch(pipe.fd(), POLLIN);
    waits.forget();
    EXPECT_FALSE(isReadable(waits));
    waits.watch(pipe.fd(), POLLIN);
    EXPECT_TRUE(isReadable(waits));
}

TEST(WaitSet, WakesAtOnceAfterNoTime) {
    WaitSet waits;
    waits.wakeAfter(std::chrono::microseconds(0));
    EXPECT_TRUE(isReadable(waits, 60'000));
}

TEST(WaitSet, TakesBackThatTheTimeHasCome) {
    WaitSet waits;
    waits.wakeAfter(std::chrono::microseconds(-1));
    ASSERT_TRUE(isReadable(waits, 60'000));
    waits.wakeAfter(std::nullopt);
    EXPECT_FALSE(isReadable(waits));
    waits.wakeAfter(std::chrono::hours(1));
    EXPECT_FALSE(isReadable(waits));
}

TEST(WaitSet, IsNeverReadableOnceStopped) {
    WaitSet waits;
    Pipe pipe;
    waits.watch(pipe.fd(), POLLIN);
    waits.wakeAfter(std::chrono::microseconds(0));
    pipe.write();
    ASSERT_TRUE(isReadable(waits, 60'000));
    waits.stop();
    EXPECT_FALSE(isReadable(waits));
}

} // namespace
} // namespace keventd
