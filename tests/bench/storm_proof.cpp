#include "tests/bench/storm_proof.h"

#include "client/lib/client.h"
#include "tests/bench/figures.h"
#include "tests/bench/process_usage.h"
#include "tests/bench/stream_check.h"
#include "tests/support/daemon_process.h"
#include "tests/support/net_devices.h"
#include "tests/support/uevent_writers.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <future>
#include <stdexcept>
#include <string>

namespace keventd::bench {
namespace {

constexpr std::size_t Writers = 3;
constexpr std::uint32_t Window = 8192; // as keventctl's
constexpr std::uint64_t NetHistoryBytes = 1024ULL * 1024 * 1024;

// A daemon, and a subscriber of it in this process, which checks all that it is given.
class Proof {
public:
    explicit Proof(std::uint64_t historyBytes)
        : daemon_({.arguments = {"--history=" + std::to_string(historyBytes)},
                   .environment = {},
                   .inherited = {},
                   .bus = "none",
                   .inChild = {}}),
          client_(privateSocket(daemon_.socketPath()), std::chrono::minutes(1)), subscription_(subscribe()) {}

    [[nodiscard]] StreamCheck& check() { return check_; }

    /// Takes events until `done` says so.
    void takeUntil(const std::function<bool()>& done) {
        const test::Deadline deadline(std::chrono::minutes(5));
        while (!done()) {
            client_.process(std::chrono::milliseconds(100));
            if (deadline.expired()) throw std::runtime_error("the events do not come to an end");
        }
    }
    /// Takes everything that the kernel has sent by now.
    void takeRest() {
        const std::uint64_t next = client_.sync();
        takeUntil([&] { return subscription_.next() >= next; });
    }

    /// Prints what came. @return whether all was well
    [[nodiscard]] bool report(const std::string& name) {
        const auto statistics = client_.statistics();
        printRow(name + ": events, each once, in order", std::to_string(check_.total()), "all");
        printRow(name + ": of these from elsewhere", std::to_string(check_.foreign()));
        printRow(name + ": reordered, late",
                 std::to_string(statistics.at("stream.reordered")) + ", " + std::to_string(check_.late()));
        printRow(name + ": dropped by the kernel", std::to_string(ueventSockets().drops), "0");
        printRow(name + ": checks that failed", std::to_string(check_.failures()), "0");
        for (const std::string& example : check_.examples())
            std::fprintf(stderr, "failed: %s\n", example.c_str());
        return check_.passed() && ueventSockets().drops == 0 && daemon_.stop() == EXIT_SUCCESS;
    }

private:
    Subscription subscribe() {
        SubscribeOptions options;
        options.window = Window;
        return client_.subscribe(
            options, {[this](const Event& event) { check_.take(event); },
                      [this](std::uint64_t from, std::uint64_t to) { check_.takeLoss(from, to); }});
    }

    test::DaemonProcess daemon_;
    StreamCheck check_;
    Client client_;
    Subscription subscription_;
};

// At a pace that leaves the processors some time for the devices.
void writeUntil(const std::atomic<bool>& done, test::UeventWriter& writer) {
    constexpr std::uint64_t burst = 10;
    while (!done) {
        writer.write(burst);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

void createAndRemove(std::uint64_t pairs) {
    test::NetDevices devices;
    for (std::uint64_t n = 0; n < pairs; ++n) {
        const std::string name = "kv" + std::to_string(n);
        devices.createVeth(name + "a", name + "b");
    }
    for (std::uint64_t n = 0; n < pairs; ++n) devices.remove("kv" + std::to_string(n) + "a");
}

// Devices in a thread of their own, writers in two more; this one takes events meanwhile.
void runNetStorm(Proof& proof, std::uint64_t pairs, std::array<test::UeventWriter, 2>& writers) {
    std::atomic<bool> done = false;
    std::array<std::future<void>, 2> writing;
    for (std::size_t i = 0; i < writers.size(); ++i) {
        writing[i] =
            std::async(std::launch::async, [&done, &writer = writers[i]] { writeUntil(done, writer); });
    }
    std::future<void> devices = std::async(std::launch::async, [pairs] { createAndRemove(pairs); });
    proof.takeUntil([&] { return devices.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
    done = true;
    for (auto& writer : writing) writer.get();
    devices.get();
}

} // namespace

bool proveStorm(std::uint64_t events) {
    Proof proof(historyBytesFor(events));
    test::UeventWriters writers(Writers, events / Writers);
    proof.check().expectWriters(writers.uuid(), Writers);
    proof.takeUntil([&] { return proof.check().taken() >= writers.total(); });
    writers.join();
    proof.takeRest();
    proof.check().requireEvents(writers.uuid(), writers.eventsEach());
    return proof.report("storm");
}

bool proveNetStorm(std::uint64_t pairs) {
    Proof proof(NetHistoryBytes);
    std::array<test::UeventWriter, 2> writers;
    for (const auto& writer : writers) proof.check().expectWriters(writer.uuid(), 1);
    runNetStorm(proof, pairs, writers);
    proof.takeRest();
    for (const auto& writer : writers) proof.check().requireEvents(writer.uuid(), writer.written());
    proof.check().requireNetDevices(2 * pairs);
    printRow("net storm: events of net devices and their queues", std::to_string(proof.check().netEvents()));
    return proof.report("net storm");
}

} // namespace keventd::bench
