// bench-fan-out: what many subscriptions cost the daemon for each event. Root only; README.md says more.

#include "keventd/client.h"
#include "tests/bench/command_line.h"
#include "tests/bench/figures.h"
#include "tests/bench/patience.h"
#include "tests/bench/process_usage.h"
#include "tests/bench/worker.h"
#include "tests/support/daemon_process.h"
#include "tests/support/network_namespace.h"
#include "tests/support/uevent_writers.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace keventd::bench;
namespace test = keventd::test;

constexpr std::size_t Writers = 3;
constexpr std::uint64_t Counts[] = {1, 10, 100, 1000}; ///< of subscriptions

/// @return a filter like no other, which no event of the storm matches; by turns of each kind that there is
keventd::SubscribeOptions otherFilter(std::uint64_t number) {
    const std::string name = "x" + std::to_string(number);
    keventd::SubscribeOptions options;
    switch (number % 4) {
    case 0:
        options.filter.subsystems = {name};
        break;
    case 1:
        options.filter.objects = {"/devices/virtual/mem/" + name};
        break;
    case 2:
        options.filter.objects = {"/devices/virtual/" + name + "/*"};
        break;
    default:
        options.filter.subsystems = {"mem"};
        options.filter.actions = {name};
        break;
    }
    return options;
}

/// Makes subscriptions, of which the first matches everything and the others nothing, and serves them.
[[noreturn]] void subscribe(const std::string& socket, std::uint64_t count) {
    keventd::Client client(keventd::privateSocket(socket));
    std::vector<keventd::ClientSubscription> subscriptions;
    const auto ignore = [](const keventd::Event&) {};
    subscriptions.push_back(client.subscribe({}, {ignore, {}}));
    for (std::uint64_t number = 1; number < count; ++number)
        subscriptions.push_back(client.subscribe(otherFilter(number), {ignore, {}}));
    for (;;) client.process(std::chrono::milliseconds(-1));
}

/// @return microseconds of CPU of the daemon for each event
double measure(std::uint64_t subscriptions, std::uint64_t events) {
    const test::DaemonProcess daemon({.arguments = {"--history=4G"},
                                      .environment = {},
                                      .inherited = {},
                                      .bus = "none",
                                      .socket = "",
                                      .inChild = {}});
    const auto subscriber = startWorker([&] { subscribe(daemon.socketPath(), subscriptions); });
    waitFor([&] { return daemon.statistics().at("subscriptions") >= subscriptions; },
            "the subscriptions do not come");
    waitUntilIdle({daemon.pid(), subscriber->pid()});
    const auto before = cpuTime(daemon.pid());
    test::UeventWriters(Writers, events / Writers).join();
    waitUntilIdle({daemon.pid(), subscriber->pid()});
    const std::chrono::duration<double, std::micro> used = cpuTime(daemon.pid()) - before;
    return used.count() / static_cast<double>(events / Writers * Writers);
}

// In turns, so that what else the machine does meets all alike.
void run(std::uint64_t events, std::uint64_t runs) {
    const test::NetworkNamespace ownNamespace;
    std::map<std::uint64_t, std::vector<double>> costs;
    for (std::uint64_t i = 0; i < runs; ++i) {
        for (const std::uint64_t count : Counts) costs[count].push_back(measure(count, events));
    }
    const double one = median(costs[1]);
    printRow("CPU of keventd per event: 1 subscription, matching", withUnit(one, "us"));
    for (const std::uint64_t count : Counts) {
        if (count == 1) continue;
        printBoundedRow("the same with " + std::to_string(count - 1) + " others that do not match: ratio",
                        median(costs[count]) / one, {1.2, ""});
    }
}

} // namespace

int main(int argc, char** argv) {
    std::uint64_t events = 150'000;
    std::uint64_t runs = 5;
    const auto status =
        parseCommandLine(argc, argv, "Prices subscriptions that an event does not concern. Needs root.",
                         {{"--events", events, "Events in one storm"},
                          {"--runs", runs, "Measurements, of which the median counts"}});
    if (status) return *status;
    try {
        run(events, runs);
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench-fan-out: %s\n", error.what());
        return EXIT_FAILURE;
    }
}
