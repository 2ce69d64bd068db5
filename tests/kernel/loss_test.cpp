// A receive buffer that is too small: the loss is told, exactly and in its place, and the stream goes on.

#include "daemon/base/message_ids.h"
#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/support/journal_socket.h"

#include <chrono>
#include <gtest/gtest.h>
#include <iterator>
#include <thread>
#include <utility>

namespace keventd::test {
namespace {

constexpr int TinyBufferBytes = 8192; // the kernel doubles it: room for about 19 events
constexpr std::uint64_t Flood = 500;

// The tiny socket that a daemon inherits, and a witness that has seen the very same messages.
class Loss : public KernelTest {
protected:
    void SetUp() override {
        KernelTest::SetUp();
        if (IsSkipped()) return;
        const Deadline deadline;
        do { // again, if somebody's event came between the two
            ASSERT_FALSE(deadline.expired()) << "this machine is never quiet";
            before_ = newestSeqnum();
            witness_.emplace();
            tiny_ = openUeventSocket(KernelGroup, TinyBufferBytes);
        } while (newestSeqnum() != before_);
    }

    [[nodiscard]] DaemonOptions withTinySocket() const { return {.inherited = {tiny_.get()}}; }

    // Waits until the overruns that the daemon has told, and the events that it has let through, are all that
    // was sent: of whomever, at whatever moment, so that both are read again until they agree.
    void expectLossExactly(Subscriber& subscriber) {
        std::uint64_t told = 0;
        std::uint64_t sent = 1;
        for (const Deadline deadline; told != sent && !deadline.expired();) {
            ASSERT_TRUE(subscriber.waitForSync());
            told = accountedFor(subscriber.events());
            sent = witness_->seqnums().size();
        }
        EXPECT_EQ(told, sent);
        expectSoundStream(subscriber.events());
        expectRangesHold(subscriber.events(), witness_->seqnums());
    }

    /// The same of what was sent after this SEQNUM, beside a witness of one's own.
    static void expectAccountedForSince(std::uint64_t before, Subscriber& subscriber,
                                        UeventWitness& witness) {
        std::uint64_t told = 0;
        std::uint64_t sent = 1;
        for (const Deadline deadline; told != sent && !deadline.expired();) {
            ASSERT_TRUE(subscriber.waitForSync());
            told = accountedFor(subscriber.events(), before);
            const std::set<std::uint64_t>& all = witness.seqnums();
            sent = static_cast<std::uint64_t>(std::distance(all.upper_bound(before), all.end()));
        }
        EXPECT_EQ(told, sent);
    }

    void write(std::uint64_t count) { writer_.write(count); }

    std::optional<UeventWitness> witness_;
    UeventWriter writer_;

private:
    static std::uint64_t accountedFor(const Events& events, std::uint64_t after = 0) {
        std::uint64_t count = 0;
        for (const Event& event : events) {
            if (event.source == names::source::Kernel && event.seqnum > after) ++count;
            if (isOverrun(event)) count += numberIn(event, names::key::Count);
        }
        return count;
    }

    // Each lost SEQNUM lies in the range of an overrun.
    static void expectRangesHold(const Events& events, std::set<std::uint64_t> missing) {
        for (const std::uint64_t seqnum : seqnumsOf(events, names::source::Kernel)) missing.erase(seqnum);
        for (const Event* overrun : select(events, isOverrun)) {
            missing.erase(missing.lower_bound(numberIn(*overrun, names::key::SeqnumFrom)),
                          missing.upper_bound(numberIn(*overrun, names::key::SeqnumTo)));
        }
        EXPECT_TRUE(missing.empty()) << missing.size() << " lost events are in no range";
    }

    std::uint64_t before_ = 0;
    UniqueFd tiny_;
};

TEST_F(Loss, InASocketThatOverranBeforeTheDaemonCameIsToldExactly) {
    write(Flood);
    DaemonProcess daemon(withTinySocket());
    Subscriber subscriber(daemon.address(), {.since = 0});
    expectLossExactly(subscriber);
    EXPECT_EQ(select(subscriber.events(), isOverrun).size(), 1U);
}

TEST_F(Loss, WhileTheDaemonIsFrozenIsToldExactly) {
    DaemonProcess daemon(withTinySocket());
    Subscriber subscriber(daemon.address(), {.since = 0});
    daemon.freeze();
    write(Flood);
    daemon.thaw();
    expectLossExactly(subscriber);
}

// By a daemon with the buffer of a socket unit: nothing is lost while the storm fits it.
TEST_F(Loss, WhileTheDaemonIsFrozenForThreeSecondsOfAStormIsNoneOrToldExactly) {
    const UniqueFd socket = openUeventSocket(KernelGroup, 128 * 1024 * 1024);
    DaemonProcess daemon({.arguments = {"--history=4G"}, .inherited = {socket.get()}});
    Subscriber subscriber(daemon.address(), {.since = 0});
    UeventWitness witness; // its buffer holds four times as much
    const std::uint64_t before = newestSeqnum();
    PacedWriters writers(2, std::chrono::milliseconds(0));
    daemon.freeze();
    std::this_thread::sleep_for(std::chrono::seconds(3));
    daemon.thaw();
    writers.stop();
    expectAccountedForSince(before, subscriber, witness);
    expectSoundStream(subscriber.events());
}

TEST_F(Loss, AgainAndAgainIsToldExactlyEachTime) {
    constexpr std::size_t rounds = 5;
    DaemonProcess daemon(withTinySocket());
    Subscriber subscriber(daemon.address(), {.since = 0});
    for (std::size_t round = 1; round <= rounds; ++round) {
        daemon.freeze();
        write(Flood);
        daemon.thaw();
        ASSERT_TRUE(
            subscriber.waitUntil([&] { return select(subscriber.events(), isOverrun).size() == round; }));
    }
    expectLossExactly(subscriber);
}

TEST_F(Loss, DuringAStormThatNeverPausesIsToldExactly) {
    DaemonProcess daemon(withTinySocket());
    Subscriber subscriber(daemon.address(), {.since = 0});
    UeventWriters(3, 5'000).join();
    expectLossExactly(subscriber);
}

// The count must not run ahead of what is missing by then: that would be a place before the loss.
TEST_F(Loss, StandsNeverBeforeWhatWasQueuedBeforeIt) {
    DaemonProcess daemon(withTinySocket());
    Subscriber subscriber(daemon.address(), {.since = 0});
    UeventWriters(1, 20'000).join();
    expectLossExactly(subscriber);

    std::set<std::uint64_t> missing = witness_->seqnums();
    for (const std::uint64_t seqnum : seqnumsOf(subscriber.events(), names::source::Kernel))
        missing.erase(seqnum);
    std::uint64_t told = 0;
    for (const Event& event : subscriber.events()) {
        if (isOverrun(event)) told += numberIn(event, names::key::Count);
        if (event.source != names::source::Kernel || told == 0) continue;
        const auto missingBefore = std::distance(missing.begin(), missing.lower_bound(event.seqnum));
        ASSERT_GE(static_cast<std::uint64_t>(missingBefore), told) << event.seqnum;
    }
}

TEST_F(Loss, ThatWasToldIsNotToldAgainByTheNextDaemonOnTheSocket) {
    write(Flood);
    {
        DaemonProcess first(withTinySocket());
        Subscriber subscriber(first.address(), {.since = 0});
        ASSERT_NE(subscriber.waitForEvent(isOverrun), nullptr);
        EXPECT_EQ(first.stop(), 0);
    }
    DaemonProcess second(withTinySocket());
    write(1);
    Subscriber subscriber(second.address(), {.since = 0});
    ASSERT_TRUE(subscriber.waitForSync());
    EXPECT_TRUE(select(subscriber.events(), isOverrun).empty());
}

TEST_F(Loss, StandsBetweenTheEventsBeforeAndBehindIt) {
    write(Flood);
    DaemonProcess daemon(withTinySocket());
    Subscriber subscriber(daemon.address(), {.since = 0});
    const Event* overrun = subscriber.waitForEvent(isOverrun);
    ASSERT_NE(overrun, nullptr);
    write(1);
    ASSERT_TRUE(subscriber.waitForSync());

    const auto ours = writtenBy(subscriber.events(), writer_.uuid());
    for (const Event* event : ours) {
        EXPECT_EQ(event->id < overrun->id, event->seqnum < numberIn(*overrun, names::key::SeqnumFrom));
        EXPECT_EQ(event->id > overrun->id, event->seqnum > numberIn(*overrun, names::key::SeqnumTo));
    }
    EXPECT_GT(ours.back()->id, overrun->id);
}

TEST_F(Loss, NamesItsSourceAndItsSubsystem) {
    write(Flood);
    DaemonProcess daemon(withTinySocket());
    Subscriber subscriber(daemon.address(), {.since = 0});
    const Event* overrun = subscriber.waitForEvent(isOverrun);
    ASSERT_NE(overrun, nullptr);
    EXPECT_EQ(overrun->subsystem, names::source::Keventd);
    EXPECT_EQ(overrun->object, "");
    EXPECT_EQ(overrun->seqnum, 0U);
    EXPECT_EQ(overrun->properties.find(names::key::Source), names::source::Kernel);
}

TEST_F(Loss, IsToldToASubscriberWhoseFilterMatchesNothingElse) {
    write(Flood);
    DaemonProcess daemon(withTinySocket());
    const Wanted nothing{.filters = {{names::option::Subsystems, {"no-such-subsystem"}}}, .since = 0};
    Subscriber subscriber(daemon.address(), nothing);
    ASSERT_NE(subscriber.waitForEvent(isOverrun), nullptr);
    for (const Event& event : subscriber.events()) EXPECT_EQ(event.source, names::source::Keventd);
}

TEST_F(Loss, IsCountedInTheStatistics) {
    write(Flood);
    DaemonProcess daemon(withTinySocket());
    Subscriber subscriber(daemon.address(), {.since = 0});
    const Event* overrun = subscriber.waitForEvent(isOverrun);
    ASSERT_NE(overrun, nullptr);
    EXPECT_EQ(daemon.statistics().at("kernel.dropped"), numberIn(*overrun, names::key::Count));
}

// The mark is taken before the socket is read.
TEST_F(Loss, ShowsInTheHighWaterMark) {
    write(Flood);
    DaemonProcess daemon(withTinySocket());
    const auto statistics = daemon.statistics();
    EXPECT_EQ(statistics.at("kernel.buffer_bytes"), static_cast<std::uint64_t>(TinyBufferBytes));
    EXPECT_GT(statistics.at("kernel.max_queued_bytes"), statistics.at("kernel.buffer_bytes") / 2);
}

TEST_F(Loss, IsCountedBesideWhatWasPublished) {
    write(Flood);
    DaemonProcess daemon(withTinySocket());
    Subscriber subscriber(daemon.address(), {.since = 0});
    ASSERT_NE(subscriber.waitForEvent(isOverrun), nullptr);
    ASSERT_TRUE(subscriber.waitForSync());
    const auto statistics = daemon.statistics();
    EXPECT_GT(statistics.at("kernel.published"), 0U);
    EXPECT_EQ(statistics.at("kernel.published") + statistics.at("stream.waiting"),
              statistics.at("kernel.received"));
    EXPECT_GE(statistics.at("keventd.published"), 1U);
}

TEST_F(Loss, IsFoundInTheJournalByItsIdAndFields) {
    const JournalSocket journal;
    DaemonOptions options = withTinySocket();
    journal.attach(options);
    write(Flood);
    DaemonProcess daemon(std::move(options));
    const JournalSocket::Entry entry = journal.waitForId(message_id::Overrun.digits);
    ASSERT_FALSE(entry.empty());
    EXPECT_EQ(entry.at("KEVENTD_SOURCE"), "kernel");
    EXPECT_EQ(entry.at("KEVENTD_COUNT"), std::to_string(daemon.statistics().at("kernel.dropped")));
    EXPECT_EQ(entry.at("PRIORITY"), "4");
    EXPECT_EQ(entry.at("SYSLOG_IDENTIFIER"), "keventd");
    EXPECT_NE(entry.at("MESSAGE").find("kernel socket overrun"), std::string::npos);
}

TEST_F(Loss, IsFoundInTheJournalWithTheComparisonThatFollowsIt) {
    const JournalSocket journal;
    DaemonOptions options = withTinySocket();
    journal.attach(options);
    write(Flood);
    const DaemonProcess daemon(std::move(options));
    const JournalSocket::Entry entry = journal.waitForId(message_id::Resynced.digits);
    ASSERT_FALSE(entry.empty());
    EXPECT_EQ(entry.at("KEVENTD_SOURCE"), "kernel");
}

TEST_F(Loss, IsNotSpokenOfInTheJournalWhenAComparisonWasAskedFor) {
    const JournalSocket journal;
    DaemonOptions options;
    journal.attach(options);
    const DaemonProcess daemon(std::move(options));
    const BusClient client(daemon.address());
    static_cast<void>(client.send(client.newCall(names::method::Resync)));
    for (const char* source : {"kernel", "udev"}) {
        const JournalSocket::Entry entry = journal.waitForText(std::string(source) + " resynchronised");
        ASSERT_FALSE(entry.empty());
        EXPECT_FALSE(entry.contains("MESSAGE_ID"));
    }
}

TEST_F(Loss, IsWrittenToTheLogOnce) {
    write(Flood);
    DaemonProcess daemon(withTinySocket());
    Subscriber subscriber(daemon.address(), {.since = 0});
    ASSERT_NE(subscriber.waitForEvent(isOverrun), nullptr);
    const std::string log = daemon.log();
    const std::size_t told = log.find("kernel socket overrun");
    EXPECT_NE(told, std::string::npos) << log;
    EXPECT_EQ(log.find("kernel socket overrun", told + 1), std::string::npos) << log;
}

} // namespace
} // namespace keventd::test
