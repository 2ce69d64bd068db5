#include "tests/bench/storm_cost.h"

#include "keventd/client.h"
#include "tests/bench/figures.h"
#include "tests/bench/patience.h"
#include "tests/bench/process_usage.h"
#include "tests/bench/road.h"
#include "tests/bench/worker.h"
#include "tests/support/shared_memory.h"
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

using Counter = test::SharedMemory<std::atomic<std::uint64_t>>;

enum class SubscriberKind {
    Printing, ///< keventctl monitor --json >/dev/null
    Bare,     ///< a program that uses the client library, and counts
};

/// What is measured.
struct Setup {
    const char* name; ///< of the subscriber, and of its road
    SubscriberKind kind;
    Road road;
    double mostToUdevadm; ///< aim of the ratio
};

constexpr Setup Setups[] = {
    {"keventctl monitor --json", SubscriberKind::Printing, Road::PrivateSocket, 1.0},
    {"a bare subscriber", SubscriberKind::Bare, Road::PrivateSocket, 1.0},
    {"a bare subscriber through dbus-daemon", SubscriberKind::Bare, Road::DbusDaemon, 1.5},
    {"a bare subscriber through dbus-broker", SubscriberKind::Bare, Road::DbusBroker, 1.5},
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

[[noreturn]] void count(const Endpoint& endpoint, std::atomic<std::uint64_t>& counter) {
    Client client = connectPatiently(endpoint);
    const ClientSubscription subscription =
        client.subscribe({}, {[&counter](const Event&) { ++counter; }, {}});
    for (;;) client.process(std::chrono::milliseconds(-1));
}

// The daemon with one subscriber.
class Keventd {
public:
    explicit Keventd(const Setup& setup)
        : setup_(setup), broker_(startBroker(setup.road)),
          daemon_({.arguments = {"--history=4G"}, // allocated as used: nothing is lost to a slow subscriber
                   .environment = {},
                   .inherited = {},
                   .bus = busOf(broker_),
                   .socket = "",
                   .inChild = {}}),
          subscriber_(start()) {
        const test::Deadline deadline;
        while (daemon_.statistics().at("subscriptions") == 0) {
            if (deadline.expired())
                throw std::runtime_error("the subscriber does not come: " + subscriber_->err());
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }

    /// @return of daemon, subscriber and, if there is one, broker
    [[nodiscard]] std::vector<pid_t> pids() const {
        std::vector<pid_t> pids{daemon_.pid(), subscriber_->pid()};
        if (broker_) pids.push_back(broker_->pid());
        return pids;
    }

    /// @throws std::runtime_error if an event was missed
    void requireAll(std::uint64_t events) {
        const std::uint64_t received = daemon_.statistics().at("kernel.received");
        if (received < events)
            throw std::runtime_error("keventd received " + std::to_string(received) + " events only");
        if (setup_.kind == SubscriberKind::Bare && **counter_ < events)
            throw std::runtime_error("the subscriber missed events");
        if (setup_.kind == SubscriberKind::Bare) return;
        subscriber_->signal(SIGTERM);
        if (subscriber_->wait() != EXIT_SUCCESS) throw std::runtime_error("keventctl: " + subscriber_->err());
    }

private:
    std::unique_ptr<test::ChildProcess> start() {
        if (setup_.kind == SubscriberKind::Printing) {
            return startProgram({keventctlBinary(), "--socket=" + daemon_.socketPath(), "monitor", "--json"});
        }
        counter_ = std::make_unique<Counter>();
        const Endpoint endpoint = endpointOf(broker_, daemon_);
        return startWorker([this, endpoint] { count(endpoint, **counter_); });
    }

    Setup setup_;
    std::unique_ptr<test::Broker> broker_; // before the daemon, so that it goes after it
    test::DaemonProcess daemon_;
    std::unique_ptr<Counter> counter_;
    std::unique_ptr<test::ChildProcess> subscriber_;
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
    double broker;
    double udevadm;
};

/// @param used  of Keventd::pids()
Cost costOf(const std::vector<double>& used, bool hasBroker, double udevadm) {
    return {used[0], used[1], hasBroker ? used[2] : 0, udevadm};
}

Cost runTogether(const Setup& setup, std::uint64_t events) {
    Keventd keventd(setup);
    const auto udevadm = startUdevadm(DaemonsSockets);
    std::vector<pid_t> processes = keventd.pids();
    processes.push_back(udevadm->pid());
    const auto used = measureStorm(processes, events);
    keventd.requireAll(events);
    return costOf(used, setup.road != Road::PrivateSocket, used.back());
}

Cost runApart(const Setup& setup, std::uint64_t events) {
    const auto udevadmsCost = [events] {
        const auto udevadm = startUdevadm(0);
        return measureStorm({udevadm->pid()}, events).front();
    }();
    Keventd keventd(setup);
    const auto used = measureStorm(keventd.pids(), events);
    keventd.requireAll(events);
    return costOf(used, setup.road != Road::PrivateSocket, udevadmsCost);
}

template <typename Member>
double medianOf(const std::vector<Cost>& costs, Member member) {
    std::vector<double> values;
    values.reserve(costs.size());
    for (const Cost& cost : costs) values.push_back(cost.*member);
    return median(values);
}

void report(const Setup& setup, const std::vector<Cost>& costs) {
    const std::string subscriber = setup.name;
    const double daemon = medianOf(costs, &Cost::daemon);
    const double own = medianOf(costs, &Cost::subscriber);
    const double broker = medianOf(costs, &Cost::broker);
    const double udevadm = medianOf(costs, &Cost::udevadm);
    printRow("CPU per event: keventd with " + subscriber, withUnit(daemon, "us"));
    printRow("CPU per event: " + subscriber, withUnit(own, "us"));
    if (setup.road != Road::PrivateSocket) printRow("CPU per event: the broker", withUnit(broker, "us"));
    printRow("CPU per event: udevadm monitor beside all", withUnit(udevadm, "us"));
    printBoundedRow("(keventd + " + subscriber + ") / udevadm", (daemon + own + broker) / udevadm,
                    {setup.mostToUdevadm, ""});
}

} // namespace

void measureStormCost(const CostOptions& options) {
    const std::uint64_t events = options.events / Writers * Writers;
    for (const Setup& setup : Setups) {
        std::vector<Cost> costs;
        for (std::uint64_t run = 0; run < options.runs; ++run) {
            costs.push_back(options.apart ? runApart(setup, events) : runTogether(setup, events));
        }
        report(setup, costs);
    }
}

} // namespace keventd::bench
