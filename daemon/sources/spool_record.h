// What the hotplug helper has recorded, parsed: one record, and a whole spool
// (daemon/hotplug/spool_format.h). Pure: bytes in, events and reasons out, whatever the bytes are.
#pragma once

#include "daemon/base/clock.h"
#include "daemon/base/not_believed.h"
#include "keventd/event.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace keventd {

/// Why bytes of a spool are no event.
enum class RefusedRecord {
    NoRecord,  ///< nothing begins here
    Damaged,   ///< cut short, when the helper was killed or had no room, or changed since
    TooLong,   ///< says that it is longer than any
    OtherBoot, ///< of another boot, or later than now
    NoUevent,  ///< whole, but parseUevent() refuses it
};
inline constexpr std::size_t RefusedRecords = 5;

/// @return the reason in words
[[nodiscard]] std::string_view reasonText(RefusedRecord reason);

/// When and in which boot a spool is read.
struct SpoolReading {
    std::array<std::uint8_t, 16> boot{}; ///< zeros: unknown, and not compared
    ReadTime now;
};

/// @param bytes    begin where a record should, and may go on behind it
/// @return the event, flagged early and with the times of the helper; or why there is none. A record without
/// a boot
///         (the helper had no /proc) is taken for one of this boot
[[nodiscard]] std::variant<Event, RefusedRecord> parseSpoolRecord(std::span<const char> bytes,
                                                                  const SpoolReading& reading);

struct SpoolContents {
    /// Of one reason: how many, and where the first stands in the file.
    struct Refused {
        std::uint64_t count = 0;
        std::size_t firstOffset = 0;
    };

    std::vector<Event> events; ///< in the order of the file
    /// That the helper had no room for, or was killed over, each counted once: dropped, damaged, too long.
    std::uint64_t lost = 0;
    std::chrono::microseconds latest{
        0}; ///< CLOCK_BOOTTIME of the newest record, or of the spool if there is none
    std::array<Refused, RefusedRecords>
        refused{}; ///< by RefusedRecord; bytes in a row that are no record count once
};

/// @param file  all of it; what is not believed as a whole, has another header
/// @return what is in it. What is no record is skipped, up to the next that is one
[[nodiscard]] std::variant<SpoolContents, NotBelieved> parseSpool(std::span<const char> file,
                                                                  const SpoolReading& reading);

} // namespace keventd
