#include "tests/bench/storm_cost.h"

#include "keventd/client.h"
#include "tests/bench/figures.h"
#include "tests/bench/process_usage.h"
#include "tests/bench/shared_memory.h"
#include "tests/bench/worker.h"
#include "tests/support/daemon_process.h"
#include "tests/support/uevent_writers.h"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace keventd::bench {
namespace {

constexpr std::size_t Writers = 3;
constexpr std::size_t DaemonsSockets = 2; // the kernel's group and udev's

using Counter = SharedMemory<std::atomic<std::uint64_t>>;

enum class SubscriberKind {
    Printing, ///< keventctl monitor --json >/dev/null
    Bare,     ///< a program that uses the client library, and counts
};

void discardOutput() {
    dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
}

std::unique_ptr<test::ChildProcess> startProgram(std::vector<std::string> command) {
    return std::make_unique<test::ChildProcess>(test::ChildOptions{
        .command = std::move(command), .environment = {}, .inherited = {}, .inChild = discardOutput});
}

std::string keventctlBinary() {
    const char* wanted = std::getenv("KEVENTCTL_BINARY");
    return wanted != nullptr ? wanted : KEVENTCTL_BINARY;
}

[[noreturn]] void count(const std::string& socket, std::atomic<std::uint64_t>& counter) {
    Client client(privateSocket(socket));
    const ClientSubscription subscription =
        client.subscribe({}, {[&counter](const Event&) { ++counter; }, {}});
    for (;;) client.process(std::chrono::milliseconds(-1));
}

// The daemon with one subscriber.
class Keventd {
public:
    explicit Keventd(SubscriberKind kind)
        : daemon_({.arguments = {"--history=4G"}, // allocated as used: nothing is lost to a slow subscriber
                   .environment = {},
                   .inherited = {},
                   .bus = "none",
                   .inChild = {}}),
          subscriber_(start(kind)), kind_(kind) {
        const test::Deadline deadline;
        while (daemon_.statistics().at("subscriptions") == 0) {
            if (deadline.expired())
                throw std::runtime_error("the subscriber does not come: " + subscriber_->err());
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }

    [[nodiscard]] std::vector<pid_t> pids() const { return {daemon_.pid(), subscriber_->pid()}; }

    /// @throws std::runtime_error if an event was missed
    void requireAll(std::uint64_t events) {
        const std::uint64_t received = daemon_.statistics().at("kernel.received");
        if (received < events)
            throw std::runtime_error("keventd received " + std::to_string(received) + " events only");
        if (kind_ == SubscriberKind::Bare && **counter_ < events)
            throw std::runtime_error("the subscriber missed events");
        if (kind_ == SubscriberKind::Bare) return;
        subscriber_->signal(SIGTERM);
        if (subscriber_->wait() != EXIT_SUCCESS) throw std::runtime_error("keventctl: " + subscriber_->err());
    }

private:
    std::unique_ptr<test::ChildProcess> start(SubscriberKind kind) {
        if (kind == SubscriberKind::Printing) {
            return startProgram({keventctlBinary(), "--socket=" + daemon_.socketPath(), "monitor", "--json"});
        }
        counter_ = std::make_unique<Counter>();
        return startWorker([this] { count(daemon_.socketPath(), **counter_); });
    }

    test::DaemonProcess daemon_;
    std::unique_ptr<Counter> counter_;
    std::unique_ptr<test::ChildProcess> subscriber_;
    SubscriberKind kind_;
};

std::unique_ptr<test::ChildProcess> startUdevadm(std::size_t socketsBefore) {
    auto udevadm = startProgram({"udevadm", "monitor", "--kernel", "--property"});
    const test::Deadline deadline;
    while (ueventSockets().count <= socketsBefore) {
        if (deadline.expired()) throw std::runtime_error("udevadm does not listen: " + udevadm->err());
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return udevadm;
}

/// @return microseconds per event of each process
std::vector<double> measureStorm(const std::vector<pid_t>& processes, std::uint64_t events) {
    waitUntilIdle(processes);
    std::vector<double> used;
    for (const pid_t pid : processes) used.push_back(-static_cast<double>(cpuTime(pid).count()));
    test::UeventWriters(Writers, events / Writers).join();
    waitUntilIdle(processes);
    for (std::size_t i = 0; i < processes.size(); ++i) {
        used[i] += static_cast<double>(cpuTime(processes[i]).count());
        used[i] /= 1000.0 * static_cast<double>(events);
    }
    if (ueventSockets().drops > 0)
        throw std::runtime_error("the kernel dropped messages: nothing to compare");
    return used;
}

// One run: microseconds per event.
struct Cost {
    double daemon;
    double subscriber;
    double udevadm;
};

Cost runTogether(SubscriberKind kind, std::uint64_t events) {
    Keventd keventd(kind);
    const auto udevadm = startUdevadm(DaemonsSockets);
    std::vector<pid_t> processes = keventd.pids();
    processes.push_back(udevadm->pid());
    const auto used = measureStorm(processes, events);
    keventd.requireAll(events);
    return {used[0], used[1], used[2]};
}

Cost runApart(SubscriberKind kind, std::uint64_t events) {
    const auto udevadmsCost = [events] {
        const auto udevadm = startUdevadm(0);
        return measureStorm({udevadm->pid()}, events).front();
    }();
    Keventd keventd(kind);
    const auto used = measureStorm(keventd.pids(), events);
    keventd.requireAll(events);
    return {used[0], used[1], udevadmsCost};
}

template <typename Member>
double medianOf(const std::vector<Cost>& costs, Member member) {
    std::vector<double> values;
    values.reserve(costs.size());
    for (const Cost& cost : costs) values.push_back(cost.*member);
    return median(values);
}

void report(const std::string& subscriber, const std::vector<Cost>& costs) {
    const double daemon = medianOf(costs, &Cost::daemon);
    const double own = medianOf(costs, &Cost::subscriber);
    const double udevadm = medianOf(costs, &Cost::udevadm);
    printRow("CPU per event: keventd with " + subscriber, withUnit(daemon, "us"));
    printRow("CPU per event: " + subscriber, withUnit(own, "us"));
    printRow("CPU per event: udevadm monitor beside both", withUnit(udevadm, "us"));
    printBoundedRow("(keventd + " + subscriber + ") / udevadm", (daemon + own) / udevadm, {1.0, ""});
}

} // namespace

void measureStormCost(const CostOptions& options) {
    const std::uint64_t events = options.events / Writers * Writers;
    for (const SubscriberKind kind : {SubscriberKind::Printing, SubscriberKind::Bare}) {
        std::vector<Cost> costs;
        for (std::uint64_t run = 0; run < options.runs; ++run) {
            costs.push_back(options.apart ? runApart(kind, events) : runTogether(kind, events));
        }
        report(kind == SubscriberKind::Printing ? "keventctl monitor --json" : "a bare subscriber", costs);
    }
}

} // namespace keventd::bench
