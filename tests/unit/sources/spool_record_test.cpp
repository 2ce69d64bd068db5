// What a spool holds, whatever has become of it.

#include "daemon/sources/spool_record.h"

#include "daemon/sources/uevent_parser.h"
#include "tests/unit/support/spool_bytes.h"

#include <gtest/gtest.h>
#include <optional>

namespace keventd::test {
namespace {

using std::chrono::microseconds;

constexpr std::array<std::uint8_t, 16> ThisBoot{1, 2, 3};
constexpr std::array<std::uint8_t, 16> AnotherBoot{3, 2, 1};

const SpoolReading Reading{.boot = ThisBoot,
                           .now = {.boottime = microseconds(5'000), .realtime = microseconds(1'000'005'000)}};

std::optional<RefusedRecord> refusalOf(const std::string& bytes, const SpoolReading& reading = Reading) {
    const auto parsed = parseSpoolRecord(bytes, reading);
    const auto* reason = std::get_if<RefusedRecord>(&parsed);
    return reason != nullptr ? std::optional(*reason) : std::nullopt;
}

SpoolContents contentsOf(const std::string& file) {
    auto parsed = parseSpool(file, Reading);
    if (const auto* why = std::get_if<NotBelieved>(&parsed)) {
        ADD_FAILURE() << why->reason;
        return {};
    }
    return std::get<SpoolContents>(std::move(parsed));
}

std::string whyNotBelieved(const std::string& file) {
    const auto parsed = parseSpool(file, Reading);
    const auto* why = std::get_if<NotBelieved>(&parsed);
    return why == nullptr ? "" : why->reason;
}

std::vector<std::uint64_t> seqnumsIn(const SpoolContents& contents) {
    std::vector<std::uint64_t> seqnums;
    for (const Event& event : contents.events) seqnums.push_back(event.seqnum);
    return seqnums;
}
using Numbers = std::vector<std::uint64_t>;

SpoolContents::Refused refusedIn(const SpoolContents& contents, RefusedRecord reason) {
    return contents.refused.at(static_cast<std::size_t>(reason));
}

std::string valid(std::uint64_t seqnum) {
    return spoolRecord(spoolPayload(seqnum), 2000, ThisBoot);
}

TEST(SpoolRecord, IsAnEarlyEventOfTheKernelWithTheTimesOfTheHelper) {
    const auto parsed = parseSpoolRecord(valid(7), Reading);
    ASSERT_TRUE(std::holds_alternative<Event>(parsed));
    const auto& event = std::get<Event>(parsed);
    EXPECT_EQ(event.source, "hotplug");
    EXPECT_EQ(event.action, "change");
    EXPECT_EQ(event.object, "/devices/virtual/mem/null");
    EXPECT_EQ(event.seqnum, 7U);
    EXPECT_EQ(event.flags, EventFlag::Early);
    EXPECT_EQ(event.boottime, microseconds(2'000));
    EXPECT_EQ(event.realtime, microseconds(1'000'002'000));
}

TEST(SpoolRecord, MayHaveNoBoot) {
    EXPECT_EQ(refusalOf(spoolRecord(spoolPayload(7))), std::nullopt);
    EXPECT_EQ(refusalOf(valid(7), {.boot = {}, .now = Reading.now}), std::nullopt);
}

TEST(SpoolRecord, IsRefusedFromAnotherBoot) {
    EXPECT_EQ(refusalOf(spoolRecord(spoolPayload(7), 2000, AnotherBoot)), RefusedRecord::OtherBoot);
    EXPECT_EQ(refusalOf(spoolRecord(spoolPayload(7), 5'001)), RefusedRecord::OtherBoot);
    EXPECT_EQ(refusalOf(spoolRecord(spoolPayload(7), ~std::uint64_t{0})), RefusedRecord::OtherBoot);
}

TEST(SpoolRecord, IsRefusedWhereverItIsCutShort) {
    const std::string whole = valid(7);
    for (std::size_t bytes = 4; bytes < whole.size(); ++bytes)
        EXPECT_EQ(refusalOf(whole.substr(0, bytes)), RefusedRecord::Damaged) << bytes;
    EXPECT_EQ(refusalOf(""), RefusedRecord::NoRecord);
    EXPECT_EQ(refusalOf(whole.substr(0, 3)), RefusedRecord::NoRecord);
}

TEST(SpoolRecord, IsRefusedWhicheverBitHasChanged) {
    const std::string whole = valid(7);
    const std::size_t end = sizeof(spool::RecordHeader) + spoolPayload(7).size();
    for (std::size_t bit = 0; bit < 8 * end; ++bit) {
        std::string bytes = whole;
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
        EXPECT_NE(refusalOf(bytes), std::nullopt) << "bit " << bit;
    }
}

TEST(SpoolRecord, IsRefusedIfItIsTooLong) {
    std::string bytes = valid(7);
    const std::uint32_t length = spool::MaxPayload + 1;
    std::memcpy(bytes.data() + offsetof(spool::RecordHeader, payloadBytes), &length, sizeof length);
    EXPECT_EQ(refusalOf(bytes + std::string(2 * length, 'x')), RefusedRecord::TooLong);
}

TEST(SpoolRecord, IsRefusedIfItsPayloadIsNoUevent) {
    EXPECT_EQ(refusalOf(spoolRecord("")), RefusedRecord::NoUevent);
    EXPECT_EQ(refusalOf(spoolRecord("add@/devices/a")), RefusedRecord::NoUevent);
}

TEST(SpoolRecord, IsRefusedForAReasonInWords) {
    for (std::size_t reason = 0; reason < RefusedRecords; ++reason)
        EXPECT_FALSE(reasonText(static_cast<RefusedRecord>(reason)).empty());
}

TEST(SpoolFile, MayBeEmpty) {
    const SpoolContents contents = contentsOf(spoolHeader(0, 1234));
    EXPECT_TRUE(contents.events.empty());
    EXPECT_EQ(contents.lost, 0U);
    EXPECT_EQ(contents.latest, microseconds(1'234));
}

TEST(SpoolFile, HasItsEventsInTheOrderInWhichTheyWereWritten) {
    const SpoolContents contents = contentsOf(spoolHeader() + valid(9) + valid(7) + valid(8));
    EXPECT_EQ(seqnumsIn(contents), (Numbers{9, 7, 8}));
    EXPECT_EQ(contents.latest, microseconds(2'000));
}

TEST(SpoolFile, TellsWhatWasDropped) {
    EXPECT_EQ(contentsOf(spoolHeader(5) + valid(9)).lost, 5U);
}

// By SIGKILL or a full file system, at a boundary of pages: in front of what was written next.
TEST(SpoolFile, LosesNothingBesideARecordThatWasCutShortAndCountsThatOne) {
    for (std::size_t bytes = spool::Alignment; bytes < valid(8).size(); bytes += spool::Alignment) {
        const SpoolContents contents =
            contentsOf(spoolHeader(2) + valid(7) + valid(8).substr(0, bytes) + valid(9));
        EXPECT_EQ(seqnumsIn(contents), (Numbers{7, 9})) << bytes;
        EXPECT_EQ(contents.lost, 3U) << bytes;
        EXPECT_EQ(refusedIn(contents, RefusedRecord::Damaged).count, 1U) << bytes;
        EXPECT_EQ(refusedIn(contents, RefusedRecord::Damaged).firstOffset, 64 + valid(7).size()) << bytes;
    }
}

TEST(SpoolFile, CountsEachOfSeveralThatWereCutShort) {
    const std::string piece = valid(8).substr(0, 64);
    const SpoolContents contents = contentsOf(spoolHeader() + piece + piece + valid(9) + piece.substr(0, 8));
    EXPECT_EQ(seqnumsIn(contents), Numbers{9});
    EXPECT_EQ(contents.lost, 3U);
}

TEST(SpoolFile, LosesNothingBesideGarbage) {
    const std::string garbage(800, '\xa5');
    const SpoolContents contents = contentsOf(spoolHeader() + garbage + valid(7) + garbage + valid(9));
    EXPECT_EQ(seqnumsIn(contents), (Numbers{7, 9}));
    EXPECT_EQ(contents.lost, 0U) << "nobody has tried to write an event there";
    EXPECT_EQ(refusedIn(contents, RefusedRecord::NoRecord).count, 2U);
}

TEST(SpoolFile, SkipsRecordsOfAnotherBootAndThoseThatAreNoUevents) {
    const SpoolContents contents =
        contentsOf(spoolHeader() + valid(7) + spoolRecord(spoolPayload(8), 2000, AnotherBoot) +
                   spoolRecord("nothing") + valid(9));
    EXPECT_EQ(seqnumsIn(contents), (Numbers{7, 9}));
    EXPECT_EQ(contents.lost, 0U);
    EXPECT_EQ(refusedIn(contents, RefusedRecord::OtherBoot).count, 1U);
    EXPECT_EQ(refusedIn(contents, RefusedRecord::NoUevent).count, 1U);
}

TEST(SpoolFile, IsNotBelievedWithAnotherHeader) {
    EXPECT_EQ(whyNotBelieved(""), "too short for a spool");
    EXPECT_EQ(whyNotBelieved(spoolHeader().substr(0, 63)), "too short for a spool");
    EXPECT_EQ(whyNotBelieved(std::string(64, '\0') + valid(7)), "no spool of keventd-hotplug");
    std::string newer = spoolHeader() + valid(7);
    ++newer[offsetof(spool::Header, layout)];
    EXPECT_EQ(whyNotBelieved(newer), "from another version of keventd-hotplug");
    EXPECT_EQ(whyNotBelieved(spoolHeader(0, 5'001)), "from another boot");
}

} // namespace
} // namespace keventd::test
