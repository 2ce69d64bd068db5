// bench-latency: from the write that causes a uevent to the callback of a subscriber, one event at a time,
// beside a bare netlink listener that hears the same events; on a bus, also beside a bare signal. Root only;
// README.md says more.

#include "tests/bench/command_line.h"
#include "tests/bench/figures.h"
#include "tests/bench/latency_peers.h"
#include "tests/bench/patience.h"
#include "tests/bench/road.h"
#include "tests/bench/worker.h"
#include "tests/support/bus_client.h"
#include "tests/support/network_namespace.h"
#include "tests/support/shared_memory.h"
#include "tests/support/uevent_writers.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <functional>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using namespace keventd::bench;
namespace test = keventd::test;

/// Does one thing for each number, with pauses of no fixed length, so that nothing on the machine can fall
/// into step.
void atIntervals(std::size_t count, std::chrono::microseconds pause,
                 const std::function<void(std::size_t)>& act) {
    for (std::size_t n = 0; n < count; ++n) {
        act(n);
        std::this_thread::sleep_for(pause + pause * static_cast<int>(n % 7) / 7);
    }
}

void writeAll(LatencyRecord& record, const std::string& uuid, std::size_t events,
              std::chrono::microseconds pause) {
    const keventd::UniqueFd file(open("/sys/devices/virtual/mem/null/uevent", O_WRONLY | O_CLOEXEC));
    atIntervals(events, pause, [&](std::size_t n) {
        const std::string text = "change " + uuid + " W=0 N=" + std::to_string(n);
        record.written[n] = now();
        if (write(file.get(), text.data(), text.size()) < 0) throw std::runtime_error("cannot write uevents");
    });
    waitFor([&] { return record.heard[events - 1] != 0 && record.delivered[events - 1] != 0; },
            "an event has not come");
}

void signalAll(LatencyRecord& record, const std::string& busAddress, std::size_t signals,
               std::chrono::microseconds pause) {
    const test::BusClient sender(busAddress, test::Via::Broker);
    test::checkBus(sd_bus_flush(sender.get()), "connect"); // until then, signals would wait
    atIntervals(signals, pause, [&](std::size_t n) {
        record.sent[n] = now();
        test::checkBus(
            sd_bus_emit_signal(sender.get(), BareObject, BareInterface, BareMember, "t", std::uint64_t{n}),
            "emit the bare signal");
    });
    waitFor([&] { return record.signalled[signals - 1] != 0; }, "a bare signal has not come");
}

/// @return microseconds
std::vector<double> delays(const Times& from, const Times& to, std::size_t events) {
    std::vector<double> delays;
    for (std::size_t n = WarmUp; n < events; ++n)
        delays.push_back(static_cast<double>(to[n] - from[n]) / 1000);
    return delays;
}

void printPercentile(const std::string& what, const std::vector<double>& delays, double percent) {
    const std::string name = percent == 50 ? "p50" : "p99";
    printRow("latency " + name + ": " + what, withUnit(percentile(delays, percent), "us"));
}

void report(Road road, const LatencyRecord& record, std::size_t events) {
    const auto heard = delays(record.written, record.heard, events);
    const auto read = delays(record.written, record.read, events);
    const auto delivered = delays(record.written, record.delivered, events);
    const auto signalled = delays(record.sent, record.signalled, events);
    for (const double percent : {50.0, 99.0}) {
        printPercentile("bare netlink listener", heard, percent);
        printPercentile("keventd has read it", read, percent);
        printPercentile("subscriber " + nameOf(road), delivered, percent);
        if (road != Road::PrivateSocket) printPercentile("bare signal " + nameOf(road), signalled, percent);
    }
    if (road == Road::PrivateSocket) {
        printBoundedRow("latency: ratio of p50", median(delivered) / median(heard), {2.5, ""});
        printRow("latency: ratio of p99", withUnit(percentile(delivered, 99) / percentile(heard, 99), ""));
    } else {
        printRow("latency " + nameOf(road) + ": ratio of p50 to bare listener and bare signal together",
                 withUnit(median(delivered) / (median(heard) + median(signalled)), ""));
    }
}

void measure(Road road, std::size_t events, std::chrono::microseconds pause) {
    const auto broker = startBroker(road);
    const test::DaemonProcess daemon({.arguments = {},
                                      .environment = {},
                                      .inherited = {},
                                      .bus = busOf(broker),
                                      .socket = "",
                                      .inChild = {}});
    const test::SharedMemory<LatencyRecord> record;
    const std::string uuid = test::newUuid();
    const keventd::Endpoint endpoint = endpointOf(broker, daemon);
    std::vector<std::unique_ptr<test::ChildProcess>> peers;
    peers.push_back(startWorker([&] { listen(*record, uuid); }));
    peers.push_back(startWorker([&] { subscribe(*record, uuid, endpoint); }));
    if (broker) peers.push_back(startWorker([&] { hearSignals(*record, broker->address()); }));
    waitFor([&] { return record->ready == static_cast<int>(peers.size()); }, "the listeners do not come");
    writeAll(*record, uuid, events, pause);
    if (broker) signalAll(*record, broker->address(), events, pause);
    report(road, *record, events);
}

} // namespace

int main(int argc, char** argv) {
    std::uint64_t events = 2000;
    std::uint64_t pauseUsec = 3000;
    const auto status = parseCommandLine(
        argc, argv,
        "Measures the latency of single events. Needs root, and a machine that is idle otherwise.",
        {{"--events", events, "Events, at most 20000"},
         {"--pause-usec", pauseUsec, "Least pause between two events"}});
    if (status) return *status;
    try {
        if (events > MaxEvents) throw std::runtime_error("too many events");
        const test::NetworkNamespace ownNamespace;
        for (const Road road : {Road::PrivateSocket, Road::DbusDaemon, Road::DbusBroker})
            measure(road, static_cast<std::size_t>(events) + WarmUp, std::chrono::microseconds(pauseUsec));
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench-latency: %s\n", error.what());
        return EXIT_FAILURE;
    }
}
