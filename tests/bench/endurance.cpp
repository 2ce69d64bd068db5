// bench-endurance: whether the daemon stays what it is: its memory and what an event costs it, from ten
// thousand events to ten million.

#include "tests/bench/command_line.h"
#include "tests/bench/figures.h"
#include "tests/bench/process_usage.h"
#include "tests/support/daemon_process.h"
#include "tests/support/network_namespace.h"
#include "tests/support/uevent_writers.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

namespace {

using namespace keventd::bench;
namespace test = keventd::test;

struct Options {
    std::uint64_t events = 10'000'000;
    std::uint64_t history = 16;
};

// So many at a time: the socket has room for them, and they are long enough to be measured.
constexpr std::uint64_t EventsOfAPart = 10'000;
// Until the history is full, and everything has been used once.
constexpr std::uint64_t EventsToWarmUp = 200'000;
// What one part costs depends on who else has the processor; many, less so.
constexpr std::uint64_t PartsOfAFigure = 25;

class Endurance {
public:
    explicit Endurance(const Options& options)
        : options_(options), daemon_({.arguments = {"--history=" + std::to_string(options.history) + "M"}}) {}

    void run() {
        while (written_ < EventsToWarmUp) writePart();
        costs_.clear();
        measure();
        const double costAtFirst = cost_;
        double mostMemory = memory_;
        double leastMemory = memory_;
        for (std::uint64_t next = 1'000'000; written_ < options_.events;) {
            measure();
            mostMemory = std::max(mostMemory, memory_);
            leastMemory = std::min(leastMemory, memory_);
            if (written_ < next) continue;
            tell();
            next = std::min(next + next, options_.events);
        }
        printBoundedRow("endurance: CPU per event at the end, of that at the start", cost_ / costAtFirst,
                        {1.1, ""});
        printBoundedRow("endurance: memory after the warm-up, at most so far from its middle (0.05: +-5 %)",
                        (mostMemory - leastMemory) / (mostMemory + leastMemory), {0.05, ""});
    }

private:
    void writePart() {
        const auto before = cpuTime(daemon_.pid());
        test::UeventWriters writers(2, EventsOfAPart / 2);
        writers.join();
        waitUntilIdle({daemon_.pid()});
        written_ += writers.total();
        const std::chrono::duration<double, std::micro> spent = cpuTime(daemon_.pid()) - before;
        costs_.push_back(spent.count() / static_cast<double>(writers.total()));
    }
    void measure() {
        for (std::uint64_t part = 0; part < PartsOfAFigure; ++part) writePart();
        cost_ = median(std::exchange(costs_, {}));
        memory_ = static_cast<double>(memoryField(daemon_.pid(), "VmRSS")) / (1024.0 * 1024.0);
    }
    void tell() const {
        const std::string after = "endurance, after " + std::to_string(written_) + " events: ";
        printRow(after + "CPU per event", withUnit(cost_, "us"));
        printRow(after + "resident memory (VmRSS)", withUnit(memory_, "MiB"));
    }

    Options options_;
    test::NetworkNamespace namespace_;
    test::DaemonProcess daemon_;
    std::uint64_t written_ = 0;
    std::vector<double> costs_; // of parts, in microseconds an event
    double cost_ = 0;
    double memory_ = 0;
};

} // namespace

int main(int argc, char** argv) {
    Options options;
    const auto status = parseCommandLine(argc, argv, "Measures whether the daemon stays what it is.",
                                         {{"--events", options.events, "Events written in all"},
                                          {"--history", options.history, "Size of the history, in MiB"}});
    if (status) return *status;
    try {
        Endurance(options).run();
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench-endurance: %s\n", error.what());
        return EXIT_FAILURE;
    }
}
