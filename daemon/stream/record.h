// One event as bytes: how the history keeps it.
//
// Position-independent and free of pointers, so that it can lie in a mapped file. After the header stand the
// strings in the order of the D-Bus struct, each with its NUL, then the properties as "KEY\0VALUE\0", zeros
// up to the alignment, and the checksum of all that.
#pragma once

#include "keventd/event.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace keventd {

inline constexpr std::size_t RecordAlignment = 8;

/// The head of a record; the strings follow it.
struct RecordHeader {
    std::uint32_t size;          ///< bytes of the whole record, a multiple of RecordAlignment; never 0
    std::uint32_t flags;         ///< Event::flags
    std::uint64_t id;            ///< Event::id
    std::uint64_t seqnum;        ///< Event::seqnum
    std::uint64_t boottimeUsec;  ///< Event::boottime
    std::uint64_t realtimeUsec;  ///< Event::realtime
    std::uint32_t propertyBytes; ///< length of the properties
    std::uint32_t propertyCount;
    std::array<std::uint32_t, 5> textBytes; ///< source, action, subsystem, object, attribute; with their NULs
    std::uint32_t lagUsec; ///< how much earlier it was read than the latest before it: at most 71 minutes
};
static_assert(sizeof(RecordHeader) % RecordAlignment == 0);

/// @return bytes that the record of this event takes, a multiple of RecordAlignment
[[nodiscard]] std::size_t recordSize(const Event& event);

/// Writes the record of an event under the given id.
/// @param latest  the latest Event::boottime of all records before it in the stream
/// @param place   at least recordSize(event) bytes, aligned to RecordAlignment
void writeRecord(const Event& event, std::uint64_t id, std::chrono::microseconds latest, std::byte* place);

/// Looks for a record in bytes that may be anything.
/// @param bytes  aligned to RecordAlignment
/// @return what the record at their beginning says that it takes, not more than there are; 0 if there is none
[[nodiscard]] std::size_t findRecordSize(std::span<const std::byte> bytes);
/// @param record  as many bytes as findRecordSize() said
/// @return it is as writeRecord() left it, and can be viewed; nothing may be asked of one that is not
[[nodiscard]] bool isSoundRecord(std::span<const std::byte> record);

/// @param record  what writeRecord() wrote; the view ends with it
[[nodiscard]] EventView viewRecord(const std::byte* record);

/// @return the latest Event::boottime of this record and all before it: the order of the stream is not
///         quite that of reading, and this rises with it
[[nodiscard]] std::chrono::microseconds latestBoottime(const std::byte* record);

} // namespace keventd
