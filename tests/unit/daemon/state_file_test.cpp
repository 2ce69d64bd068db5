// Memory that outlives the daemon.

#include "daemon/state_file.h"

#include "daemon/base/errors.h"
#include "tests/support/temporary_directory.h"

#include <algorithm>
#include <fstream>
#include <gmock/gmock.h>
#include <sys/stat.h>

namespace keventd::test {
namespace {

using testing::HasSubstr;

constexpr std::size_t MiB = 1024 * 1024;
constexpr std::array<StateRegion, 2> Regions{StateRegion{"small", 100, 100}, {"large", 16 * MiB, MiB}};

class StateFileTest : public testing::Test {
protected:
    TemporaryDirectory directory_;
    const std::string path_ = directory_.file("state");

    [[nodiscard]] StateFile make() const {
        StateFile file = StateFile::create(path_, Regions);
        file.takePlace();
        return file;
    }
    [[nodiscard]] std::string whyNot(std::span<const StateRegion> regions = Regions) const {
        const auto opened = StateFile::open(path_, regions);
        const auto* why = std::get_if<NotBelieved>(&opened);
        return why == nullptr ? "it was taken up" : why->reason;
    }
    [[nodiscard]] StateFile open() const {
        auto opened = StateFile::open(path_, Regions);
        return std::get<StateFile>(std::move(opened));
    }
    [[nodiscard]] std::string fatalError() const {
        try {
            static_cast<void>(StateFile::open(path_, Regions));
        } catch (const FatalError& error) {
            return error.what();
        }
        return "";
    }
    [[nodiscard]] std::size_t allocatedBytes() const {
        struct stat status {};
        stat(path_.c_str(), &status);
        return static_cast<std::size_t>(status.st_blocks) * 512;
    }
};

TEST_F(StateFileTest, IsMissingWithoutAReason) {
    EXPECT_EQ(whyNot(), "");
}

TEST_F(StateFileTest, KeepsWhatWasWritten) {
    std::string stream;
    {
        const StateFile file = make();
        stream = file.streamId();
        EXPECT_EQ(stream.size(), 32U);
        file.region(0)[99] = std::byte{1};
        file.region(1)[MiB - 1] = std::byte{2};
    }
    const StateFile again = open();
    EXPECT_EQ(again.streamId(), stream);
    EXPECT_EQ(again.region(0)[99], std::byte{1});
    EXPECT_EQ(again.region(1)[MiB - 1], std::byte{2});
}

TEST_F(StateFileTest, HasPartsOfTheirSizesThatDoNotTouch) {
    const StateFile file = make();
    EXPECT_EQ(file.region(0).size(), 100U);
    EXPECT_EQ(file.region(1).size(), 16 * MiB);
    EXPECT_EQ(file.region(1).data() - file.region(0).data(), 4096);
}

TEST_F(StateFileTest, HasNewZeroesAndANewStreamEachTimeItIsMade) {
    const StateFile first = make();
    first.region(0)[0] = std::byte{1};
    const StateFile second = make();
    EXPECT_NE(second.streamId(), first.streamId());
    EXPECT_EQ(second.region(0)[0], std::byte{0});
    EXPECT_EQ(open().streamId(), second.streamId());
}

TEST_F(StateFileTest, IsNotThereBeforeItTakesItsPlace) {
    const StateFile file = StateFile::create(path_, Regions);
    EXPECT_EQ(whyNot(), "");
    EXPECT_EQ(make().region(0)[0], std::byte{0}) << "although the one before was left beside it";
}

TEST_F(StateFileTest, IsForItsOwnerAlone) {
    const StateFile file = make();
    EXPECT_EQ(std::filesystem::status(path_).permissions(), std::filesystem::perms(0600));
}

TEST_F(StateFileTest, AllocatesNoMoreThanIsAskedFor) {
    StateFile file = make();
    const std::size_t before = allocatedBytes();
    EXPECT_LT(before, 2 * MiB);
    EXPECT_EQ(file.reserve(1, 3 * MiB + 1), 3 * MiB + MiB / 4);
    EXPECT_GE(allocatedBytes(), before + 2 * MiB);
    EXPECT_LT(allocatedBytes(), before + 3 * MiB);
    EXPECT_EQ(file.reserve(1, 16 * MiB), 16 * MiB) << "its end";
    EXPECT_EQ(file.reserve(1, 1), 16 * MiB) << "nothing is given back";
}

TEST_F(StateFileTest, GivesBackWhatIsNotNeededAnyMore) {
    StateFile file = make();
    const std::size_t before = allocatedBytes();
    ASSERT_EQ(file.reserve(1, 16 * MiB), 16 * MiB);
    file.region(1)[16 * MiB - 1] = std::byte{2};
    EXPECT_EQ(file.release(1, 2 * MiB), 2 * MiB);
    EXPECT_LT(allocatedBytes(), before + 2 * MiB);
    EXPECT_EQ(file.release(1, 3 * MiB), 2 * MiB) << "there is no more";
    ASSERT_EQ(file.reserve(1, 16 * MiB), 16 * MiB);
    EXPECT_EQ(file.region(1)[16 * MiB - 1], std::byte{0});
}

TEST_F(StateFileTest, KeepsWhatWasWrittenWhenItIsAllocatedAgain) {
    StateFile file = make();
    ASSERT_EQ(file.reserve(1, 2 * MiB), 2 * MiB);
    file.region(1)[2 * MiB - 1] = std::byte{2};
    StateFile again = open();
    EXPECT_EQ(again.reserve(1, 2 * MiB), 2 * MiB);
    EXPECT_EQ(again.region(1)[2 * MiB - 1], std::byte{2});
}

TEST_F(StateFileTest, IsNotTakenUpWhenItIsTruncated) {
    static_cast<void>(make());
    std::filesystem::resize_file(path_, 5 * MiB);
    EXPECT_THAT(whyNot(), HasSubstr("truncated"));
    std::filesystem::resize_file(path_, 100);
    EXPECT_THAT(whyNot(), HasSubstr("truncated"));
    std::filesystem::resize_file(path_, 0);
    EXPECT_THAT(whyNot(), HasSubstr("truncated"));
}

TEST_F(StateFileTest, IsNotTakenUpWithOtherParts) {
    static_cast<void>(make());
    const std::array<StateRegion, 2> others{StateRegion{"small", 100, 100}, {"large", 8 * MiB, MiB}};
    EXPECT_THAT(whyNot(others), HasSubstr("large"));
}

TEST_F(StateFileTest, IsNoDirectory) {
    std::filesystem::create_directory(path_);
    EXPECT_THAT(fatalError(), HasSubstr(path_));
}

TEST_F(StateFileTest, IsNoLinkWhichIsNotFollowed) {
    std::ofstream(directory_.file("precious")) << "precious";
    std::filesystem::create_symlink(directory_.file("precious"), path_);
    EXPECT_THAT(fatalError(), HasSubstr(path_));
    EXPECT_EQ(readFile(directory_.file("precious")), "precious");
}

TEST_F(StateFileTest, IsNoPipeAndWaitsForNobody) {
    ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
    EXPECT_THAT(fatalError(), HasSubstr(path_ + " is no regular file"));
}

} // namespace
} // namespace keventd::test
