#include "daemon/stream/record.h"

#include "daemon/base/checksum.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <string_view>
#include <utility>

namespace keventd {
namespace {

using Checksum = std::uint64_t;
static_assert(sizeof(Checksum) % RecordAlignment == 0);

std::array<const std::string*, 5> textsOf(const Event& event) {
    return {&event.source, &event.action, &event.subsystem, &event.object, &event.attribute};
}

std::byte* append(std::byte* at, const char* bytes, std::size_t count) {
    if (count > 0) std::memcpy(at, bytes, count);
    return at + count;
}

const RecordHeader& headerOf(const std::byte* record) {
    return *std::launder(reinterpret_cast<const RecordHeader*>(record));
}

std::uint32_t lagBehind(std::chrono::microseconds latest, std::chrono::microseconds time) {
    constexpr std::int64_t longest = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>((latest - time).count(), 0, longest));
}

std::byte* placeOfChecksum(std::byte* record, std::size_t size) {
    return record + size - sizeof(Checksum);
}

void seal(std::byte* record, std::size_t size) {
    const Checksum sum = checksum({record, size - sizeof(Checksum)});
    std::memcpy(placeOfChecksum(record, size), &sum, sizeof sum);
}

bool isSealed(std::span<const std::byte> record) {
    Checksum sum = 0;
    std::memcpy(&sum, record.last(sizeof sum).data(), sizeof sum);
    return sum == checksum(record.first(record.size() - sizeof sum));
}

// Takes a text off the front.
// @return whether it was one: so many bytes, of which the last is the only NUL
bool takeText(std::string_view& rest, std::size_t bytes) {
    const bool isText = bytes > 0 && bytes <= rest.size() && rest.find('\0') == bytes - 1;
    if (isText) rest.remove_prefix(bytes);
    return isText;
}

// Whole pairs: what PropertyView walks over without looking.
bool arePairs(std::string_view bytes, std::size_t count) {
    const auto nuls = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\0'));
    return nuls == 2 * count && (bytes.empty() || bytes.back() == '\0');
}

} // namespace

std::size_t recordSize(const Event& event) {
    std::size_t size = sizeof(RecordHeader) + event.properties.view().bytes().size();
    for (const std::string* text : textsOf(event)) size += text->size() + 1;
    return (size + RecordAlignment - 1) / RecordAlignment * RecordAlignment + sizeof(Checksum);
}

void writeRecord(const Event& event, std::uint64_t id, std::chrono::microseconds latest, std::byte* place) {
    const PropertyView properties = event.properties;
    const std::size_t size = recordSize(event);
    std::memset(placeOfChecksum(place, size) - RecordAlignment, 0, RecordAlignment); // what no text reaches
    auto* header = new (place) RecordHeader{};
    header->size = static_cast<std::uint32_t>(size);
    header->flags = event.flags;
    header->id = id;
    header->seqnum = event.seqnum;
    header->boottimeUsec = static_cast<std::uint64_t>(event.boottime.count());
    header->realtimeUsec = static_cast<std::uint64_t>(event.realtime.count());
    header->propertyBytes = static_cast<std::uint32_t>(properties.bytes().size());
    header->propertyCount = static_cast<std::uint32_t>(properties.size());
    header->lagUsec = lagBehind(latest, event.boottime);

    std::byte* at = place + sizeof(RecordHeader);
    auto bytes = header->textBytes.begin();
    for (const std::string* text : textsOf(event)) {
        *bytes++ = static_cast<std::uint32_t>(text->size() + 1);
        at = append(at, text->c_str(), text->size() + 1);
    }
    append(at, properties.bytes().data(), properties.bytes().size());
    seal(place, size);
}

std::size_t findRecordSize(std::span<const std::byte> bytes) {
    if (bytes.size() < sizeof(RecordHeader) + sizeof(Checksum)) return 0;
    const std::size_t size = headerOf(bytes.data()).size;
    const bool isPossible = size % RecordAlignment == 0 && size >= sizeof(RecordHeader) + sizeof(Checksum);
    return isPossible && size <= bytes.size() ? size : 0;
}

bool isSoundRecord(std::span<const std::byte> record) {
    if (!isSealed(record)) return false;
    const RecordHeader& header = headerOf(record.data());
    const auto texts = record.subspan(sizeof header, record.size() - sizeof header - sizeof(Checksum));
    std::string_view rest(reinterpret_cast<const char*>(texts.data()), texts.size());
    for (const std::uint32_t bytes : header.textBytes) {
        if (!takeText(rest, bytes)) return false;
    }
    const std::size_t properties = header.propertyBytes;
    return properties <= rest.size() && arePairs(rest.substr(0, properties), header.propertyCount);
}

EventView viewRecord(const std::byte* record) {
    const RecordHeader& header = headerOf(record);
    const auto* at = reinterpret_cast<const char*>(record + sizeof(RecordHeader));
    std::array<const char*, 5> texts{};
    std::transform(header.textBytes.begin(), header.textBytes.end(), texts.begin(),
                   [&at](std::uint32_t bytes) { return std::exchange(at, at + bytes); });
    return {header.id,
            texts[0],
            texts[1],
            texts[2],
            texts[3],
            texts[4],
            header.seqnum,
            std::chrono::microseconds(header.boottimeUsec),
            std::chrono::microseconds(header.realtimeUsec),
            header.flags,
            PropertyView({at, header.propertyBytes}, header.propertyCount)};
}

std::chrono::microseconds latestBoottime(const std::byte* record) {
    const RecordHeader& header = headerOf(record);
    return std::chrono::microseconds(header.boottimeUsec + header.lagUsec);
}

} // namespace keventd
