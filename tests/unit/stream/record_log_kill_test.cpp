// A log whose writer is killed between any two instructions.

#include "tests/support/shared_memory.h"
#include "tests/unit/stream/log_words.h"
#include "tests/unit/stream/stepped_process.h"
#include "tests/unit/support/events.h"

#include <array>
#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

namespace keventd::test {
namespace {

class SteppedLog : public testing::Test {
protected:
    [[nodiscard]] RecordLog::Areas areas() const {
        return {RecordArea(memory_->at(0)), RecordArea(memory_->at(1))};
    }
    [[nodiscard]] RecordLog reopened() const { return std::get<RecordLog>(RecordLog::open(areas())); }
    using Work = std::function<void(RecordLog& log)>;

    /// After each instruction, the log is believed, and has what it has after one of the steps.
    /// @param steps  each with what the log has afterwards
    void expectOneOf(const std::vector<std::pair<std::string, Work>>& steps) {
        const auto prepare = [&]() -> std::function<void()> {
            return [log = std::make_shared<RecordLog>(reopened()), &steps] {
                for (const auto& [words, work] : steps) work(*log);
            };
        };
        SteppedProcess writer(prepare);
        if (!writer.canBeStepped()) GTEST_SKIP() << "cannot trace a process";
        std::size_t done = 0;
        const std::string before = wordsOf(reopened());
        const auto wordsAfter = [&](std::size_t count) {
            return count == 0 ? before : steps[count - 1].first;
        };
        while (writer.step()) {
            if (!hasChanged()) continue;
            auto opened = RecordLog::open(areas());
            ASSERT_TRUE(std::holds_alternative<RecordLog>(opened)) << std::get<NotBelieved>(opened).reason;
            const std::string words = wordsOf(std::get<RecordLog>(opened));
            while (done < steps.size() && words != wordsAfter(done)) ++done;
            ASSERT_EQ(words, wordsAfter(done));
        }
        EXPECT_EQ(wordsOf(reopened()), steps.back().first);
    }

    // The events are made before, and not stepped through.
    static Work append(std::uint64_t number) {
        return [number, event = kernel(number)](RecordLog& log) {
            static_cast<void>(log.append(event, number));
        };
    }
    static Work clear() {
        return [](RecordLog& log) { log.clear(); };
    }
    static Work rewriteWith(std::uint64_t number) {
        return [number, event = kernel(number)](RecordLog& log) {
            log.rewrite([&](RecordArea& area) { return area.append(event, number); });
        };
    }

private:
    static constexpr std::size_t Used = 1024; // of each area

    [[nodiscard]] bool hasChanged() {
        bool hasChanged = false;
        for (std::size_t i = 0; i < memory_->size(); ++i) {
            const std::byte* now = (*memory_)[i].data();
            if (std::memcmp(now, seen_[i].data(), Used) == 0) continue;
            std::memcpy(seen_[i].data(), now, Used);
            hasChanged = true;
        }
        return hasChanged;
    }

    // Shared with the writer, as that of a file would be.
    using Area = std::array<std::byte, RecordArea::MinBytes>;
    SharedMemory<std::array<Area, 2>> memory_;
    std::array<std::array<std::byte, Used>, 2> seen_{};
    RecordLog made_{areas()};
};

TEST_F(SteppedLog, HasWhatItHadOrWhatItWillHave) {
    expectOneOf({{"1:1", append(1)},
                 {"1:1 2:2", append(2)},
                 {"5:5", rewriteWith(5)},
                 {"5:5 6:6", append(6)},
                 {"7:7", rewriteWith(7)},
                 {"", clear()},
                 {"9:9", append(9)},
                 {"3:3", rewriteWith(3)}});
}

} // namespace
} // namespace keventd::test
