// Properties, Sync and Ping: what a client finds on the object besides the stream.

#include "daemon/base/clock.h"
#include "keventd/names.h"
#include "tests/bus/bus_test.h"

#include <set>

namespace keventd::test {
namespace {

constexpr const char* PropertiesInterface = "org.freedesktop.DBus.Properties";
constexpr const char* PeerInterface = "org.freedesktop.DBus.Peer";

class Properties : public BusTest {
protected:
    [[nodiscard]] const char* destination() const { return via() == Via::Broker ? names::Bus : nullptr; }

    /// @return the properties of GetAll, "NAME TYPE" each
    [[nodiscard]] static std::set<std::string> typesOf(sd_bus_message* reply) {
        std::set<std::string> types;
        checkBus(sd_bus_message_enter_container(reply, 'a', "{sv}"), "read properties");
        while (checkBus(sd_bus_message_enter_container(reply, 'e', "sv"), "read property") > 0) {
            const char* name = nullptr;
            const char* type = nullptr;
            checkBus(sd_bus_message_read(reply, "s", &name), "read name");
            checkBus(sd_bus_message_peek_type(reply, nullptr, &type), "read type");
            types.insert(std::string(name) + " " + type);
            checkBus(sd_bus_message_skip(reply, "v"), "read value");
            checkBus(sd_bus_message_exit_container(reply), "read property");
        }
        return types;
    }
};

TEST_P(Properties, AreAllToldByGetAll) {
    const BusClient client = connect();
    sd_bus_message* reply = nullptr;
    checkBus(sd_bus_call_method(client.get(), destination(), names::Object, PropertiesInterface, "GetAll",
                                nullptr, &reply, "s", names::Manager),
             "get all properties");
    const BusMessageHandle handle(reply);
    EXPECT_EQ(typesOf(reply), (std::set<std::string>{"Version s", "StreamId s", "FirstId t", "LastId t",
                                                     "Statistics a{st}", "Sources a(sss)"}));
}

TEST_P(Properties, NameTheStreamWith32HexadecimalDigits) {
    const std::string stream = connect().streamId();
    EXPECT_EQ(stream.size(), 32U);
    EXPECT_EQ(stream.find_first_not_of("0123456789abcdef"), std::string::npos) << stream;
}

TEST_P(Properties, NameTheStreamThatSubscribeNames) {
    EXPECT_EQ(connect().streamId(), subscribe().stream());
}

TEST_P(Properties, ListTheStatisticsThatTheContractNames) {
    const auto statistics = connect().statistics();
    for (const char* name :
         {"kernel.received", "kernel.published", "kernel.refused", "kernel.dropped", "kernel.buffer_bytes",
          "stream.late", "stream.repeated", "history.bytes", "subscriptions"}) {
        EXPECT_TRUE(statistics.contains(name)) << name;
    }
}

TEST_P(Properties, TellWhenTheDaemonWasStarted) {
    const auto statistics = connect().statistics();
    const auto now = static_cast<std::uint64_t>(readTimeNow().realtime.count());
    EXPECT_LE(statistics.at("daemon.started_realtime"), now);
    EXPECT_GT(statistics.at("daemon.uptime_usec"), 0U);
}

TEST_P(Properties, ListTheSources) {
    auto states = connect().sources();
    EXPECT_EQ(states["kernel"], "running");
    EXPECT_TRUE(states.contains("udev"));
}

TEST_P(Properties, CannotBeSet) {
    const BusClient client = connect();
    sd_bus_error error = SD_BUS_ERROR_NULL;
    EXPECT_LT(sd_bus_set_property(client.get(), destination(), names::Object, names::Manager,
                                  names::property::Version, &error, "s", "9.9.9"),
              0);
    EXPECT_STREQ(error.name, SD_BUS_ERROR_PROPERTY_READ_ONLY);
    sd_bus_error_free(&error);
}

TEST_P(Properties, StandBesidePeerPing) {
    const BusClient client = connect();
    EXPECT_GE(sd_bus_call_method(client.get(), destination(), names::Object, PeerInterface, "Ping", nullptr,
                                 nullptr, ""),
              0);
}

INSTANTIATE_TEST_SUITE_P(, Properties, AllRoadsAndGreeted, NameOfRoad());

class Sync : public BusEventTest {};

TEST_P(Sync, ReturnsWhenEverythingWrittenIsInTheHistory) {
    const BusClient client = connect();
    for (int round = 0; round < 20; ++round) {
        uevents_.writeMany(10);
        client.sync();
        EXPECT_EQ(numbersOf(client.wholeHistory(uevents_.wanted())), sequence(1, uevents_.written()));
    }
}

TEST_P(Sync, ReturnsAfterTheSignalsOfWhatWasWritten) {
    Subscriber subscriber = subscribe(uevents_.wanted());
    for (int round = 0; round < 20; ++round) {
        uevents_.write();
        takeAllSent(subscriber);
        ASSERT_EQ(numbersOf(subscriber, uevents_), sequence(1, uevents_.written()));
    }
}

TEST_P(Sync, TellsTheIdAfterTheLast) {
    const BusClient client = connect();
    uevents_.write();
    const std::uint64_t next = client.sync();
    const std::vector<Event> events = client.wholeHistory(uevents_.wanted());
    ASSERT_EQ(events.size(), 1U);
    EXPECT_GT(next, events.front().id);
    EXPECT_LE(next, client.number(names::property::LastId) + 1);
}

INSTANTIATE_TEST_SUITE_P(, Sync, AllRoads, NameOfRoad());

// Numbers that another network namespace has used are waited for, here for ten seconds.
class SyncThatWaits : public BusEventTest {
protected:
    SyncThatWaits() : BusEventTest({"--reorder-wait=10000"}) {}
};

TEST_P(SyncThatWaits, IsLimitedForEachClient) {
    constexpr int limit = 64;
    const BusClient client = connect();
    static_cast<void>(client.streamId());
    const Finished other = run({"/usr/bin/unshare", "--net", "true"});
    ASSERT_EQ(other.status, 0) << other.err;
    for (int i = 0; i < limit; ++i) {
        std::uint64_t cookie = 0;
        checkBus(sd_bus_send(client.get(), client.newCall(names::method::Sync).get(), &cookie), "call Sync");
    }
    try {
        client.sync();
        ADD_FAILURE() << "call " << limit + 1 << " was taken";
    } catch (const CallError& error) {
        EXPECT_EQ(error.name(), names::error::LimitExceeded) << error.what();
    }
}

INSTANTIATE_TEST_SUITE_P(, SyncThatWaits, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
