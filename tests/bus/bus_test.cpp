#include "tests/bus/bus_test.h"

#include <algorithm>
#include <utility>

namespace keventd::test {
namespace {

constexpr const char* Driver = "org.freedesktop.DBus";
constexpr const char* DriverObject = "/org/freedesktop/DBus";

} // namespace

bool hasOwner(const BusClient& client, const char* name) {
    sd_bus_message* reply = nullptr;
    checkBus(sd_bus_call_method(client.get(), Driver, DriverObject, Driver, "NameHasOwner", nullptr, &reply,
                                "s", name),
             "ask for the owner of a name");
    const BusMessageHandle handle(reply);
    int owned = 0;
    checkBus(sd_bus_message_read(reply, "b", &owned), "read reply");
    return owned != 0;
}

std::string nameOf(Road road) {
    switch (road) {
    case Road::PrivateSocket:
        return "PrivateSocket";
    case Road::GreetedPrivateSocket:
        return "GreetedPrivateSocket";
    case Road::DbusDaemon:
        return "DbusDaemon";
    case Road::DbusBroker:
        return "DbusBroker";
    }
    return "";
}

std::unique_ptr<Broker> makeBroker(Road road) {
    if (road == Road::DbusDaemon) return std::make_unique<DbusDaemon>();
    if (road == Road::DbusBroker) return std::make_unique<DbusBroker>();
    return nullptr;
}

bool isInstalled(Road road) {
    if (road == Road::DbusDaemon) return DbusDaemon::isInstalled();
    return road != Road::DbusBroker || DbusBroker::isInstalled();
}

BusTest::BusTest(std::vector<std::string> daemonArguments) : daemonArguments_(std::move(daemonArguments)) {}

void BusTest::SetUp() {
    if (!isInstalled(GetParam())) GTEST_SKIP() << nameOf(GetParam()) << " is not installed";
    broker_ = makeBroker(GetParam());
    if (broker_) broker_->start();
    DaemonOptions options;
    options.arguments = daemonArguments_;
    if (broker_) options.bus = broker_->address();
    adjust(options);
    daemon_.emplace(std::move(options));
    if (broker_) {
        ASSERT_TRUE(waitForName(broker_->address())) << daemon_->log();
    }
}

bool BusTest::eventually(const std::function<bool()>& isTrue) const {
    const BusClient client(daemon_->address());
    const Deadline deadline;
    while (!isTrue()) {
        if (deadline.expired()) return false;
        static_cast<void>(client.statistics());
    }
    return true;
}

bool BusTest::hasSubscriptions(std::uint64_t count) const {
    return eventually([this, count] { return daemon_->statistics().at("subscriptions") == count; });
}

void BusEventTest::SetUp() {
    if (const std::string reason = TaggedUevents::whyImpossible(); !reason.empty()) GTEST_SKIP() << reason;
    BusTest::SetUp();
}

bool waitForEvents(Subscriber& subscriber, std::size_t count) {
    return subscriber.waitUntil([&] { return subscriber.events().size() >= count; });
}

bool waitForEverything(Subscriber& subscriber) {
    const std::uint64_t end = subscriber.client().sync();
    return subscriber.waitUntil([&] {
        const std::uint64_t afterLost = subscriber.lost().empty() ? 0 : subscriber.lost().back().second + 1;
        return std::max(subscriber.next(), afterLost) >= end;
    });
}

// The reply of Sync follows everything that was sent before it, so that these signals are queued when it
// comes.
void takeAllSent(Subscriber& subscriber) {
    subscriber.client().sync();
    static_cast<void>(subscriber.waitUntil([] { return false; }, Deadline(std::chrono::milliseconds(0))));
}

std::vector<std::uint64_t> numbersOf(const Subscriber& subscriber, const TaggedUevents& uevents) {
    std::vector<std::uint64_t> numbers;
    for (const Event& event : subscriber.events()) {
        if (uevents.hasWritten(event)) numbers.push_back(numberOf(event));
    }
    return numbers;
}

void expectEveryIdAccountedFor(const Subscriber& subscriber) {
    std::uint64_t expected = subscriber.first();
    auto lost = subscriber.lost().begin();
    const auto skipLost = [&](std::uint64_t end) {
        for (; expected < end && lost != subscriber.lost().end(); ++lost) {
            ASSERT_EQ(lost->first, expected);
            ASSERT_GE(lost->second, lost->first);
            expected = lost->second + 1;
        }
    };
    for (const Event& event : subscriber.events()) {
        ASSERT_NO_FATAL_FAILURE(skipLost(event.id));
        ASSERT_EQ(event.id, expected++);
    }
    ASSERT_NO_FATAL_FAILURE(skipLost(UINT64_MAX));
    EXPECT_EQ(lost, subscriber.lost().end()) << "told lost, but not";
}

bool waitForName(const std::string& busAddress, const char* name) {
    const BusClient client(busAddress, Via::Broker);
    sd_bus_slot* slot = nullptr;
    const auto ignore = [](sd_bus_message*, void*, sd_bus_error*) { return 0; };
    checkBus(sd_bus_match_signal(client.get(), &slot, Driver, DriverObject, Driver, "NameOwnerChanged",
                                 ignore, nullptr),
             "watch names");
    const BusSlotHandle watch(slot);
    const Deadline deadline;
    while (!hasOwner(client, name)) {
        if (deadline.expired()) return false;
        if (checkBus(sd_bus_process(client.get(), nullptr), "process connection") > 0) continue;
        checkBus(sd_bus_wait(client.get(), static_cast<std::uint64_t>(deadline.left().count())), "wait");
    }
    return true;
}

} // namespace keventd::test
