// A test that plays the service manager when it has closed an overrun socket, opened another one, and kept
// the first for the daemon: what lies in the first comes first, then what lies in the second, each event
// once.

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <utility>
#include <vector>

namespace keventd::test {
namespace {

constexpr int TinyBufferBytes = 8192; // the kernel doubles it: room for about 19 events
constexpr std::uint64_t Flood = 100;

class KeptSocket : public KernelTest {
protected:
    struct Named {
        std::string name;
        int fd;
    };

    [[nodiscard]] DaemonOptions with(const std::vector<Named>& sockets) const {
        DaemonOptions options = patient();
        options.arguments.push_back("--state=" + directory_.path().string());
        std::string& names = options.environment["LISTEN_FDNAMES"];
        for (const Named& socket : sockets) {
            names += (names.empty() ? "" : ":") + socket.name;
            options.inherited.push_back(socket.fd);
        }
        return options;
    }

    /// @return what the test has written, and every overrun; the stream as a whole is checked
    [[nodiscard]] Events told(const DaemonProcess& daemon) const {
        const BusClient client(daemon.address());
        client.sync();
        Events events = everything(client);
        expectSoundStream(events);
        std::erase_if(events, [this](const Event& event) {
            return !isOverrun(event) && (event.source != "kernel" || !isOf(event, writer_.uuid()));
        });
        return events;
    }
    [[nodiscard]] std::vector<std::uint64_t> numbersTold(const DaemonProcess& daemon) const {
        std::vector<std::uint64_t> numbers;
        for (const Event& event : told(daemon)) numbers.push_back(isOverrun(event) ? 0 : numberOf(event));
        return numbers;
    }

    /// Has a daemon read from the first socket, and end by a kill when that has overrun.
    void overrunAndCrash() {
        DaemonProcess daemon(with({{"any.socket", first_.get()}}));
        writer_.write(2);
        BusClient(daemon.address()).sync();
        daemon.freeze();
        writer_.write(Flood);
        daemon.kill();
    }

    UeventWriter writer_;
    TemporaryDirectory directory_;
    UniqueFd first_ = openUeventSocket(KernelGroup, TinyBufferBytes);
};

TEST_F(KeptSocket, ThatHasOverrunIsReadBeforeTheOneInItsPlace) {
    overrunAndCrash();
    const UniqueFd second = openUeventSocket(KernelGroup);
    writer_.write(3);
    const DaemonProcess daemon(with({{"any.socket", second.get()}, {"kept-kernel", first_.get()}}));
    writer_.write(2);
    const Events events = told(daemon);

    const auto overrun = std::find_if(events.begin(), events.end(), isOverrun);
    ASSERT_NE(overrun, events.end());
    EXPECT_EQ(std::count_if(events.begin(), events.end(), isOverrun), 1);
    const auto before = static_cast<std::uint64_t>(overrun - events.begin());
    ASSERT_GT(before, 2U) << "what lay in the first socket";
    ASSERT_LT(before, Flood);
    for (std::uint64_t i = 0; i < before; ++i) EXPECT_EQ(numberOf(events[i]), i);
    // All were dropped on the first socket, of which the second one has some.
    EXPECT_GE(numberIn(*overrun, names::key::Count), 2 + Flood - before);
    ASSERT_EQ(events.size(), before + 1 + 3 + 2);
    for (std::uint64_t i = 0; i < 5; ++i) EXPECT_EQ(numberOf(events[before + 1 + i]), 2 + Flood + i);
}

TEST_F(KeptSocket, WhoseEventsTheOtherOneHasTooHasThemOnce) {
    {
        DaemonProcess daemon(with({{"any.socket", first_.get()}}));
        daemon.kill();
    }
    const UniqueFd second = openUeventSocket(KernelGroup);
    writer_.write(5);
    const DaemonProcess daemon(with({{"kept-kernel", first_.get()}, {"any.socket", second.get()}}));
    writer_.write(3);
    EXPECT_EQ(numbersTold(daemon), (std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5, 6, 7}));
}

// Else what comes would lie there until it overruns.
TEST_F(KeptSocket, IsLeftForTheOneInItsPlace) {
    const UniqueFd second = openUeventSocket(KernelGroup, TinyBufferBytes);
    const DaemonProcess daemon(with({{"kept-kernel", first_.get()}, {"any.socket", second.get()}}));
    for (int i = 0; i < 10; ++i) {
        writer_.write(10);
        BusClient(daemon.address()).sync();
    }
    EXPECT_EQ(numbersTold(daemon).size(), 100U);
    EXPECT_EQ(daemon.statistics().at("kernel.dropped"), 0U);
}

TEST_F(KeptSocket, ThatIsTheSameIsOne) {
    {
        DaemonProcess daemon(with({{"any.socket", first_.get()}}));
        daemon.kill();
    }
    writer_.write(3);
    const DaemonProcess daemon(with({{"any.socket", first_.get()}, {"kept-kernel", first_.get()}}));
    writer_.write(3);
    EXPECT_EQ(numbersTold(daemon), (std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(daemon.log().find("of no use"), std::string::npos) << daemon.log();
}

TEST_F(KeptSocket, WithNoneInItsPlaceIsReadOn) {
    {
        DaemonProcess daemon(with({{"any.socket", first_.get()}}));
        daemon.kill();
    }
    writer_.write(3);
    const DaemonProcess daemon(with({{"kept-kernel", first_.get()}}));
    writer_.write(3);
    EXPECT_EQ(numbersTold(daemon), (std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5}));
}

TEST_F(KeptSocket, IsReadToItsEndWhereverTheDaemonIsKilledAtItsStart) {
    overrunAndCrash();
    const UniqueFd second = openUeventSocket(KernelGroup);
    writer_.write(3);
    const DaemonOptions both = with({{"kept-kernel", first_.get()}, {"any.socket", second.get()}});
    killAtItsStart(both);
    const DaemonProcess daemon(both);
    writer_.write(2);
    const Events events = told(daemon);
    EXPECT_EQ(std::count_if(events.begin(), events.end(), isOverrun), 1);
    ASSERT_GT(events.size(), 6U);
    for (std::uint64_t i = 0; i < 5; ++i) EXPECT_EQ(numberOf(events[events.size() - 5 + i]), 2 + Flood + i);
}

TEST_F(KeptSocket, OfUdevIsReadBeforeTheOneInItsPlace) {
    writer_.write(4);
    const std::uint64_t newest = newestSeqnum();
    const UniqueFd kept = openUeventSocket(UdevGroup);
    const auto play = [newest](std::uint64_t back) {
        ASSERT_TRUE(sendToGroup(UdevGroup, udevMessage({{"ACTION", "change"},
                                                        {"DEVPATH", "/devices/virtual/mem/null"},
                                                        {"SUBSYSTEM", "mem"},
                                                        {"SEQNUM", std::to_string(newest - back)}})));
    };
    play(3);
    const UniqueFd current = openUeventSocket(UdevGroup);
    play(2);
    play(0);
    const DaemonProcess daemon(with({{"any.socket", current.get()}, {"kept-udev", kept.get()}}));
    play(1);
    Subscriber subscriber(daemon.address(), {.since = 0});
    const std::vector<std::uint64_t> expected{newest - 3, newest - 2, newest, newest - 1};
    EXPECT_TRUE(subscriber.waitUntil(
        [&] { return seqnumsOf(subscriber.events(), names::source::Udev) == expected; }));
}

} // namespace
} // namespace keventd::test
