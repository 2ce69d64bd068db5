// bench-stopped: what a healthy subscriber notices of a stopped one and of a stopped listener to broadcasts,
// on the same bus through the same storm. Root only; README.md says more.

#include "keventd/client.h"
#include "keventd/names.h"
#include "tests/bench/command_line.h"
#include "tests/bench/figures.h"
#include "tests/bench/patience.h"
#include "tests/bench/process_usage.h"
#include "tests/bench/road.h"
#include "tests/bench/worker.h"
#include "tests/support/bus_client.h"
#include "tests/support/daemon_process.h"
#include "tests/support/network_namespace.h"
#include "tests/support/shared_memory.h"
#include "tests/support/uevent_writers.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <stdexcept>
#include <string>

namespace {

using namespace keventd::bench;
namespace test = keventd::test;

constexpr std::size_t Writers = 3;
constexpr std::size_t MaxEvents = 1'000'000;
constexpr std::uint64_t MiB = 1024 * 1024;
constexpr std::chrono::minutes LongestStorm{5};
constexpr std::chrono::milliseconds Pause{1}; ///< how exactly the end of a storm is seen

/// What a subscriber has had.
struct Taken {
    std::atomic<std::uint64_t> events = 0;
    std::atomic<std::uint64_t> next = 0; ///< first id that is not accounted for
    std::atomic<bool> isListening = false;
    std::atomic<bool> hasGap = false; ///< an id was neither sent nor told lost
    std::array<std::atomic<std::uint32_t>, MaxEvents>
        delays{}; ///< from the daemon's reading to the callback, us
};

std::int64_t boottimeNow() {
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

[[noreturn]] void subscribe(const std::string& address, Taken& taken) {
    keventd::Client client = connectPatiently(keventd::busAt(address));
    const auto account = [&taken](std::uint64_t from, std::uint64_t to) {
        if (taken.next != from) taken.hasGap = true;
        taken.next = to + 1;
    };
    const auto onEvent = [&](const keventd::Event& event) {
        account(event.id, event.id);
        const std::uint64_t number = taken.events++;
        if (number < MaxEvents)
            taken.delays[number] = static_cast<std::uint32_t>(boottimeNow() - event.boottime.count());
    };
    const keventd::ClientSubscription subscription = client.subscribe({}, {onEvent, account});
    taken.next = subscription.next();
    taken.isListening = true;
    for (;;) client.process(std::chrono::milliseconds(-1));
}

[[noreturn]] void listen(const std::string& address, std::atomic<bool>& isListening) {
    const test::BusClient client(address, test::Via::Broker);
    const auto ignore = [](sd_bus_message*, void*, sd_bus_error*) { return 0; };
    for (const char* interface : {keventd::names::Events, keventd::names::KernelEvents}) {
        test::checkBus(sd_bus_match_signal(client.get(), nullptr, nullptr, keventd::names::Object, interface,
                                           nullptr, ignore, nullptr),
                       "listen");
    }
    isListening = true;
    for (;;) {
        if (test::checkBus(sd_bus_process(client.get(), nullptr), "process") == 0)
            test::checkBus(sd_bus_wait(client.get(), UINT64_MAX), "wait");
    }
}

/// What a storm was for the healthy subscriber.
struct Run {
    double eventsPerSecond;
    double delayP50;
    double delayP99;
    std::uint64_t daemonBytes; ///< most that it ever had
};

Run resultOf(const Taken& taken, std::uint64_t events, std::chrono::duration<double> time, pid_t daemon) {
    std::vector<double> delays;
    for (std::uint64_t n = 0; n < events; ++n) delays.push_back(taken.delays[n]);
    return {static_cast<double>(events) / time.count(), percentile(delays, 50), percentile(delays, 99),
            memoryField(daemon, "VmHWM")};
}

Run measure(Road road, std::uint64_t events, bool withStopped) {
    const auto broker = startBroker(road);
    // Room for all: who is healthy may fall behind a storm, but shall lose nothing.
    const test::DaemonProcess daemon({.arguments = {"--history=256M"},
                                      .environment = {},
                                      .inherited = {},
                                      .bus = busOf(broker),
                                      .socket = "",
                                      .inChild = {}});
    const test::SharedMemory<Taken> healthy;
    const test::SharedMemory<Taken> stopped;
    const test::SharedMemory<std::atomic<bool>> listens;
    const std::string address = broker->address();
    const auto subscriber = startWorker([&] { subscribe(address, *healthy); });
    waitFor([&] { return healthy->isListening.load(); }, "the subscriber does not come");
    std::unique_ptr<test::ChildProcess> stoppedSubscriber;
    std::unique_ptr<test::ChildProcess> stoppedListener;
    if (withStopped) {
        stoppedSubscriber = startWorker([&] { subscribe(address, *stopped); });
        stoppedListener = startWorker([&] { listen(address, *listens); });
        waitFor([&] { return stopped->isListening && *listens; }, "those that are to be stopped do not come");
        for (test::ChildProcess* peer : {stoppedSubscriber.get(), stoppedListener.get()})
            peer->signal(SIGSTOP);
    }
    const auto start = std::chrono::steady_clock::now();
    test::UeventWriters(Writers, events / Writers).join();
    waitFor([&] { return healthy->events >= events; }, "the healthy subscriber does not get everything",
            LongestStorm, Pause);
    const Run run = resultOf(*healthy, events, std::chrono::steady_clock::now() - start, daemon.pid());
    if (healthy->hasGap) throw std::runtime_error("an id is missing to the healthy subscriber");
    if (withStopped) {
        stoppedSubscriber->signal(SIGCONT);
        waitFor([&] { return stopped->next >= healthy->next; }, "the stopped subscriber does not go on",
                LongestStorm);
        if (stopped->hasGap)
            throw std::runtime_error("an id is missing to the stopped subscriber, and not told");
    }
    return run;
}

template <typename Member>
double medianOf(const std::vector<Run>& runs, Member member) {
    std::vector<double> values;
    for (const Run& run : runs) values.push_back(static_cast<double>(run.*member));
    return median(values);
}

// In turns, so that what else the machine does meets both alike.
void compare(Road road, std::uint64_t events, std::uint64_t count) {
    std::vector<Run> alone;
    std::vector<Run> beside;
    for (std::uint64_t i = 0; i < count; ++i) {
        alone.push_back(measure(road, events, false));
        beside.push_back(measure(road, events, true));
    }
    const auto ratio = [&](auto member) { return medianOf(beside, member) / medianOf(alone, member); };
    printRow("a subscriber " + nameOf(road) + ": events per second",
             withUnit(medianOf(alone, &Run::eventsPerSecond), ""));
    printRow("the same: delay p50 in the storm", withUnit(medianOf(alone, &Run::delayP50), "us"));
    printBoundedRow("beside two that are stopped: time for the storm, ratio",
                    1 / ratio(&Run::eventsPerSecond), {1.2, ""});
    printBoundedRow("the same: ratio of delay p50", ratio(&Run::delayP50), {1.2, ""});
    printBoundedRow("the same: ratio of delay p99", ratio(&Run::delayP99), {1.2, ""});
    printRow("the same: most memory of the daemon",
             withUnit(medianOf(beside, &Run::daemonBytes) / static_cast<double>(MiB), "MiB"));
}

} // namespace

int main(int argc, char** argv) {
    std::uint64_t events = 500'000;
    std::uint64_t runs = 3;
    const auto status =
        parseCommandLine(argc, argv, "Measures what stopped peers cost a healthy subscriber. Needs root.",
                         {{"--events", events, "Events in one storm, at most 1000000"},
                          {"--runs", runs, "Storms, of which the median counts"}});
    if (status) return *status;
    try {
        if (events > MaxEvents) throw std::runtime_error("too many events");
        const test::NetworkNamespace ownNamespace;
        events = events / Writers * Writers;
        for (const Road road : {Road::DbusDaemon, Road::DbusBroker}) compare(road, events, runs);
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench-stopped: %s\n", error.what());
        return EXIT_FAILURE;
    }
}
