// The spool, as the helper writes to it: opened or made, and one record appended.
#pragma once

#include "daemon/base/unique_fd.h"
#include "daemon/hotplug/spool_format.h"
#include "daemon/hotplug/spool_place.h"

#include <cstddef>
#include <span>

namespace keventd::spool {

/// Room for one record: its payload is written into it where it will stand.
struct RecordBuffer {
    RecordHeader header{};
    std::array<char, MaxPayload + Alignment> payload{};
};
static_assert(offsetof(RecordBuffer, payload) == sizeof(RecordHeader));

/// What a spool is called that is being made, with a pid behind it.
inline constexpr const char* NewPrefix = "new-";

/// Opens the spool of a directory, and never waits: whatever has its name, and is no spool of ours alone, is
/// left alone.
/// @return none if there is none, or none can be made
[[nodiscard]] UniqueFd openSpool(int directory, WhenMissing whenMissing);
/// The same of one that has another name, or none.
[[nodiscard]] UniqueFd openSpoolAs(int directory, const char* name);

enum class Appended {
    Whole,
    Dropped, ///< counted, in the header, or as a record that was cut short
    Nowhere, ///< the spool has been handed over meanwhile, perhaps with this record: to be done again in a
             ///< new one
};

/// Appends a record, of which the payload is written, as a whole or not at all but for the cases that
/// spool_format.h names.
[[nodiscard]] Appended append(int spool, RecordBuffer& record, std::size_t payloadBytes);

} // namespace keventd::spool
