// bench-fan-out: what many subscriptions cost the daemon for each event, those that it does not concern, and
// those that it does. Root only; README.md says more.

#include "daemon/base/descriptor_limit.h"
#include "keventd/client.h"
#include "tests/bench/command_line.h"
#include "tests/bench/figures.h"
#include "tests/bench/patience.h"
#include "tests/bench/process_usage.h"
#include "tests/bench/road.h"
#include "tests/bench/worker.h"
#include "tests/support/daemon_process.h"
#include "tests/support/network_namespace.h"
#include "tests/support/uevent_writers.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <poll.h>
#include <string>
#include <vector>

namespace {

using namespace keventd::bench;
namespace test = keventd::test;

constexpr std::size_t Writers = 3;
constexpr std::uint64_t Counts[] = {1, 10, 100, 1000}; ///< of subscriptions, or of subscribers

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
[[noreturn]] void subscribe(const keventd::Endpoint& endpoint, std::uint64_t count) {
    keventd::Client client = connectPatiently(endpoint);
    std::vector<keventd::ClientSubscription> subscriptions;
    const auto ignore = [](const keventd::Event&) {};
    subscriptions.push_back(client.subscribe({}, {ignore, {}}));
    for (std::uint64_t number = 1; number < count; ++number)
        subscriptions.push_back(client.subscribe(otherFilter(number), {ignore, {}}));
    for (;;) client.process(std::chrono::milliseconds(-1));
}

/// Makes subscribers, each on a connection of its own, who all get everything, and serves them.
[[noreturn]] void subscribeAll(const keventd::Endpoint& endpoint, std::uint64_t count) {
    keventd::raiseDescriptorLimit(); // a connection takes several
    std::vector<keventd::Client> clients;
    std::vector<keventd::ClientSubscription> subscriptions;
    const auto ignore = [](const keventd::Event&) {};
    for (std::uint64_t i = 0; i < count; ++i) {
        clients.push_back(connectPatiently(endpoint));
        subscriptions.push_back(clients.back().subscribe({}, {ignore, {}}));
    }
    for (;;) {
        std::vector<pollfd> descriptors;
        for (const keventd::Client& client : clients) {
            const keventd::PollRequest request = client.pollRequest();
            descriptors.push_back({.fd = request.fd, .events = request.events, .revents = 0});
        }
        poll(descriptors.data(), descriptors.size(), -1);
        for (std::size_t i = 0; i < clients.size(); ++i) {
            if (descriptors[i].revents != 0) clients[i].process(std::chrono::milliseconds(0));
        }
    }
}

using Work = void (*)(const keventd::Endpoint& endpoint, std::uint64_t count);

/// @param work  makes so many subscriptions
/// @return microseconds of CPU of the daemon for each event
double measure(Work work, Road road, std::uint64_t count, std::uint64_t events) {
    const auto broker = startBroker(road);
    const test::DaemonProcess daemon({.arguments = {"--history=4G"},
                                      .environment = {},
                                      .inherited = {},
                                      .bus = busOf(broker),
                                      .socket = "",
                                      .inChild = {}});
    const keventd::Endpoint endpoint = endpointOf(broker, daemon);
    const auto subscriber = startWorker([&] { work(endpoint, count); });
    waitFor([&] { return daemon.statistics().at("subscriptions") >= count; },
            "the subscriptions do not come");
    waitUntilIdle({daemon.pid(), subscriber->pid()});
    const auto before = cpuTime(daemon.pid());
    test::UeventWriters(Writers, events / Writers).join();
    waitUntilIdle({daemon.pid(), subscriber->pid()});
    const std::chrono::duration<double, std::micro> used = cpuTime(daemon.pid()) - before;
    return used.count() / static_cast<double>(events / Writers * Writers);
}

void report(std::map<std::uint64_t, std::vector<double>>& asleep,
            std::map<std::uint64_t, std::vector<double>>& awake) {
    const double one = median(asleep[1]);
    printRow("CPU of keventd per event: 1 subscription, matching", withUnit(one, "us"));
    for (const std::uint64_t count : Counts) {
        if (count == 1) continue;
        printBoundedRow("the same with " + std::to_string(count - 1) + " others that do not match: ratio",
                        median(asleep[count]) / one, {1.2, ""});
    }
    for (const std::uint64_t count : Counts) {
        printRow("the same for each of " + std::to_string(count) + " subscribers through dbus-daemon",
                 withUnit(median(awake[count]) / static_cast<double>(count), "us"));
    }
}

// In turns, so that what else the machine does meets all alike. As many events are delivered to many
// subscribers together as to one.
void run(std::uint64_t events, std::uint64_t runs) {
    const test::NetworkNamespace ownNamespace;
    std::map<std::uint64_t, std::vector<double>> asleep;
    std::map<std::uint64_t, std::vector<double>> awake;
    for (std::uint64_t i = 0; i < runs; ++i) {
        for (const std::uint64_t count : Counts) {
            asleep[count].push_back(measure(subscribe, Road::PrivateSocket, count, events));
            awake[count].push_back(measure(subscribeAll, Road::DbusDaemon, count, events / count));
        }
    }
    report(asleep, awake);
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
