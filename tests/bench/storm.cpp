// bench-storm: what a storm costs. Root only; README.md says more.

#include "tests/bench/command_line.h"
#include "tests/bench/storm_cost.h"
#include "tests/support/network_namespace.h"

#include <cstdio>
#include <cstdlib>
#include <exception>

int main(int argc, char** argv) {
    keventd::bench::CostOptions options;
    const auto status = keventd::bench::parseCommandLine(
        argc, argv, "Prices a storm of uevents. Needs root; other storms on the machine disturb it.",
        {{"--events", options.events, "Events in one storm"},
         {"--runs", options.runs, "Measurements of CPU time, of which the median counts"}},
        {{"--apart", options.apart, "Measure keventd and udevadm in storms of their own"}});
    if (status) return *status;
    try {
        const keventd::test::NetworkNamespace ownNamespace;
        keventd::bench::measureStormCost(options);
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench-storm: %s\n", error.what());
        return EXIT_FAILURE;
    }
}
