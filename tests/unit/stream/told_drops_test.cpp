// Drops that have been told of, across daemons.

#include "daemon/stream/own_event.h"
#include "daemon/stream/told_drops.h"

#include "keventd/names.h"
#include "tests/unit/support/events.h"

#include <array>
#include <span>

namespace keventd::test {
namespace {

class ToldDropsTest : public testing::Test {
protected:
    static constexpr std::uint64_t Socket = 4711;

    static ToldDrops cleared(std::span<std::byte> words) {
        ToldDrops drops("kernel", words);
        drops.clear();
        return drops;
    }

    /// As the next daemon would find it.
    [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t socket,
                                                    const std::vector<Event>& left = {}) {
        return ToldDrops("kernel", words_).find(socket, left);
    }
    static Event overrun(std::uint64_t number, const char* count, const char* source = "kernel") {
        Event event;
        event.id = number;
        event.source = names::source::Keventd;
        event.action = names::action::Overrun;
        event.properties.set(names::key::Source, source);
        event.properties.set(names::key::Count, count);
        return event;
    }

    /// Tells of so many, by an event of this number in the log.
    void add(std::uint64_t count, std::uint64_t number, bool isWritten = true) {
        drops_.add(count, overrun(number, "of no matter"), isWritten);
    }

    alignas(8) std::array<std::byte, ToldDrops::bytes()> words_{};
    ToldDrops drops_ = cleared(words_);
};

TEST_F(ToldDropsTest, AreNotKnownAtFirst) {
    EXPECT_FALSE(find(Socket));
}

TEST_F(ToldDropsTest, AreThoseOfTheSameSocket) {
    drops_.begin(Socket, 7, 0);
    EXPECT_EQ(find(Socket), 7U);
    EXPECT_FALSE(find(Socket + 1));
}

TEST_F(ToldDropsTest, AddUpModuloTheKernelsCounter) {
    drops_.begin(Socket, 7, 0);
    add(3, 1);
    EXPECT_EQ(find(Socket), 10U);
    add(0xffff'ffff, 2);
    EXPECT_EQ(find(Socket), 9U);
}

TEST_F(ToldDropsTest, ContainWhatIsInTheLogAndWasNotYetCounted) {
    drops_.begin(Socket, 0, 0);
    add(3, 5);
    EXPECT_EQ(find(Socket, {overrun(5, "3"), overrun(6, "4")}), 7U);
    EXPECT_EQ(find(Socket, {overrun(5, "3"), kernel(7)}), 3U);
}

TEST_F(ToldDropsTest, AreNotThoseOfASpool) {
    drops_.begin(Socket, 0, 0);
    Event early = overrun(5, "3");
    early.flags = EventFlag::Early;
    EXPECT_EQ(find(Socket, {early, overrun(6, "4")}), 4U);
}

TEST_F(ToldDropsTest, AreNoMessagesThatWereInNoSocket) {
    drops_.begin(Socket, 3, 10);
    Event missing = missingEvent("kernel", 5, 7);
    missing.id = 11;
    EXPECT_EQ(find(Socket, {missing}), 3U);
}

TEST_F(ToldDropsTest, AreNotThoseOfAnotherSource) {
    drops_.begin(Socket, 0, 0);
    EXPECT_EQ(find(Socket, {overrun(1, "4", "udev")}), 0U);
}

TEST_F(ToldDropsTest, GoOnBehindTheNumbersOfTheDaemonBefore) {
    drops_.begin(Socket, 0, 0);
    add(3, 9'000);
    ToldDrops next("kernel", words_);
    next.begin(Socket, find(Socket).value_or(0), 0); // the log was empty, and counts anew
    EXPECT_EQ(find(Socket, {overrun(1, "4")}), 7U);
}

TEST_F(ToldDropsTest, TellNumbersApartThatHaveRunThroughTheirBits) {
    constexpr std::uint64_t all = std::uint64_t{1} << ToldDrops::NumberBits;
    drops_.begin(Socket, 0, 0);
    add(3, all - 1);
    EXPECT_EQ(find(Socket, {overrun(all - 1, "3"), overrun(all, "4")}), 7U);
}

TEST_F(ToldDropsTest, AreCountedLaterIfTheirEventWasNotWritten) {
    drops_.begin(Socket, 0, 0);
    add(3, 1, false);
    EXPECT_EQ(find(Socket), 0U) << "they are told again";
    add(4, 2);
    EXPECT_EQ(find(Socket), 7U);
}

TEST_F(ToldDropsTest, GoWithTheNumbersOfTheLog) {
    constexpr std::uint64_t far = std::uint64_t{3} << (ToldDrops::NumberBits - 1);
    drops_.begin(Socket, 0, 0);
    add(3, 1);
    drops_.goTo(far);
    EXPECT_EQ(find(Socket, {overrun(far + 1, "4")}), 7U);
}

TEST_F(ToldDropsTest, KnowWhetherTheSocketIsThatOfTheLastDaemonThatHasSettled) {
    drops_.begin(Socket, 0, 0);
    EXPECT_FALSE(drops_.goesOn());
    drops_.settle();
    ToldDrops killed("kernel", words_);
    killed.begin(Socket + 1, 0, 0);
    EXPECT_FALSE(killed.goesOn());
    ToldDrops next("kernel", words_);
    next.begin(Socket + 1, 0, 0);
    EXPECT_FALSE(next.goesOn()) << "the one before had not said what nobody has listened to";
    next.settle();
    ToldDrops last("kernel", words_);
    last.begin(Socket + 1, 0, 0);
    EXPECT_TRUE(last.goesOn());
}

TEST_F(ToldDropsTest, AreSoundAsLongAsNobodyElseWritesThere) {
    EXPECT_TRUE(drops_.isSound());
    drops_.begin(Socket, 7, 1);
    EXPECT_TRUE(drops_.isSound());
    for (std::byte& byte : words_) {
        byte ^= std::byte{1};
        EXPECT_FALSE(drops_.isSound());
        byte ^= std::byte{1};
    }
    words_ = {};
    EXPECT_FALSE(drops_.isSound());
}

} // namespace
} // namespace keventd::test
