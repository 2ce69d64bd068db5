// What the daemon takes up of what an earlier one has left.

#include "daemon/saved_state.h"

#include "tests/support/temporary_directory.h"
#include "tests/unit/support/events.h"

#include <fstream>

namespace keventd::test {
namespace {

class SavedStateTest : public testing::Test {
protected:
    TemporaryDirectory directory_;

    [[nodiscard]] std::string directory() const { return directory_.path().string(); }
    void flipByteAt(std::streamoff offset) const {
        std::fstream file(directory_.file("state"), std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(offset);
        const int byte = file.get();
        file.seekp(offset);
        file.put(static_cast<char>(byte ^ 1));
    }
};

TEST_F(SavedStateTest, GoesOnWithTheSameStream) {
    std::string stream;
    {
        SavedState before(directory(), History::MinBytes);
        stream = before.streamId();
        before.history().append(kernel(7));
    }
    SavedState after(directory(), History::MinBytes);
    EXPECT_EQ(after.streamId(), stream);
    ASSERT_EQ(after.history().nextId(), 2U);
    EXPECT_EQ(after.history().at(1).seqnum, 7U);
}

TEST_F(SavedStateTest, KnowsThatItsStreamHasBegun) {
    {
        SavedState before(directory(), History::MinBytes);
        EXPECT_FALSE(before.hasBegun());
        before.keepBegun();
    }
    EXPECT_TRUE(SavedState(directory(), History::MinBytes).hasBegun());
    EXPECT_FALSE(SavedState(directory(), 2 * History::MinBytes).hasBegun()) << "of another stream";
}

TEST_F(SavedStateTest, KnowsHowFarItsStreamHasHeard) {
    {
        SavedState before(directory(), History::MinBytes);
        EXPECT_FALSE(before.heardOfKernel());
        before.keepHeardOfKernel(0);
        before.keepHeardOfUdev(7);
    }
    const SavedState after(directory(), History::MinBytes);
    EXPECT_EQ(after.heardOfKernel(), 0U);
    EXPECT_EQ(after.heardOfUdev(), 7U);
}

TEST_F(SavedStateTest, BeginsAnewWithAHistoryOfAnotherSize) {
    const std::string before = SavedState(directory(), History::MinBytes).streamId();
    SavedState after(directory(), 2 * History::MinBytes);
    EXPECT_NE(after.streamId(), before);
    EXPECT_EQ(after.history().nextId(), 1U);
    EXPECT_EQ(SavedState(directory(), 2 * History::MinBytes).streamId(), after.streamId());
}

TEST_F(SavedStateTest, BeginsAnewWithADamagedHistory) {
    std::string before;
    {
        SavedState state(directory(), History::MinBytes);
        before = state.streamId();
        state.history().append(kernel(7));
    }
    flipByteAt(StatePageBytes + 100);
    SavedState after(directory(), History::MinBytes);
    EXPECT_NE(after.streamId(), before);
    EXPECT_EQ(after.history().nextId(), 1U);
}

TEST_F(SavedStateTest, TakesUpAHistoryThatHasGrown) {
    constexpr std::size_t bytes = 4U << 20U;
    {
        SavedState before(directory(), bytes);
        for (std::uint64_t n = 1; n <= 20'000; ++n) before.history().append(kernel(n));
    }
    SavedState after(directory(), bytes);
    ASSERT_EQ(after.history().nextId(), 20'001U);
    for (std::uint64_t n = 20'001; n <= 60'000; ++n) after.history().append(kernel(n));
    EXPECT_EQ(SavedState(directory(), bytes).history().firstId(), after.history().firstId());
    EXPECT_GT(after.history().firstId(), 1U);
}

} // namespace
} // namespace keventd::test
