// What the next daemon knows of devices, and of what was lost before it or between it and the one before.

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/kernel/resync_events.h"
#include "tests/support/device_picture.h"
#include "tests/support/net_devices.h"

#include <gmock/gmock.h>
#include <system_error>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr int SmallBufferBytes = 64 * 1024; // the kernel doubles it: room for about 150 events

bool isAboutKernel(const Event& event, const char* action) {
    return isAbout(event, action) && event.properties.find(names::key::Source) == names::source::Kernel;
}
bool isOverrunOfKernel(const Event& event) {
    return isAboutKernel(event, names::action::Overrun);
}
bool isResynced(const Event& event) {
    return isAboutKernel(event, names::action::Resynced);
}

/// Daemons on one state directory, in a network namespace that has a /sys of its own.
class RestartedDevices : public KernelTestWithSysfs {
protected:
    /// Has the next daemons use a socket that stays; without it, each opens its own.
    void keepSocket(int bufferBytes) { socket_ = openUeventSocket(KernelGroup, bufferBytes); }
    void start() {
        daemon_.reset();
        DaemonOptions options;
        options.arguments = {"--state=" + directory_.path().string()};
        if (socket_) options.inherited = {socket_.get()};
        daemon_.emplace(std::move(options));
    }
    void kill() { daemon_->kill(); }
    void restart() {
        kill();
        start();
    }
    void sync() const { BusClient(daemon_->address()).sync(); }

    [[nodiscard]] Events history() const {
        const std::vector<Event> events = BusClient(daemon_->address()).wholeHistory();
        return {events.begin(), events.end()};
    }
    [[nodiscard]] std::size_t count(bool (*isWanted)(const Event&)) const {
        return select(history(), isWanted).size();
    }
    [[nodiscard]] bool waitForResyncs(std::size_t wanted) const {
        const Deadline deadline;
        while (count(isResynced) < wanted) {
            if (deadline.expired()) return false;
        }
        return true;
    }
    /// @return "action object" of each event that was found by comparison
    [[nodiscard]] std::vector<std::string> found() const { return foundIn(history()); }
    [[nodiscard]] std::set<std::string> listed() const {
        Wanted net;
        net.filters[names::option::Subsystems] = {"net"};
        return DevicePicture(BusClient(daemon_->address()).listDevices(net)).devpaths();
    }
    [[nodiscard]] std::string log() const { return daemon_->log(); }

private:
    TemporaryDirectory directory_;
    UniqueFd socket_;
    std::optional<DaemonProcess> daemon_;
};

TEST_F(RestartedDevices, AreThoseOfTheDaemonBeforeAndWhatHasHappenedSince) {
    keepSocket(64 * 1024 * 1024);
    start();
    NetDevices().createVeth("one", "two");
    sync();
    kill();
    NetDevices().remove("one");
    NetDevices().createVeth("three", "four");
    start();
    sync();
    EXPECT_EQ(listed(), netDevicesOfSysfs());
    EXPECT_EQ(count(isOverrunOfKernel), 0U);
    EXPECT_EQ(count(isFound), 0U);
    restart();
    EXPECT_EQ(listed(), netDevicesOfSysfs());
    expectSoundStream(history());
}

TEST_F(RestartedDevices, AreComparedWithWhatIsThereIfNobodyHasListenedMeanwhile) {
    start();
    NetDevices().createVeth("one", "two");
    sync();
    kill();
    NetDevices().remove("one");
    NetDevices().createVeth("three", "four");
    start();
    ASSERT_TRUE(waitForResyncs(1)) << log();
    EXPECT_THAT(found(), ElementsAre("remove " + pathOf("two"), "remove " + pathOf("one"),
                                     "add " + pathOf("four"), "add " + pathOf("three")));
    EXPECT_EQ(listed(), netDevicesOfSysfs());
    const Events events = history();
    const Event& overrun = *select(events, isOverrunOfKernel).front();
    EXPECT_FALSE(overrun.properties.find(names::key::Count)) << "nobody knows";
    EXPECT_LE(numberIn(overrun, names::key::SeqnumFrom), numberIn(overrun, names::key::SeqnumTo));
    EXPECT_THAT(log(), HasSubstr("nobody has listened to the kernel socket since SEQNUM"));
}

TEST_F(RestartedDevices, AreNotComparedIfTheKernelHasSentNothingMeanwhile) {
    start();
    restart(); // the history is empty
    sync();
    UeventWriter().write();
    sync();
    restart();
    sync();
    EXPECT_EQ(count(isOverrunOfKernel), 0U);
    EXPECT_THAT(log(), Not(HasSubstr("nobody has listened")));
}

TEST_F(RestartedDevices, AreComparedAfterALossThatWasToldByTheDaemonBefore) {
    keepSocket(SmallBufferBytes);
    start();
    kill();
    UeventWriter().write(1'000);
    start();
    const Deadline deadline;
    while (count(isOverrunOfKernel) == 0) ASSERT_FALSE(deadline.expired());
    restart(); // a comparison takes 50 ms at least
    ASSERT_TRUE(waitForResyncs(1)) << log();
    const Events events = history();
    ASSERT_EQ(select(events, isOverrunOfKernel).size(), 1U);
    EXPECT_EQ(numberIn(*select(events, isResynced).front(), names::key::Overrun),
              select(events, isOverrunOfKernel).front()->id);
}

TEST_F(RestartedDevices, AreNotToldLostTwice) {
    keepSocket(SmallBufferBytes);
    start();
    UeventWitness witness;
    std::size_t lost = 0;
    for (std::size_t round = 1; round <= 5; ++round) {
        kill();
        UeventWriter().write(1'000);
        start();
        sync();
        restart();
        sync();
        const Events events = history();
        const auto overruns = select(events, isOverrunOfKernel);
        ASSERT_EQ(overruns.size(), round);
        lost += numberIn(*overruns.back(), names::key::Count);
        EXPECT_EQ(seqnumsOf(events, names::source::Kernel).size() + lost, witness.seqnums().size());
    }
}

} // namespace
} // namespace keventd::test
