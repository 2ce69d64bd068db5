// After a loss, what was told is compared with what is there: a reader who applies all events has what sysfs
// shows.

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/kernel/resync_events.h"
#include "tests/support/device_picture.h"
#include "tests/support/net_churn.h"
#include "tests/support/net_devices.h"
#include "tests/support/sanitizer.h"

#include <chrono>
#include <gmock/gmock.h>
#include <system_error>
#include <thread>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr int SmallBufferBytes = 64 * 1024; // the kernel doubles it: room for about 150 events
constexpr std::uint64_t Flood = 1'000;
constexpr std::size_t ForcedOverruns = UnderAddressSanitizer ? 20 : 100;

bool isResynced(const Event& event) {
    return isAbout(event, names::action::Resynced);
}

/// A daemon whose socket overruns when the test wants it, in a network namespace that has a /sys of its own.
class Resync : public KernelTestWithSysfs {
protected:
    void SetUp() override {
        KernelTestWithSysfs::SetUp();
        if (IsSkipped()) return;
        witness_.emplace();
        socket_ = openUeventSocket(KernelGroup, SmallBufferBytes);
        DaemonOptions options;
        options.inherited = {socket_.get()};
        daemon_.emplace(std::move(options));
        Wanted everything;
        everything.since = 0;
        subscriber_.emplace(daemon_->address(), everything);
    }

    [[nodiscard]] Subscriber& subscriber() { return *subscriber_; }
    [[nodiscard]] const Events& events() const { return subscriber_->events(); }
    [[nodiscard]] std::string address() const { return daemon_->address(); }
    [[nodiscard]] BusClient connect() const { return BusClient(address()); }
    [[nodiscard]] DeviceList listNetDevices() const {
        Wanted net;
        net.filters[names::option::Subsystems] = {"net"};
        return connect().listDevices(net);
    }
    [[nodiscard]] std::string log() const { return daemon_->log(); }

    /// Calls `happen` while the socket is full: all that it sends is lost.
    void loseWhat(const std::function<void()>& happen) {
        daemon_->freeze();
        UeventWriter().write(Flood);
        happen();
        daemon_->thaw();
    }
    [[nodiscard]] bool waitForResyncs(std::size_t count) {
        return subscriber_->waitUntil([&] { return select(events(), isResynced).size() >= count; });
    }
    /// @return whether the last loss that was told has been followed by a comparison
    [[nodiscard]] bool isResyncedSinceTheLast() const {
        const auto resyncs = select(events(), isResynced);
        return !resyncs.empty() && numberIn(*resyncs.back(), names::key::Overrun) == overruns().back()->id;
    }
    /// @return "action object" of each event that was found by comparison
    [[nodiscard]] std::vector<std::string> found() const { return foundIn(events()); }
    [[nodiscard]] std::vector<const Event*> overruns() const {
        return select(events(), [](const Event& event) { return isAbout(event, names::action::Overrun); });
    }
    /// All that was sent and has not come is told lost.
    void expectExactCount() {
        std::uint64_t told = 0;
        for (const Event* overrun : overruns()) told += numberIn(*overrun, names::key::Count);
        EXPECT_EQ(seqnumsOf(events(), names::source::Kernel).size() + told, witness_->seqnums().size());
    }

private:
    std::optional<UeventWitness> witness_;
    UniqueFd socket_;
    std::optional<DaemonProcess> daemon_;
    std::optional<Subscriber> subscriber_;
};

TEST_F(Resync, FollowsALossThatHasChangedNothing) {
    loseWhat([] {});
    ASSERT_TRUE(waitForResyncs(1)) << log();
    ASSERT_EQ(overruns().size(), 1U);
    const Event& resynced = events().back();
    EXPECT_EQ(numberIn(resynced, names::key::Overrun), overruns().front()->id);
    EXPECT_EQ(resynced.properties.find(names::key::Source), names::source::Kernel);
    EXPECT_EQ(resynced.properties.find(names::key::Count), "0");
    EXPECT_EQ(resynced.subsystem, names::source::Keventd);
    EXPECT_THAT(found(), ElementsAre());
    EXPECT_THAT(log(), HasSubstr("kernel resynchronised: 0 differences"));
}

TEST_F(Resync, TellsOfDevicesThatHaveComeAndOfThoseThatHaveGone) {
    loseWhat([] { NetDevices().createVeth("one", "two"); });
    ASSERT_TRUE(waitForResyncs(1)) << log();
    EXPECT_THAT(found(), ElementsAre("add " + pathOf("one"), "add " + pathOf("two")));
    loseWhat([] { NetDevices().remove("one"); });
    ASSERT_TRUE(waitForResyncs(2)) << log();
    EXPECT_THAT(found(), ElementsAre("add " + pathOf("one"), "add " + pathOf("two"),
                                     "remove " + pathOf("two"), "remove " + pathOf("one")));
}

TEST_F(Resync, SaysOfADeviceWhatTheKernelWouldHaveSaid) {
    loseWhat([] { NetDevices().createVeth("one", "two"); });
    ASSERT_TRUE(waitForResyncs(1)) << log();
    const Event& added = *select(events(), isFound).front();
    EXPECT_EQ(added.source, names::source::Kernel);
    EXPECT_EQ(added.subsystem, "net");
    EXPECT_EQ(added.seqnum, 0U);
    EXPECT_EQ(added.flags, EventFlag::Resync);
    EXPECT_GT(added.boottime.count(), 0);
    EXPECT_EQ(added.properties.find("ACTION"), "add");
    EXPECT_EQ(added.properties.find("DEVPATH"), pathOf("one"));
    EXPECT_EQ(added.properties.find("SUBSYSTEM"), "net");
    EXPECT_EQ(added.properties.find("INTERFACE"), "one");
    EXPECT_GT(numberIn(added, "IFINDEX"), 0U);
}

TEST_F(Resync, NoticesADeviceInThePlaceOfAnotherOfTheSameName) {
    NetDevices().createVeth("one", "two");
    ASSERT_TRUE(subscriber().waitForSync());
    loseWhat([] {
        NetDevices().remove("one");
        NetDevices().createVeth("one", "two");
    });
    ASSERT_TRUE(waitForResyncs(1)) << log();
    EXPECT_THAT(found(), ElementsAre("remove " + pathOf("two"), "remove " + pathOf("one"),
                                     "add " + pathOf("one"), "add " + pathOf("two")));
}

TEST_F(Resync, StandsBetweenTheLossAndWhatComesLater) {
    loseWhat([] { NetDevices().createVeth("one", "two"); });
    ASSERT_TRUE(waitForResyncs(1)) << log();
    NetDevices().remove("one");
    ASSERT_TRUE(subscriber().waitForSync());
    const std::uint64_t overrun = overruns().front()->id;
    const std::uint64_t resynced = select(events(), isResynced).front()->id;
    for (const Event* event : select(events(), isFound)) {
        EXPECT_GT(event->id, overrun);
        EXPECT_LT(event->id, resynced);
    }
    const auto removals = select(events(), [](const Event& event) {
        return event.action == "remove" && event.object == pathOf("one");
    });
    ASSERT_EQ(removals.size(), 1U);
    EXPECT_GT(removals.front()->id, resynced);
    EXPECT_FALSE(isFound(*removals.front()));
}

TEST_F(Resync, IsSeenByASubscriberWhoseFilterMatchesNothingElse) {
    Wanted nothing;
    nothing.filters[names::option::Subsystems] = {"no-such-subsystem"};
    Subscriber narrow(address(), nothing);
    loseWhat([] {});
    EXPECT_NE(narrow.waitForEvent(isResynced), nullptr);
    EXPECT_EQ(narrow.events().size(), 2U);
}

TEST_F(Resync, AfterManyOverrunsDuringChurnLeavesWhatSysfsShows) {
    const DeviceList list = listNetDevices();
    NetChurn churn;
    for (std::size_t i = 1; i <= ForcedOverruns; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(i * 37 % 50)); // at any point of the churn
        loseWhat([] {});
        ASSERT_TRUE(waitForResyncs(i)) << "overrun " << i << "\n" << log();
    }
    churn.stop();
    ASSERT_TRUE(subscriber().waitUntil([this] { return isResyncedSinceTheLast(); })) << log();
    ASSERT_TRUE(subscriber().waitForSync());

    DevicePicture picture(list);
    for (const Event& event : events()) {
        if (event.subsystem == "net" && event.source == names::source::Kernel && event.id >= list.next)
            picture.replay(event);
    }
    EXPECT_EQ(picture.devpaths(), netDevicesOfSysfs());
    const DeviceList now = listNetDevices();
    EXPECT_EQ(DevicePicture(now).devpaths(), netDevicesOfSysfs());
    EXPECT_GE(overruns().size(), ForcedOverruns);
    expectExactCount();
    expectSoundStream(events());
    churn.removeAll();
}

TEST_F(Resync, ThatIsAskedForFindsNothingWhereNothingIsMissing) {
    NetDevices().createVeth("one", "two");
    const BusClient client = connect();
    const BusMessageHandle reply = client.send(client.newCall(names::method::Resync));
    std::uint64_t next = 0;
    std::uint64_t differences = 1;
    ASSERT_GE(sd_bus_message_read(reply.get(), "tt", &next, &differences), 0);
    EXPECT_EQ(differences, 0U);
    ASSERT_TRUE(waitForResyncs(2)) << "of the kernel and of udev";
    for (const Event* resynced : select(events(), isResynced))
        EXPECT_FALSE(resynced->properties.find(names::key::Overrun));
    EXPECT_EQ(next, events().back().id + 1);
}

} // namespace
} // namespace keventd::test
