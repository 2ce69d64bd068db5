// The directory of spools: what is taken from it, what is left, and what is removed when.

#include "daemon/sources/spool.h"

#include "tests/support/temporary_directory.h"
#include "tests/unit/support/spool_bytes.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace keventd::test {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class SpoolDirectory : public testing::Test {
protected:
    SpoolDirectory() { fs::permissions(directory_.path(), fs::perms::owner_all); }

    void write(const std::string& name, const std::string& bytes) const {
        std::ofstream(path(name), std::ios::binary) << bytes;
        fs::permissions(path(name), fs::perms::owner_read | fs::perms::owner_write);
    }
    [[nodiscard]] std::string path(const std::string& name = "") const { return directory_.file(name); }

    /// @return SEQNUMs of what the spool gives
    std::vector<std::uint64_t> read() {
        testing::internal::CaptureStderr();
        early_ = spool_.read();
        log_ = testing::internal::GetCapturedStderr();
        std::vector<std::uint64_t> seqnums;
        for (const Event& event : early_.events) seqnums.push_back(event.seqnum);
        return seqnums;
    }
    using Numbers = std::vector<std::uint64_t>;

    TemporaryDirectory directory_;
    Spool spool_{directory_.path().string()};
    EarlyEvents early_;
    std::string log_;
};

std::string spoolOf(std::initializer_list<std::uint64_t> seqnums, std::uint64_t dropped = 0,
                    std::uint64_t boottimeUsec = 1000) {
    std::string bytes = spoolHeader(dropped, boottimeUsec);
    for (const std::uint64_t seqnum : seqnums) bytes += spoolRecord(spoolPayload(seqnum));
    return bytes;
}

TEST_F(SpoolDirectory, NeedNotBeThere) {
    spool_ = Spool(path("missing"));
    EXPECT_EQ(read(), Numbers());
    EXPECT_EQ(log_, "");
}

TEST_F(SpoolDirectory, GivesTheEventsOfAllSpoolsInSeqnumOrder) {
    write("1-1.spool", spoolOf({9, 3}));
    write("2-1.spool", spoolOf({4, 8, 3}));
    EXPECT_EQ(read(), (Numbers{3, 3, 4, 8, 9}));
    EXPECT_TRUE(early_.losses.empty());
    EXPECT_EQ(log_, "");
}

TEST_F(SpoolDirectory, TellsTheLossesOfEachSpoolWithTheTimeOfItsNewestRecord) {
    write("1-1.spool", spoolOf({9, 3}, 7));
    write("2-1.spool", spoolOf({4}));
    write("3-1.spool", spoolOf({}, 1, 1500));
    EXPECT_EQ(read(), (Numbers{3, 4, 9}));
    ASSERT_EQ(early_.losses.size(), 2U);
    EXPECT_EQ(early_.losses[0].count, 7U);
    EXPECT_EQ(early_.losses[0].boottime, std::chrono::microseconds(2000));
    EXPECT_EQ(early_.losses[1].count, 1U);
    EXPECT_EQ(early_.losses[1].boottime, std::chrono::microseconds(1500));
}

TEST_F(SpoolDirectory, KeepsWhatWasReadUntilItIsToldToRemoveIt) {
    write("1-1.spool", spoolOf({3}));
    EXPECT_EQ(read(), Numbers{3});
    EXPECT_EQ(Spool(path()).read().events.size(), 1U);
    spool_.remove();
    EXPECT_TRUE(fs::is_empty(path()));
}

TEST_F(SpoolDirectory, RemovesNothingThatItHasNotTaken) {
    write("1-1.spool", "garbage");
    EXPECT_EQ(read(), Numbers());
    write("2-1.spool", spoolOf({3})); // handed over since
    spool_.remove();
    EXPECT_TRUE(fs::exists(path("1-1.spool")));
    EXPECT_TRUE(fs::exists(path("2-1.spool")));
}

TEST_F(SpoolDirectory, PassesOverCopiesThatAreNotFinished) {
    write("copy.new", spoolOf({3}));
    EXPECT_EQ(read(), Numbers());
    EXPECT_EQ(log_, "");
}

TEST_F(SpoolDirectory, NamesWhatItDoesNotTakeAndLosesNothingBesideIt) {
    write("5-1.spool", spoolOf({3}));
    fs::create_symlink("5-1.spool", path("1-1.spool"));
    ASSERT_EQ(mkfifo(path("2-1.spool").c_str(), 0600), 0);
    fs::create_directory(path("3-1.spool"));
    write("4-1.spool", std::string(10'000, '\xa5'));
    write("6-1.spool", spoolOf({4}));
    fs::resize_file(path("6-1.spool"), 4 * 1024 * 1024 + 1);
    write("7-1.spool", spoolOf({5}));
    fs::permissions(path("7-1.spool"), fs::perms::others_write, fs::perm_options::add);
    write("8-1.spool", spoolOf({6}) + "cut short");
    EXPECT_EQ(read(), (Numbers{3, 6}));
    EXPECT_THAT(log_, HasSubstr("spool " + path("1-1.spool") + ": a symbolic link, ignoring\n"));
    EXPECT_THAT(log_, HasSubstr("spool " + path("2-1.spool") + ": no regular file, ignoring\n"));
    EXPECT_THAT(log_, HasSubstr("spool " + path("3-1.spool") + ": no regular file, ignoring\n"));
    EXPECT_THAT(log_, HasSubstr("spool " + path("4-1.spool") + ": no spool of keventd-hotplug, ignoring\n"));
    EXPECT_THAT(log_, HasSubstr("spool " + path("6-1.spool") + ": larger than a spool can be, ignoring\n"));
    EXPECT_THAT(log_, HasSubstr("spool " + path("7-1.spool") + ": others may write to it, ignoring\n"));
    EXPECT_THAT(log_, HasSubstr("spool " + path("8-1.spool") + ": 1 refused, the first at byte " +
                                std::to_string(spoolOf({6}).size()) + ": no record, ignoring\n"));
}

TEST_F(SpoolDirectory, IsNotTakenIfOthersMayWriteToIt) {
    write("1-1.spool", spoolOf({3}));
    fs::permissions(path(), fs::perms::others_write, fs::perm_options::add);
    EXPECT_EQ(read(), Numbers());
    EXPECT_THAT(log_, HasSubstr(": others may write to it, ignoring\n"));
}

TEST_F(SpoolDirectory, IsNotTakenIfItIsALink) {
    write("1-1.spool", spoolOf({3}));
    const TemporaryDirectory other;
    fs::create_directory_symlink(path(), other.file("link"));
    spool_ = Spool(other.file("link"));
    EXPECT_EQ(read(), Numbers());
    EXPECT_THAT(log_, HasSubstr("spool " + other.file("link") + ": "));
}

TEST_F(SpoolDirectory, IsReadInBoundsHoweverManyFilesThereAre) {
    for (std::uint64_t n = 1; n <= Spool::MaxFiles + 10; ++n)
        write(std::to_string(1000 + n) + "-1.spool", spoolOf({n}));
    EXPECT_EQ(read().size(), Spool::MaxFiles);
    EXPECT_THAT(log_, HasSubstr("too many others, ignoring"));
}

} // namespace
} // namespace keventd::test
