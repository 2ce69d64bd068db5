#include "daemon/stream/record.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <string_view>
#include <utility>

namespace keventd {
namespace {

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

} // namespace

std::size_t recordSize(const Event& event) {
    std::size_t size = sizeof(RecordHeader) + event.properties.view().bytes().size();
    for (const std::string* text : textsOf(event)) size += text->size() + 1;
    return (size + RecordAlignment - 1) / RecordAlignment * RecordAlignment;
}

void writeRecord(const Event& event, std::uint64_t id, std::chrono::microseconds latest, std::byte* place) {
    const PropertyView properties = event.properties;
    auto* header = new (place) RecordHeader{};
    header->size = static_cast<std::uint32_t>(recordSize(event));
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
