#include "daemon/sources/kept_events.h"
#include "daemon/sources/pressure_source.h"
#include "tests/support/temporary_directory.h"

#include <chrono>
#include <fstream>
#include <gtest/gtest.h>

namespace keventd::test {
namespace {

using namespace std::chrono_literals;

const PressureThreshold SomeOfTwoSeconds{.full = false, .stall = 100ms, .window = 2s};

SourceStatus statusWhereThereIsNoPressure(const PressureOptions& options) {
    const TemporaryDirectory empty;
    return PressureSource(options, empty.path().string()).status();
}

TEST(PressureSource, IsDisabledWithoutThresholds) {
    EXPECT_EQ(statusWhereThereIsNoPressure({}), (SourceStatus{SourceState::Disabled, "no threshold is set"}));
}

TEST(PressureSource, IsDisabledWhereTheKernelCountsNone) {
    EXPECT_EQ(statusWhereThereIsNoPressure({.memory = SomeOfTwoSeconds, .cpu = {}, .io = {}}),
              (SourceStatus{SourceState::Disabled, "the kernel counts no pressure"}));
}

TEST(PressureSource, IsRefusedAStallThatIsLongerThanItsWindow) {
    const PressureThreshold tooLong{.full = false, .stall = 3s, .window = 2s};
    EXPECT_EQ(PressureSource({.memory = tooLong, .cpu = {}, .io = {}}).status(),
              (SourceStatus{SourceState::Refused, "a stall is longer than its window"}));
}

TEST(PressureSource, FailsOnFilesThatAreNotTheKernels) {
    const TemporaryDirectory directory;
    std::ofstream(directory.file("memory")) << "";
    const PressureSource source({.memory = SomeOfTwoSeconds, .cpu = {}, .io = {}}, directory.path().string());
    EXPECT_EQ(source.status().state, SourceState::Failed);
}

TEST(PressureSource, CanBePolledWhateverItsState) {
    const TemporaryDirectory empty;
    PressureSource source({.memory = SomeOfTwoSeconds, .cpu = {}, .io = {}}, empty.path().string());
    EXPECT_GE(source.descriptor(), 0);
    KeptEvents arrivals;
    EXPECT_TRUE(source.drain(arrivals, 64).empty);
    EXPECT_TRUE(arrivals.events.empty());
}

} // namespace
} // namespace keventd::test
