#include "client/keventctl/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keventd::ctl {
namespace {

std::string print(const DaemonStatus& status) {
    std::string out;
    appendText(out, status);
    return out;
}

TEST(StatusText, AlignsSourcesAndStatistics) {
    const DaemonStatus status{"0.1.0",
                              "0123",
                              3,
                              4711,
                              {{"kernel", "running", ""}, {"udev", "waiting", "no udevd"}},
                              {{"history.bytes", 4096}, {"kernel.dropped", 0}}};
    EXPECT_EQ(print(status), "version  0.1.0\n"
                             "stream   0123\n"
                             "events   3 to 4711\n"
                             "sources\n"
                             "  kernel  running\n"
                             "  udev    waiting  no udevd\n"
                             "statistics\n"
                             "  history.bytes   4096\n"
                             "  kernel.dropped     0\n");
}

TEST(StatusText, SaysSoIfNoEventIsKept) {
    DaemonStatus status;
    status.first = 8;
    status.last = 7;
    EXPECT_THAT(print(status), testing::HasSubstr("events   none kept; the next is 8\n"));
}

TEST(StatusText, LetsNoControlCharacterThrough) {
    DaemonStatus status;
    status.version = status.stream = "\x1b[2J";
    status.sources = {{"a\x1b", "b\x1b", "c\x1b"}, {"\x1b", "\x1b", ""}};
    status.statistics = {{"d\x1b", 1}};
    EXPECT_THAT(print(status), testing::Not(testing::HasSubstr("\x1b")));
}

} // namespace
} // namespace keventd::ctl
