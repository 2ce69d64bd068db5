// What the next daemon on the same state directory takes up, and what it does not.

#include "daemon/base/checksum.h"
#include "daemon/base/message_ids.h"
#include "daemon/state_header.h"
#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/support/journal_socket.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>
#include <utility>
#include <vector>

namespace keventd::test {
namespace {

using testing::HasSubstr;

std::size_t timesIn(const std::string& text, const std::string& wanted) {
    std::size_t times = 0;
    for (std::size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1)) ++times;
    return times;
}

class Restart : public KernelTest {
protected:
    void SetUp() override {
        KernelTest::SetUp();
        if (!IsSkipped()) socket_ = openUeventSocket(KernelGroup);
    }

    /// With a socket that stays, as one of a socket unit does.
    [[nodiscard]] DaemonOptions options(std::vector<std::string> arguments = {}) const {
        arguments.push_back("--state=" + directory_.path().string());
        return {.arguments = std::move(arguments), .inherited = {socket_.get()}};
    }
    [[nodiscard]] std::string stateFile() const { return directory_.file("state"); }

    /// @return events of the history that were written under this UUID
    static Events written(const BusClient& client, const UeventWriter& writer) {
        const std::vector<Event> events =
            client.wholeHistory({.filters = {{names::option::Properties, {"SYNTH_UUID=" + writer.uuid()}}}});
        return {events.begin(), events.end()};
    }

private:
    TemporaryDirectory directory_;
    UniqueFd socket_;
};

TEST_F(Restart, GoesOnWithTheSameStreamAfterAKill) {
    UeventWriter writer;
    std::string stream;
    std::uint64_t next = 0;
    {
        DaemonProcess first(options());
        const BusClient client(first.address());
        stream = client.streamId();
        writer.write(10);
        next = client.sync();
        first.kill();
    }
    writer.write(10); // unread in the socket
    DaemonProcess second(options());
    const BusClient client(second.address());
    EXPECT_EQ(client.streamId(), stream);
    EXPECT_EQ(client.number(names::property::FirstId), 1U);
    EXPECT_GE(client.sync(), next + 10);

    const Events all = everything(client);
    EXPECT_EQ(all.front().id, 1U);
    expectSoundStream(all);
    const Events ours = written(client, writer);
    ASSERT_EQ(ours.size(), 20U);
    expectWrittenInOrder(ours, writer);
    EXPECT_LT(ours[9].id, next);
    EXPECT_GE(ours[10].id, next);
    EXPECT_EQ(second.log().find("warning"), std::string::npos) << second.log();
}

TEST_F(Restart, GoesOnWithTheSameStreamAfterAnEndInOrder) {
    UeventWriter writer;
    std::string stream;
    for (int life = 0; life < 3; ++life) {
        DaemonProcess daemon(options());
        const BusClient client(daemon.address());
        if (life == 0) stream = client.streamId();
        EXPECT_EQ(client.streamId(), stream);
        writer.write(5);
        client.sync();
        expectWrittenInOrder(written(client, writer), writer);
        ASSERT_EQ(daemon.stop(), 0);
        writer.write(5);
    }
}

TEST_F(Restart, LetsASubscriberGoOnWhereItWas) {
    UeventWriter writer;
    std::string stream;
    std::uint64_t next = 0;
    {
        DaemonProcess first(options());
        Subscriber subscriber(first.address());
        writer.write(5);
        ASSERT_TRUE(subscriber.waitForSync());
        stream = subscriber.stream();
        next = subscriber.next();
        writer.write(5);
        BusClient(first.address()).sync();
        first.kill();
    }
    writer.write(5);
    DaemonProcess second(options());
    Wanted wanted;
    wanted.stream = stream;
    wanted.since = next;
    Subscriber subscriber(second.address(), wanted);
    ASSERT_TRUE(subscriber.waitForSync());
    const auto ours = writtenBy(subscriber.events(), writer.uuid());
    ASSERT_EQ(ours.size(), 10U);
    for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_EQ(numberOf(*ours[i]), 5 + i);
    EXPECT_EQ(subscriber.events().front().id, next);
}

// Where in its work a kill finds it, is left to chance.
TEST_F(Restart, HasASoundStreamHoweverOftenItIsKilledInAStorm) {
    std::string stream;
    {
        const PacedWriters writers(2);
        for (int life = 0; life < 20; ++life) {
            DaemonProcess daemon(options({"--history=1M"}));
            const BusClient client(daemon.address());
            if (life == 0) stream = client.streamId();
            ASSERT_EQ(client.streamId(), stream) << daemon.log();
            daemon.kill();
        }
    }
    DaemonProcess last(options({"--history=1M"}));
    const BusClient client(last.address());
    client.sync();
    EXPECT_EQ(client.streamId(), stream);
    expectSoundStream(everything(client));
}

/// Plays udevd: a message for each of these numbers, at the pace of several workers.
class UdevPlayer {
public:
    explicit UdevPlayer(std::vector<std::uint64_t> seqnums)
        : seqnums_(std::move(seqnums)), thread_([this] { play(); }) {}
    UdevPlayer(const UdevPlayer&) = delete;
    UdevPlayer& operator=(const UdevPlayer&) = delete;
    ~UdevPlayer() { thread_.join(); }

    [[nodiscard]] bool isDone() const { return isDone_; }

private:
    void play() {
        for (const std::uint64_t seqnum : seqnums_) {
            EXPECT_TRUE(sendToGroup(UdevGroup, udevMessage({{"ACTION", "change"},
                                                            {"DEVPATH", "/devices/virtual/mem/null"},
                                                            {"SUBSYSTEM", "mem"},
                                                            {"SEQNUM", std::to_string(seqnum)}})));
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        }
        isDone_ = true;
    }

    std::vector<std::uint64_t> seqnums_;
    std::atomic<bool> isDone_ = false;
    std::thread thread_;
};

// libudev takes its time, so a kill often finds a message in its hands.
TEST_F(Restart, HasEachMessageOfUdevOnceHoweverOftenItIsKilledWhileItReadsThem) {
    constexpr std::uint64_t messages = 5'000;
    const UniqueFd udevSocket = openUeventSocket(UdevGroup);
    DaemonOptions both = options();
    both.inherited.push_back(udevSocket.get());
    UeventWriter writer;
    writer.write(messages);
    std::vector<std::uint64_t> seqnums;
    {
        DaemonProcess first(both);
        for (const Event& event : written(BusClient(first.address()), writer))
            seqnums.push_back(event.seqnum);
    }
    ASSERT_EQ(seqnums.size(), messages);
    int kills = 0;
    for (const UdevPlayer player(seqnums); !player.isDone(); ++kills) {
        DaemonProcess daemon(both);
        std::this_thread::sleep_for(std::chrono::microseconds(kills * 377 % 3'000));
        daemon.kill();
    }
    DaemonProcess last(both);
    const BusClient client(last.address());
    client.sync();
    EXPECT_EQ(seqnumsOf(everything(client), names::source::Udev), seqnums) << "after " << kills << " kills";
    EXPECT_GE(kills, 5);
}

TEST_F(Restart, BeginsAnewWithAHistoryOfAnotherSizeAndSaysSoOnce) {
    std::string before;
    {
        DaemonProcess first(options());
        before = BusClient(first.address()).streamId();
    }
    DaemonProcess second(options({"--history=1M"}));
    EXPECT_NE(BusClient(second.address()).streamId(), before);
    EXPECT_EQ(timesIn(second.log(), "warning: state file "), 1U) << second.log();
    EXPECT_THAT(second.log(), HasSubstr("its history has 67108864 bytes instead of 1048576, starting anew"));
}

TEST_F(Restart, TellsOfANewStreamInTheJournal) {
    { const DaemonProcess first(options()); }
    const JournalSocket journal;
    DaemonOptions changed = options({"--history=1M"});
    journal.attach(changed);
    const DaemonProcess second(std::move(changed));
    const JournalSocket::Entry entry = journal.waitForId(message_id::StateReplaced.digits);
    ASSERT_FALSE(entry.empty());
    EXPECT_EQ(entry.at("KEVENTD_PATH"), stateFile());
    EXPECT_EQ(entry.at("KEVENTD_REASON"), "its history has 67108864 bytes instead of 1048576");
}

// A file that is not believed is replaced, and the daemon after that goes on with the new one.
class RestartOnAForeignState : public Restart {
protected:
    void expectAnewAfter(const std::function<void(std::string&)>& change, const std::string& reason) {
        UeventWriter writer;
        std::string before;
        {
            DaemonProcess first(options());
            const BusClient client(first.address());
            before = client.streamId();
            writer.write(10);
            client.sync();
            first.kill();
        }
        std::string bytes = readFile(stateFile());
        change(bytes);
        std::ofstream(stateFile(), std::ios::binary | std::ios::trunc) << bytes;
        const std::string after = expectOneWarning(reason);
        EXPECT_NE(after, before);
        DaemonProcess third(options());
        EXPECT_EQ(BusClient(third.address()).streamId(), after);
        EXPECT_EQ(timesIn(third.log(), "state file"), 0U) << third.log();
    }

    static void changeHeader(std::string& bytes, const std::function<void(StateHeader&)>& change) {
        auto& header = *reinterpret_cast<StateHeader*>(bytes.data());
        change(header);
        header.checksum =
            checksum(std::as_bytes(std::span(&header, 1)).first(offsetof(StateHeader, checksum)));
    }

private:
    std::string expectOneWarning(const std::string& reason) {
        DaemonProcess second(options());
        EXPECT_EQ(timesIn(second.log(), "warning: "), 1U) << second.log();
        EXPECT_THAT(second.log(),
                    HasSubstr("warning: state file " + stateFile() + ": " + reason + ", starting anew\n"));
        const BusClient client(second.address());
        EXPECT_EQ(client.number(names::property::FirstId), 1U);
        return client.streamId();
    }
};

TEST_F(RestartOnAForeignState, OfAnotherVersion) {
    expectAnewAfter([](std::string& bytes) { changeHeader(bytes, [](StateHeader& h) { ++h.layout; }); },
                    "from another version of keventd");
}

TEST_F(RestartOnAForeignState, OfAnotherBoot) {
    expectAnewAfter(
        [](std::string& bytes) { changeHeader(bytes, [](StateHeader& h) { h.boot = SD_ID128_NULL; }); },
        "from another boot");
}

TEST_F(RestartOnAForeignState, ThatIsTruncated) {
    expectAnewAfter([](std::string& bytes) { bytes.resize(bytes.size() / 2); }, "truncated, or grown");
}

TEST_F(RestartOnAForeignState, ThatIsEmpty) {
    expectAnewAfter([](std::string& bytes) { bytes.clear(); }, "truncated");
}

TEST_F(RestartOnAForeignState, ThatIsNone) {
    expectAnewAfter([](std::string& bytes) { bytes[0] = '#'; }, "no state of keventd");
}

TEST_F(RestartOnAForeignState, WithABitFlippedInItsHeader) {
    expectAnewAfter([](std::string& bytes) { bytes[40] = static_cast<char>(bytes[40] ^ 4); },
                    "its header is damaged");
}

TEST_F(RestartOnAForeignState, WithABitFlippedInItsHistory) {
    expectAnewAfter([](std::string& bytes) { bytes[4096 + 200] = static_cast<char>(bytes[4096 + 200] ^ 4); },
                    "its history begins with a damaged record");
}

TEST_F(RestartOnAForeignState, WithAHistoryOfZeroes) {
    expectAnewAfter([](std::string& bytes) { bytes.replace(4096, 4096, 4096, '\0'); },
                    "its history has a damaged header");
}

} // namespace
} // namespace keventd::test
