#include "client/keventctl/status_text.h"

#include <cstdlib>
#include <ctime>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keventd::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

class StatusText : public testing::Test {
protected:
    void SetUp() override {
        setenv("TZ", "UTC", 1);
        tzset();
    }
    [[nodiscard]] std::string print() const {
        std::string out;
        appendText(out, status_, subscriptions_);
        return out;
    }

    DaemonStatus status_;
    std::vector<SubscriptionInfo> subscriptions_;
};

TEST_F(StatusText, ShowsTheStreamInLines) {
    status_.version = "0.1.0";
    status_.stream = "0123";
    status_.first = 3;
    status_.last = 4711;
    status_.statistics = {{"daemon.started_realtime", 86'400'000'000},
                          {"daemon.uptime_usec", 7'500'000'000},
                          {"history.events", 4709},
                          {"history.bytes", 1536},
                          {"history.capacity_bytes", 64U << 20U},
                          {"history.oldest_age_usec", 61'000'000},
                          {"stream.waiting", 1},
                          {"stream.max_waiting", 40},
                          {"stream.reorder_wait_ms", 50},
                          {"stream.holes", 7},
                          {"stream.holes_expired", 2},
                          {"stream.reordered", 5},
                          {"stream.late", 4},
                          {"stream.repeated", 3},
                          {"stream.restarts", 6}};
    EXPECT_THAT(print(), HasSubstr("version  0.1.0\n"
                                   "stream   0123\n"
                                   "started  1970-01-02 00:00:00, 2 h 5 min ago; restarts in this stream: 6\n"
                                   "events   3 to 4711\n"
                                   "history  4709 events, 1.5 KiB of 64 MiB, the oldest 1 min 1 s ago\n"
                                   "order    1 events wait, 40 at most so far; a hole is waited for 50 ms\n"
                                   "holes    7, 2 not filled; events: 5 reordered, 4 late, 3 repeated\n"));
}

TEST_F(StatusText, SaysSoIfNoEventIsKept) {
    status_.first = 8;
    status_.last = 7;
    EXPECT_THAT(print(), HasSubstr("events   none kept; the next is 8\n"));
    EXPECT_THAT(print(), HasSubstr("history  0 events, 0 B of 0 B\n"));
}

TEST_F(StatusText, ShowsSourcesInColumns) {
    status_.sources = {{"kernel", "running", ""}, {"udev", "waiting", "no udevd"}};
    status_.statistics = {{"kernel.received", 100'000}, {"kernel.published", 99'999},  {"kernel.late", 1},
                          {"kernel.dropped", 7},        {"kernel.injected", 2},        {"kernel.refused", 3},
                          {"udev.buffer_bytes", 2048},  {"kernel.max_queued_bytes", 5}};
    EXPECT_THAT(
        print(),
        HasSubstr("sources\n"
                  "  NAME    STATE    RECEIVED  PUBLISHED  LATE  INJECTED  REFUSED  DROPPED   BUFFER  "
                  "MOST USED\n"
                  "  kernel  running    100000      99999     1         2        3        7      0 B  "
                  "      5 B\n"
                  "  udev    waiting         0          0     0         0        0        0  2.0 KiB  "
                  "      0 B  no udevd\n"));
}

TEST_F(StatusText, ShowsSubscriptionsInColumns) {
    subscriptions_ = {{12, ":1.7", 1000, "asleep", "subsystem=block", 4712, 0, 0, 1024, 0, 0},
                      {3, "", std::nullopt, "full", "", 12, 4700, 9, 2, 2, 3000}};
    status_.statistics = {{"subscriptions", 2}};
    EXPECT_THAT(
        print(),
        HasSubstr("subscriptions: 2\n"
                  "  NUMBER  OWNER     UID  STATE   NEXT   LAG  LOST  UNACKNOWLEDGED    BYTES  FILTER\n"
                  "      12  :1.7     1000  asleep  4712     0     0       0 of 1024      0 B  "
                  "subsystem=block\n"
                  "       3  private     ?  full      12  4700     9          2 of 2  2.9 KiB  "
                  "(everything)\n"));
}

TEST_F(StatusText, SaysHowManySubscriptionsAreNotShown) {
    subscriptions_.emplace_back();
    status_.statistics = {{"subscriptions", 5}};
    EXPECT_THAT(print(), HasSubstr("subscriptions: 1 of 5\n"));
}

TEST_F(StatusText, SaysThatSubscriptionsCouldNotBeListed) {
    status_.statistics = {{"subscriptions", 5}};
    std::string out;
    appendText(out, status_, std::nullopt);
    EXPECT_THAT(out, HasSubstr("subscriptions: 5, not listed\n"));
}

TEST_F(StatusText, ShowsByTheirNamesWhatItDoesNotKnow) {
    status_.statistics = {{"a.new_one", 17}, {"another", 4}, {"stream.late", 1}};
    const std::string text = print();
    EXPECT_THAT(text, HasSubstr("other statistics\n"
                                "  a.new_one  17\n"
                                "  another     4\n"));
    EXPECT_THAT(text, Not(HasSubstr("stream.late")));
}

TEST_F(StatusText, LetsNoControlCharacterThrough) {
    status_.version = status_.stream = "\x1b[2J";
    status_.sources = {{"a\x1b", "b\x1b", "c\x1b"}, {"\x1b", "\x1b", ""}};
    status_.statistics = {{"d\x1b", 1}};
    subscriptions_ = {{1, "e\x1b", 1, "f\x1b", "g\x1b", 0, 0, 0, 0, 0, 0}};
    EXPECT_THAT(print(), Not(HasSubstr("\x1b")));
}

} // namespace
} // namespace keventd::ctl
