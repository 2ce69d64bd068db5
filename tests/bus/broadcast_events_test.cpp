// Broadcasts: what is sent, on which interface, and what is told of the rest.

#include "tests/bus/broadcast_test.h"
#include "tests/support/temporary_directory.h"

#include <algorithm>
#include <fstream>

namespace keventd::test {
namespace {

void expectSame(const Event& heard, const Event& sent) {
    EXPECT_EQ(heard.id, sent.id);
    EXPECT_EQ(heard.source, sent.source);
    EXPECT_EQ(heard.action, sent.action);
    EXPECT_EQ(heard.subsystem, sent.subsystem);
    EXPECT_EQ(heard.object, sent.object);
    EXPECT_EQ(heard.attribute, sent.attribute);
    EXPECT_EQ(heard.seqnum, sent.seqnum);
    EXPECT_EQ(heard.boottime, sent.boottime);
    EXPECT_EQ(heard.realtime, sent.realtime);
    EXPECT_EQ(heard.flags, sent.flags);
    EXPECT_EQ(heard.properties.view().bytes(), sent.properties.view().bytes());
}

class Broadcasts : public BroadcastTest {
protected:
    using BroadcastTest::BroadcastTest;

    /// Has the daemon see a udevd, by an event of it.
    void startPlayingUdev() {
        playUdev(newestSeqnum(),
                 {{"ACTION", "change"}, {"DEVPATH", "/devices/played"}, {"SUBSYSTEM", "mem"}});
        ASSERT_TRUE(eventually([&] { return connect().sources().at("udev") == "running"; }));
    }
};

TEST_P(Broadcasts, BringEventsAsTheyAreInTheStream) {
    Subscriber subscriber = subscribe(uevents_.wanted());
    BroadcastListener listener(address());
    uevents_.write();
    ASSERT_TRUE(waitForEvents(subscriber, 1));
    ASSERT_TRUE(listener.waitForEvent([&](const Event& e) { return uevents_.hasWritten(e); }));
    expectSame(ours(listener).front().event, subscriber.events().front());
}

TEST_P(Broadcasts, BringAllEventsInOrder) {
    BroadcastListener listener(address());
    uevents_.writeMany(2'000);
    ASSERT_TRUE(listener.waitForEvent([&](const Event& e) { return isLast(e); })) << daemon().log();
    EXPECT_EQ(numbersHeard(listener), sequence(1, 2'000));
}

TEST_P(Broadcasts, BringKernelEventsOnTheirOwnInterfaceWhileNoUdevdRuns) {
    BroadcastListener listener(address());
    uevents_.write();
    ASSERT_TRUE(listener.waitForEvent([&](const Event& e) { return uevents_.hasWritten(e); }));
    EXPECT_EQ(ours(listener).front().interface, names::KernelEvents);
}

TEST_P(Broadcasts, BringUdevsEventsOnTheUsualInterface) {
    BroadcastListener listener(address());
    playUdev(newestSeqnum(), {{"ACTION", "add"}, {"DEVPATH", "/devices/played"}, {"SUBSYSTEM", "mem"}});
    ASSERT_TRUE(listener.waitForEvent([](const Event& e) { return e.object == "/devices/played"; }));
    EXPECT_EQ(listener.heard().back().interface, names::Events);
    EXPECT_EQ(listener.heard().back().event.source, names::source::Udev);
}

TEST_P(Broadcasts, BringKernelEventsNoMoreWhenUdevdRuns) {
    ASSERT_NO_FATAL_FAILURE(startPlayingUdev());
    BroadcastListener listener(address());
    uevents_.write();
    connect().sync();
    playUdev(newestSeqnum(), {{"ACTION", "add"}, {"DEVPATH", "/devices/later"}, {"SUBSYSTEM", "mem"}});
    ASSERT_TRUE(listener.waitForEvent([](const Event& e) { return e.object == "/devices/later"; }));
    EXPECT_TRUE(ours(listener).empty());
}

TEST_P(Broadcasts, AreHeardByTheUniqueNameOfTheirSender) {
    const BusClient client(address(), Via::Broker);
    sd_bus_message* reply = nullptr;
    checkBus(sd_bus_call_method(client.get(), "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                "org.freedesktop.DBus", "GetNameOwner", nullptr, &reply, "s",
                                names::EventsBus),
             "ask for the owner");
    const BusMessageHandle handle(reply);
    const char* owner = nullptr;
    checkBus(sd_bus_message_read(reply, "s", &owner), "read reply");
    BroadcastListener listener(address(), {"type='signal',sender='" + std::string(owner) + "'"});
    uevents_.write();
    EXPECT_TRUE(listener.waitForEvent([&](const Event& e) { return uevents_.hasWritten(e); }));
}

TEST_P(Broadcasts, GoOnWhenTheBusHasComeBack) {
    broker().kill();
    broker().start();
    ASSERT_TRUE(waitForName(address(), names::EventsBus)) << daemon().log();
    BroadcastListener listener(address());
    uevents_.write();
    EXPECT_TRUE(listener.waitForEvent([&](const Event& e) { return uevents_.hasWritten(e); }));
}

// Another process that may own the name takes it, and gives it back.
TEST_P(Broadcasts, PauseWhileAnotherHasTheirName) {
    const BusClient usurper(address(), Via::Broker);
    checkBus(sd_bus_request_name(usurper.get(), names::EventsBus, SD_BUS_NAME_REPLACE_EXISTING),
             "take the name");
    ASSERT_TRUE(daemon().waitForLog("was taken by somebody else"));
    BroadcastListener listener(address(), {"type='signal',path='/org/keventd1'"});
    Subscriber subscriber = subscribe(uevents_.wanted());
    uevents_.write();
    ASSERT_TRUE(waitForEvents(subscriber, 1));
    checkBus(sd_bus_release_name(usurper.get(), names::EventsBus), "give the name back");
    const std::uint64_t missed = subscriber.events().front().id;
    EXPECT_TRUE(listener.waitUntil([&] { return listener.knowsOf(names::KernelEvents, missed); }));
    EXPECT_TRUE(ours(listener).empty());
    uevents_.write();
    EXPECT_TRUE(listener.waitForEvent([&](const Event& e) { return uevents_.hasWritten(e); }));
}

INSTANTIATE_TEST_SUITE_P(, Broadcasts, BrokerRoads, NameOfRoad());

// broadcast.kernel of the configuration, where it is not "auto".
class KernelBroadcasts : public Broadcasts {
protected:
    explicit KernelBroadcasts(const char* when) : when_(when) {}
    void adjust(DaemonOptions& options) override {
        Broadcasts::adjust(options);
        options.config = directory_.file("keventd.toml");
        std::ofstream(options.config) << "broadcast.kernel = '" << when_ << "'\n";
    }

private:
    const char* when_;
    TemporaryDirectory directory_;
};

class KernelBroadcastsAlways : public KernelBroadcasts {
protected:
    KernelBroadcastsAlways() : KernelBroadcasts("always") {}
};

TEST_P(KernelBroadcastsAlways, ComeBesideThoseOfUdevd) {
    ASSERT_NO_FATAL_FAILURE(startPlayingUdev());
    BroadcastListener listener(address());
    uevents_.write();
    ASSERT_TRUE(listener.waitForEvent([&](const Event& e) { return uevents_.hasWritten(e); }));
    EXPECT_EQ(ours(listener).front().interface, names::KernelEvents);
}

INSTANTIATE_TEST_SUITE_P(, KernelBroadcastsAlways, BrokerRoads, NameOfRoad());

class KernelBroadcastsNever : public KernelBroadcasts {
protected:
    KernelBroadcastsNever() : KernelBroadcasts("never") {}
};

TEST_P(KernelBroadcastsNever, DoNotComeWhereNoUdevdRunsEither) {
    BroadcastListener listener(address());
    uevents_.write();
    connect().sync();
    ASSERT_NO_FATAL_FAILURE(startPlayingUdev());
    ASSERT_TRUE(listener.waitForEvent([](const Event& e) { return e.object == "/devices/played"; }));
    EXPECT_TRUE(ours(listener).empty());
}

INSTANTIATE_TEST_SUITE_P(, KernelBroadcastsNever, BrokerRoads, NameOfRoad());

class BroadcastsOfFewASecond : public BroadcastTest {
protected:
    static constexpr std::uint64_t Rate = 10;

    BroadcastsOfFewASecond() : BroadcastTest({"--broadcast-rate=" + std::to_string(Rate)}) {}

    [[nodiscard]] static bool knowsOfAll(const BroadcastListener& listener, const Subscriber& subscriber) {
        return std::all_of(subscriber.events().begin(), subscriber.events().end(), [&](const Event& event) {
            return listener.knowsOf(names::KernelEvents, event.id);
        });
    }
};

TEST_P(BroadcastsOfFewASecond, TellWhatTheyHoldBack) {
    Subscriber subscriber = subscribe(uevents_.wanted());
    BroadcastListener listener(address());
    uevents_.writeMany(200);
    ASSERT_TRUE(waitForEvents(subscriber, 200));
    EXPECT_TRUE(listener.waitUntil([&] { return knowsOfAll(listener, subscriber); }));
    EXPECT_LT(ours(listener).size(), 200U);
}

TEST_P(BroadcastsOfFewASecond, TellItBeforeTheNextEvent) {
    Subscriber subscriber = subscribe(uevents_.wanted());
    BroadcastListener listener(address());
    uevents_.writeMany(200);
    ASSERT_TRUE(waitForEvents(subscriber, 200));
    ASSERT_TRUE(listener.waitUntil([&] { return !listener.gaps().empty(); }));
    const BroadcastListener::Gap first = listener.gaps().front();
    for (const auto& heard : listener.heard()) EXPECT_LT(heard.event.id, first.from);
    std::uint64_t heardUpTo = listener.heard().empty() ? first.from - 1 : listener.heard().back().event.id;
    EXPECT_LE(heardUpTo, first.from);
    EXPECT_LE(first.from, first.to);
}

TEST_P(BroadcastsOfFewASecond, AreSoFew) {
    const auto begin = std::chrono::steady_clock::now();
    Subscriber subscriber = subscribe(uevents_.wanted());
    BroadcastListener listener(address());
    uevents_.writeMany(500);
    ASSERT_TRUE(waitForEvents(subscriber, 500));
    ASSERT_TRUE(listener.waitUntil([&] { return knowsOfAll(listener, subscriber); }));
    const auto seconds =
        std::chrono::ceil<std::chrono::seconds>(std::chrono::steady_clock::now() - begin).count();
    EXPECT_LE(listener.heard().size(), Rate + Rate * static_cast<std::uint64_t>(seconds));
}

INSTANTIATE_TEST_SUITE_P(, BroadcastsOfFewASecond, BrokerRoads, NameOfRoad());

class NoBroadcasts : public BusTest {
protected:
    NoBroadcasts() : BusTest({"--broadcast-rate=0"}) {}
};

TEST_P(NoBroadcasts, HaveNoName) {
    EXPECT_FALSE(hasOwner(connect(), names::EventsBus));
    connect().sync();
    EXPECT_FALSE(hasOwner(connect(), names::EventsBus));
}

INSTANTIATE_TEST_SUITE_P(, NoBroadcasts, BrokerRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
