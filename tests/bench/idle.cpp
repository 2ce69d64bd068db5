// bench-idle: what the daemon costs while nothing happens, how fast it starts, and what a storm leaves
// behind. The storm is root's; README.md says more.

#include "keventd/client.h"
#include "tests/bench/command_line.h"
#include "tests/bench/figures.h"
#include "tests/bench/process_usage.h"
#include "tests/support/daemon_process.h"
#include "tests/support/network_namespace.h"
#include "tests/support/uevent_writers.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>
#include <unistd.h>

namespace {

using namespace keventd::bench;
namespace test = keventd::test;

constexpr int CannotEnter = 126;
constexpr Bound StartBound{20, "ms"};
constexpr Bound IdleMemoryBound{8, "MiB"};

struct Options {
    std::uint64_t starts = 20;
    std::uint64_t seconds = 60;
    std::uint64_t events = 300'000;
};

// In namespaces of its own no uevent of anybody reaches the daemon.
void enterSilence() noexcept {
    try {
        test::becomeRootOfNewNamespaces();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        _exit(CannotEnter);
    }
}

// As a user's daemon does.
test::DaemonOptions withAllSources() {
    test::DaemonOptions options;
    options.sources = "link,address,thermal,acpi,quota,mount,attribute,pressure,power";
    return options;
}

test::DaemonOptions inSilence() {
    test::DaemonOptions options = withAllSources();
    options.inChild = enterSilence;
    return options;
}

double mebibytes(pid_t pid, const char* field) {
    return static_cast<double>(memoryField(pid, field)) / (1024.0 * 1024.0);
}

void measureStart(std::uint64_t starts) {
    std::vector<double> milliseconds;
    for (std::uint64_t i = 0; i < starts; ++i) {
        const auto before = std::chrono::steady_clock::now();
        const test::DaemonProcess daemon(withAllSources());
        const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - before;
        milliseconds.push_back(taken.count());
    }
    printBoundedRow("start: from fork to READY=1, median", median(milliseconds), StartBound);
    printRow("start: the slowest", withUnit(percentile(milliseconds, 100), "ms"));
}

// With one subscriber, who waits as well.
void measureIdleness(std::uint64_t seconds) {
    const test::DaemonProcess daemon(inSilence());
    keventd::Client client(keventd::privateSocket(daemon.socketPath()));
    const keventd::ClientSubscription subscription = client.subscribe({}, {[](const keventd::Event&) {}, {}});
    waitUntilIdle({daemon.pid()});
    const std::uint64_t before = contextSwitches(daemon.pid());
    std::this_thread::sleep_for(std::chrono::seconds(seconds));
    const std::uint64_t wakeUps = contextSwitches(daemon.pid()) - before;
    printBoundedRow("idle: wake-ups in " + std::to_string(seconds) + " s", static_cast<double>(wakeUps),
                    {0, ""});
    printBoundedRow("idle: resident memory (VmRSS)", mebibytes(daemon.pid(), "VmRSS"), IdleMemoryBound);
    printRow("idle: of this its own (RssAnon)", withUnit(mebibytes(daemon.pid(), "RssAnon"), "MiB"));
}

void measureMemoryAfterStorm(std::uint64_t events) {
    const test::NetworkNamespace ownNamespace;
    const test::DaemonProcess daemon;
    test::UeventWriters writers(3, events / 3);
    writers.join();
    waitUntilIdle({daemon.pid()});
    const std::string after = "after " + std::to_string(writers.total()) + " events: ";
    printRow(after + "resident memory (VmRSS)", withUnit(mebibytes(daemon.pid(), "VmRSS"), "MiB"));
    printRow(after + "most there ever was (VmHWM)", withUnit(mebibytes(daemon.pid(), "VmHWM"), "MiB"));
    const double history = static_cast<double>(daemon.statistics().at("history.bytes")) / (1024.0 * 1024.0);
    printRow(after + "of this past events (history.bytes)", withUnit(history, "MiB"));
}

void run(const Options& options) {
    measureStart(options.starts);
    measureIdleness(options.seconds);
    std::string reason;
    if (test::canWriteUevents(reason)) return measureMemoryAfterStorm(options.events);
    printRow("after a storm: not measured", reason);
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    const auto status = parseCommandLine(argc, argv, "Measures the daemon at rest.",
                                         {{"--starts", options.starts, "Starts, of which the median counts"},
                                          {"--seconds", options.seconds, "How long it is watched"},
                                          {"--events", options.events, "Events of the storm"}});
    if (status) return *status;
    try {
        run(options);
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench-idle: %s\n", error.what());
        return EXIT_FAILURE;
    }
}
