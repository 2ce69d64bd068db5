#include "daemon/sources/spool_record.h"

#include "daemon/hotplug/spool_format.h"
#include "daemon/sources/uevent_parser.h"
#include "keventd/names.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace keventd {
namespace {

using std::chrono::microseconds;

constexpr std::array<std::uint8_t, 16> NoBoot{};
static_assert(spool::MaxPayload <= MaxUevent);

template <typename Header>
std::optional<Header> readHeader(std::span<const char> bytes) {
    Header header{};
    if (bytes.size() < sizeof header) return std::nullopt;
    std::memcpy(&header, bytes.data(), sizeof header);
    return header;
}

// A piece of a record may be shorter than its header.
bool beginsRecord(std::span<const char> bytes) {
    std::uint32_t magic = 0;
    if (bytes.size() < sizeof magic) return false;
    std::memcpy(&magic, bytes.data(), sizeof magic);
    return magic == spool::RecordHeader::ExpectedMagic;
}

// In microseconds that fit in what holds them, and not in the future.
bool isPast(std::uint64_t boottimeUsec, const SpoolReading& reading) {
    return boottimeUsec <=
           static_cast<std::uint64_t>(std::max<std::int64_t>(reading.now.boottime.count(), 0));
}

bool isOfThisBoot(const spool::RecordHeader& header, const SpoolReading& reading) {
    const bool isKnown = header.boot != NoBoot && reading.boot != NoBoot;
    return (!isKnown || header.boot == reading.boot) && isPast(header.boottimeUsec, reading);
}

std::variant<Event, RefusedRecord> parsePayload(std::span<const char> payload, microseconds boottime,
                                                const SpoolReading& reading) {
    auto parsed = parseUevent(payload);
    if (std::holds_alternative<RefusedUevent>(parsed)) return RefusedRecord::NoUevent;
    Event& event = std::get<Event>(parsed);
    event.source = names::source::Hotplug;
    event.flags |= EventFlag::Early;
    event.boottime = boottime;
    event.realtime = reading.now.realtime - (reading.now.boottime - boottime);
    return std::move(event);
}

bool isLoss(RefusedRecord reason) {
    return reason == RefusedRecord::Damaged || reason == RefusedRecord::TooLong;
}

/// Goes through the records of a file.
class Reader {
public:
    Reader(std::span<const char> file, const SpoolReading& reading) : file_(file), reading_(reading) {}

    void readAll(SpoolContents& contents) {
        for (at_ = sizeof(spool::Header); at_ < file_.size();) take(contents);
    }

private:
    void take(SpoolContents& contents) {
        auto parsed = parseSpoolRecord(file_.subspan(at_), reading_);
        if (const auto* reason = std::get_if<RefusedRecord>(&parsed)) return refuse(*reason, contents);
        Event& event = std::get<Event>(parsed);
        contents.latest = std::max(contents.latest, event.boottime);
        contents.events.push_back(std::move(event));
        skipRecord();
    }

    void refuse(RefusedRecord reason, SpoolContents& contents) {
        SpoolContents::Refused& refused = contents.refused.at(static_cast<std::size_t>(reason));
        if (refused.count++ == 0) refused.firstOffset = at_;
        if (isLoss(reason)) ++contents.lost;
        const bool isWhole = reason == RefusedRecord::OtherBoot || reason == RefusedRecord::NoUevent;
        isWhole ? skipRecord() : skipToNext();
    }

    void skipRecord() {
        const auto header = readHeader<spool::RecordHeader>(file_.subspan(at_));
        at_ += spool::recordBytes(header->payloadBytes);
    }

    void skipToNext() {
        do {
            at_ += spool::Alignment;
        } while (at_ < file_.size() && !beginsRecord(file_.subspan(at_)));
    }

    std::span<const char> file_;
    const SpoolReading& reading_;
    std::size_t at_ = 0;
};

} // namespace

std::string_view reasonText(RefusedRecord reason) {
    switch (reason) {
    case RefusedRecord::NoRecord:
        return "no record";
    case RefusedRecord::Damaged:
        return "cut short, or damaged";
    case RefusedRecord::TooLong:
        return "too long";
    case RefusedRecord::OtherBoot:
        return "from another boot";
    case RefusedRecord::NoUevent:
        return "no uevent";
    }
    return "";
}

std::variant<Event, RefusedRecord> parseSpoolRecord(std::span<const char> bytes,
                                                    const SpoolReading& reading) {
    if (!beginsRecord(bytes)) return RefusedRecord::NoRecord;
    const auto header = readHeader<spool::RecordHeader>(bytes);
    if (!header) return RefusedRecord::Damaged;
    if (header->payloadBytes > spool::MaxPayload) return RefusedRecord::TooLong;
    if (spool::recordBytes(header->payloadBytes) > bytes.size()) return RefusedRecord::Damaged;
    const auto payload = bytes.subspan(sizeof(spool::RecordHeader), header->payloadBytes);
    if (header->checksum != spool::checksumOf(*header, payload)) return RefusedRecord::Damaged;
    if (!isOfThisBoot(*header, reading)) return RefusedRecord::OtherBoot;
    return parsePayload(payload, microseconds(header->boottimeUsec), reading);
}

std::variant<SpoolContents, NotBelieved> parseSpool(std::span<const char> file, const SpoolReading& reading) {
    const auto header = readHeader<spool::Header>(file);
    if (!header) return NotBelieved{"too short for a spool"};
    if (header->magic != spool::Header::ExpectedMagic) return NotBelieved{"no spool of keventd-hotplug"};
    if (header->layout != spool::Header::CurrentLayout)
        return NotBelieved{"from another version of keventd-hotplug"};
    if (!isPast(header->boottimeUsec, reading)) return NotBelieved{"from another boot"};
    SpoolContents contents;
    contents.lost = header->dropped;
    contents.latest = microseconds(header->boottimeUsec);
    Reader(file, reading).readAll(contents);
    return contents;
}

} // namespace keventd
