// bench-storm: the proof that a storm arrives whole and in order, and what it costs. Root only; README.md
// says more.

#include "tests/bench/command_line.h"
#include "tests/bench/storm_cost.h"
#include "tests/bench/storm_proof.h"
#include "tests/support/network_namespace.h"

#include <cstdio>
#include <cstdlib>
#include <exception>

namespace {

using namespace keventd::bench;

struct Options {
    CostOptions cost;
    bool veth = false;
    std::uint64_t pairs = 1000;
};

int run(const Options& options) {
    const keventd::test::NetworkNamespace ownNamespace;
    const bool passed = options.veth ? proveNetStorm(options.pairs) : proveStorm(options.cost.events);
    if (!options.veth) measureStormCost(options.cost);
    return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    const auto status = parseCommandLine(
        argc, argv,
        "Proves and prices a storm of uevents. Needs root; other storms on the machine disturb it.",
        {{"--events", options.cost.events, "Events in one storm"},
         {"--runs", options.cost.runs, "Measurements of CPU time, of which the median counts"},
         {"--pairs", options.pairs, "Veth pairs of --veth"}},
        {{"--apart", options.cost.apart, "Measure keventd and udevadm in storms of their own"},
         {"--veth", options.veth, "Net devices come and go instead; checks only"}});
    if (status) return *status;
    try {
        return run(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench-storm: %s\n", error.what());
        return EXIT_FAILURE;
    }
}
