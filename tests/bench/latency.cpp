// bench-latency: from the write that causes a uevent to the callback of a subscriber, one event at a time,
// beside a bare netlink listener that hears the same events. Root only; README.md says more.

#include "keventd/client.h"
#include "tests/bench/command_line.h"
#include "tests/bench/figures.h"
#include "tests/bench/patience.h"
#include "tests/bench/shared_memory.h"
#include "tests/bench/worker.h"
#include "tests/support/daemon_process.h"
#include "tests/support/network_namespace.h"
#include "tests/support/uevent_netlink.h"
#include "tests/support/uevent_writers.h"

#include <array>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <fcntl.h>
#include <span>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <thread>

namespace {

using namespace keventd::bench;
namespace test = keventd::test;

constexpr std::size_t MaxEvents = 20'000;
constexpr std::size_t WarmUp = 100; // events before those that count

/// CLOCK_MONOTONIC, in nanoseconds; 0: not yet.
using Times = std::array<std::atomic<std::int64_t>, MaxEvents + WarmUp>;

struct Record {
    std::atomic<int> ready = 0; ///< listeners that listen
    Times written{};            ///< just before write(2)
    Times heard{};              ///< by the bare listener, just after recv(2)
    Times read{};               ///< by the daemon, as the event tells; in whole microseconds
    Times delivered{};          ///< at the start of the subscriber's callback
};

std::int64_t now(clockid_t clock = CLOCK_MONOTONIC) {
    timespec time{};
    clock_gettime(clock, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

void note(Times& times, std::uint64_t number, std::int64_t time) {
    if (number < times.size()) times[number] = time;
}

/// @return the number behind SYNTH_ARG_N= in a datagram of this UUID; the greatest there is if it is
/// another's
std::uint64_t numberIn(std::string_view datagram, const std::string& uuid) {
    constexpr std::string_view key = "SYNTH_ARG_N=";
    std::uint64_t number = ~std::uint64_t{0};
    const std::size_t at = datagram.find(key);
    if (at == std::string_view::npos || datagram.find(uuid) == std::string_view::npos) return number;
    std::from_chars(datagram.data() + at + key.size(), datagram.data() + datagram.size(), number);
    return number;
}

[[noreturn]] void listen(Record& record, const std::string& uuid) {
    const keventd::UniqueFd socket = test::openUeventSocket(test::KernelGroup);
    fcntl(socket.get(), F_SETFL, 0); // blocking: the shortest way there is
    std::array<char, 8192> datagram{};
    ++record.ready;
    for (;;) {
        const ssize_t length = recv(socket.get(), datagram.data(), datagram.size(), 0);
        const std::int64_t time = now();
        if (length > 0)
            note(record.heard, numberIn({datagram.data(), static_cast<std::size_t>(length)}, uuid), time);
    }
}

[[noreturn]] void subscribe(Record& record, const std::string& uuid, const std::string& socket) {
    keventd::Client client(keventd::privateSocket(socket));
    const std::int64_t suspended = now(CLOCK_BOOTTIME) - now();
    const auto onEvent = [&](const keventd::Event& event) {
        const std::int64_t time = now();
        if (!test::isOf(event, uuid)) return;
        note(record.read, test::numberOf(event), event.boottime.count() * 1000 - suspended);
        note(record.delivered, test::numberOf(event), time);
    };
    const keventd::ClientSubscription subscription = client.subscribe({}, {onEvent, {}});
    ++record.ready;
    for (;;) client.process(std::chrono::milliseconds(-1));
}

// With pauses of no fixed length, so that nothing on the machine can fall into step.
void writeAll(Record& record, const std::string& uuid, std::size_t events, std::chrono::microseconds pause) {
    const keventd::UniqueFd file(open("/sys/devices/virtual/mem/null/uevent", O_WRONLY | O_CLOEXEC));
    for (std::size_t n = 0; n < events; ++n) {
        const std::string text = "change " + uuid + " W=0 N=" + std::to_string(n);
        record.written[n] = now();
        if (write(file.get(), text.data(), text.size()) < 0) throw std::runtime_error("cannot write uevents");
        std::this_thread::sleep_for(pause + pause * static_cast<int>(n % 7) / 7);
    }
}

/// @return microseconds from the write to `times`
std::vector<double> delays(const Record& record, const Times& times, std::size_t events) {
    std::vector<double> delays;
    for (std::size_t n = WarmUp; n < events; ++n) {
        delays.push_back(static_cast<double>(times[n] - record.written[n]) / 1000);
    }
    return delays;
}

void report(const std::vector<double>& heard, const std::vector<double>& read,
            const std::vector<double>& delivered) {
    for (const double percent : {50.0, 99.0}) {
        const std::string name = percent == 50 ? "p50" : "p99";
        printRow("latency " + name + ": bare netlink listener", withUnit(percentile(heard, percent), "us"));
        printRow("latency " + name + ": keventd has read it", withUnit(percentile(read, percent), "us"));
        printRow("latency " + name + ": subscriber on the private socket",
                 withUnit(percentile(delivered, percent), "us"));
    }
    printBoundedRow("latency: ratio of p50", median(delivered) / median(heard), {2.5, ""});
    printRow("latency: ratio of p99", withUnit(percentile(delivered, 99) / percentile(heard, 99), ""));
}

void run(std::size_t events, std::chrono::microseconds pause) {
    const test::NetworkNamespace ownNamespace;
    const test::DaemonProcess daemon;
    const SharedMemory<Record> record;
    const std::string uuid = test::newUuid();
    const auto listener = startWorker([&] { listen(*record, uuid); });
    const auto subscriber = startWorker([&] { subscribe(*record, uuid, daemon.socketPath()); });
    waitFor([&] { return record->ready == 2; }, "the listeners do not come");
    writeAll(*record, uuid, events, pause);
    waitFor([&] { return record->heard[events - 1] != 0 && record->delivered[events - 1] != 0; },
            "an event has not come");
    report(delays(*record, record->heard, events), delays(*record, record->read, events),
           delays(*record, record->delivered, events));
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
        run(static_cast<std::size_t>(events) + WarmUp, std::chrono::microseconds(pauseUsec));
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench-latency: %s\n", error.what());
        return EXIT_FAILURE;
    }
}
