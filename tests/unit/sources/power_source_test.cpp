#include "daemon/sources/kept_events.h"
#include "daemon/sources/power_source.h"

#include <chrono>
#include <gtest/gtest.h>
#include <poll.h>

namespace keventd::test {
namespace {

using namespace std::chrono_literals;

// Nobody sets the clock of the machine that runs the tests; guests' clocks, tests/system sets.
TEST(PowerSource, IsSilentWhileNothingHappens) {
    PowerSource source;
    EXPECT_EQ(source.status().state, SourceState::Running);
    pollfd input{.fd = source.descriptor(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(poll(&input, 1, 0), 0);
    KeptEvents arrivals;
    EXPECT_TRUE(source.drain(arrivals, 64).empty);
    EXPECT_TRUE(arrivals.events.empty());
    EXPECT_EQ(source.statistics().received, 0U);
}

TEST(PowerSource, TellsWhatHasHappenedSinceTheDaemonBefore) {
    PowerSource source;
    ClockOffsets before = readClockOffsets();
    before.slept -= 90min;
    before.set += 3s;
    source.goOnFrom(before);
    KeptEvents arrivals;
    EXPECT_TRUE(source.drain(arrivals, 64).empty);
    ASSERT_EQ(arrivals.events.size(), 2U);
    const Event& resume = arrivals.events[0];
    EXPECT_EQ(resume.source, "power");
    EXPECT_EQ(resume.action, "resume");
    EXPECT_EQ(resume.subsystem, "power");
    EXPECT_EQ(resume.object, "");
    EXPECT_EQ(resume.flags, EventFlag::Resync);
    EXPECT_NE(resume.boottime.count(), 0);
    EXPECT_EQ(resume.properties.find("KEVENTD_UNIT"), "microseconds");
    EXPECT_NEAR(std::stod(std::string(resume.properties.find("KEVENTD_VALUE").value_or("0"))), 5'400e6, 1e6);
    const Event& set = arrivals.events[1];
    EXPECT_EQ(set.action, "clock-set");
    EXPECT_NEAR(std::stod(std::string(set.properties.find("KEVENTD_VALUE").value_or("0"))), -3e6, 1e6);

    EXPECT_TRUE(source.drain(arrivals, 64).empty);
    EXPECT_EQ(arrivals.events.size(), 2U);
}

TEST(PowerSource, TellsNothingIfNothingHasHappenedSinceTheDaemonBefore) {
    const ClockOffsets before = readClockOffsets();
    PowerSource source;
    source.goOnFrom(before);
    KeptEvents arrivals;
    EXPECT_TRUE(source.drain(arrivals, 64).empty);
    EXPECT_TRUE(arrivals.events.empty());
}

// A daemon that was killed between two events of one look.
TEST(PowerSource, GoesOnFromTheLastEventThatWasTold) {
    PowerSource first;
    ClockOffsets before = readClockOffsets();
    before.slept -= 90min;
    before.set += 3s;
    first.goOnFrom(before);
    KeptEvents told;
    EXPECT_TRUE(first.drain(told, 64).empty);
    ASSERT_EQ(told.events.size(), 2U);
    for (std::size_t kept = 1; kept <= 2; ++kept) {
        PowerSource next;
        next.begin({told.events[kept - 1]});
        KeptEvents rest;
        EXPECT_TRUE(next.drain(rest, 64).empty);
        ASSERT_EQ(rest.events.size(), 2 - kept);
        for (const Event& event : rest.events) EXPECT_EQ(event.action, "clock-set");
    }
}

TEST(PowerSource, GoesOnFromWhatItHasFoundAtItsStart) {
    const std::vector<Event> found = PowerSource().readAll();
    PowerSource next;
    next.begin(found);
    KeptEvents arrivals;
    EXPECT_TRUE(next.drain(arrivals, 64).empty);
    EXPECT_TRUE(arrivals.events.empty());
}

} // namespace
} // namespace keventd::test
