// A history whose writer is killed by SIGKILL: at random moments, and between any two instructions.
//
// KEVENTD_KILL_ROUNDS says how often, if not as often as suits ./test.

#include "daemon/stream/history.h"

#include "tests/support/sanitizer.h"
#include "tests/support/shared_memory.h"
#include "tests/unit/stream/history_memory.h"
#include "tests/unit/stream/stepped_process.h"
#include "tests/unit/support/events.h"
#include "tests/unit/support/killed_process.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <memory>
#include <random>
#include <thread>

namespace keventd::test {
namespace {

// Most are small, and each depends on its id alone.
Event eventFor(std::uint64_t id) {
    std::minstd_rand random(static_cast<std::minstd_rand::result_type>(id * 2654435761U + 1));
    const std::size_t limit = random() % 50 == 0 ? 100'000 : random() % 8 == 0 ? 8'000 : 300;
    Event event = kernel(id);
    event.boottime = std::chrono::milliseconds(id);
    event.properties.set("KEY", std::string(random() % limit, static_cast<char>('a' + id % 26)));
    return event;
}

/// @param appended  is told the id of each event when it has been appended
[[noreturn]] void append(std::span<std::byte> memory, std::atomic<std::uint64_t>& appended) {
    for (History history = reopened(memory);;) appended = history.append(eventFor(history.nextId()));
}

class KilledHistory : public testing::Test {
protected:
    KilledHistory() { History{memory()}; }

    [[nodiscard]] std::span<std::byte> memory() const { return *memory_; }
    [[nodiscard]] std::atomic<std::uint64_t>& appended() const { return *appended_; }

    static std::uint64_t rounds() {
        const char* wanted = std::getenv("KEVENTD_KILL_ROUNDS");
        return wanted == nullptr ? 500 : std::stoull(wanted);
    }

    void expectWhatWasAppended() const {
        const std::string why = whyNotBelieved(memory());
        ASSERT_EQ(why, "");
        const History history = reopened(memory());
        ASSERT_GE(history.nextId(), appended() + 1) << "what was appended is gone";
        ASSERT_LE(history.nextId(), appended() + 2);
        for (std::uint64_t id = history.firstId(); id < history.nextId(); ++id) {
            ASSERT_EQ(history.at(id).id, id);
            ASSERT_TRUE(isSameButForId(ownedCopy(history.at(id)), eventFor(id))) << id;
        }
    }

private:
    // Shared with the writer, as that of a file would be.
    SharedMemory<std::array<std::byte, History::MinBytes>> memory_;
    SharedMemory<std::atomic<std::uint64_t>> appended_;
};

TEST_F(KilledHistory, KeepsWhatWasAppendedWheneverItsWriterIsKilled) {
    std::minstd_rand random(1);
    for (std::uint64_t round = 0; round < rounds(); ++round) {
        {
            const KilledProcess writer([this] { append(memory(), appended()); });
            std::this_thread::sleep_for(std::chrono::microseconds(random() % 3'000));
        }
        ASSERT_NO_FATAL_FAILURE(expectWhatWasAppended()) << "round " << round;
    }
    EXPECT_GT(reopened(memory()).firstId(), 1U) << "it has never been full";
}

// A sanitizer makes ten instructions out of one.
constexpr std::uint64_t InstructionsPerLook = UnderAddressSanitizer ? 64 : 1;

class SteppedHistory : public KilledHistory {
protected:
    static Event eventOfSize(std::uint64_t number, std::size_t bytes) {
        Event event = kernel(number);
        event.boottime = std::chrono::seconds(number);
        event.properties.set("KEY", std::string(bytes, static_cast<char>('a' + number % 26)));
        return event;
    }

    /// Appends events until one has gone to the beginning of the ring, and takes that back.
    void fillUpToItsEnd(std::size_t bytes) {
        History history(memory());
        const char* before = nullptr;
        for (std::vector<std::byte> saved;;) {
            saved.assign(memory().begin(), memory().end());
            const char* place = history.at(history.append(eventOfSize(history.nextId(), bytes))).source;
            if (place < before) {
                std::copy(saved.begin(), saved.end(), memory().begin());
                return;
            }
            before = place;
        }
    }

    /// Has the events appended, and after each instruction expects one of the histories from before and after
    /// each of them.
    /// @param every  looks only after so many instructions that have not changed a word of the history's own:
    ///               to copy a byte may be one
    void stepThrough(const std::vector<Event>& events, std::uint64_t every = 1) {
        const auto append = [&]() -> std::function<void()> {
            return [history = std::make_shared<History>(reopened(memory())), &events] {
                for (const Event& event : events) history->append(event);
            };
        };
        SteppedProcess writer(append);
        if (!writer.canBeStepped()) GTEST_SKIP() << "cannot trace a process";
        const std::uint64_t first = reopened(memory()).nextId();
        std::vector<std::byte> seen(memory().begin(), memory().end());
        std::uint64_t next = first;
        std::uint64_t states = 0;
        for (std::uint64_t steps = 0; writer.step(); ++steps) {
            const bool hasSameWords = std::equal(seen.begin(), seen.begin() + WordsBytes, memory().begin());
            if (hasSameWords && steps % (every * InstructionsPerLook) != 0) continue;
            if (std::equal(seen.begin(), seen.end(), memory().begin())) continue;
            ++states;
            seen.assign(memory().begin(), memory().end());
            ASSERT_EQ(whyNotBelieved(memory()), "") << "state " << states;
            const History history = reopened(memory());
            ASSERT_TRUE(history.nextId() == next || history.nextId() == next + 1);
            next = history.nextId();
            expectLast(history, first, events);
        }
        EXPECT_EQ(next, first + events.size());
        EXPECT_GT(states, 20 * events.size() / InstructionsPerLook);
    }

private:
    static constexpr std::ptrdiff_t WordsBytes = 3 * sizeof(CommitWord);

    static void expectLast(const History& history, std::uint64_t first, const std::vector<Event>& events) {
        for (std::uint64_t id = std::max(first, history.firstId()); id < history.nextId(); ++id) {
            ASSERT_TRUE(isSameButForId(ownedCopy(history.at(id)), events[id - first])) << id;
        }
    }
};

TEST_F(SteppedHistory, IsBelievedAfterEachInstructionOfTheFirstAppends) {
    stepThrough({eventOfSize(1, 10), eventOfSize(2, 1'000), eventOfSize(3, 0)});
}

TEST_F(SteppedHistory, IsBelievedAfterEachInstructionWhileTheRingBeginsAnew) {
    fillUpToItsEnd(900);
    stepThrough({eventOfSize(1, 900), eventOfSize(2, 20), eventOfSize(3, 3'000)});
}

TEST_F(SteppedHistory, IsBelievedAfterEachInstructionWhileItsIndexIsFull) {
    {
        History history(memory());
        for (int i = 0; i < 3'000; ++i) history.append(Event{});
    }
    stepThrough({eventOfSize(1, 10), eventOfSize(2, 500)});
}

// Too large to stand beside the one before: for a while there is none.
TEST_F(SteppedHistory, IsBelievedAfterEachInstructionThatChangesAWordWhileItIsEmptied) {
    constexpr std::size_t large = 130'000;
    {
        History history(memory());
        history.append(eventOfSize(1, 100));
        history.append(eventOfSize(2, large));
    }
    stepThrough({eventOfSize(3, large), eventOfSize(4, 10)}, 256);
}

} // namespace
} // namespace keventd::test
