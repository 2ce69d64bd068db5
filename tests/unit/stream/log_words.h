// A log in words, for tests.
#pragma once

#include "daemon/stream/record.h"
#include "daemon/stream/record_log.h"

#include <string>

namespace keventd::test {

/// @return "NUMBER:SEQNUM" of each record
[[nodiscard]] inline std::string wordsOf(const RecordLog& log) {
    std::string words;
    log.forEach([&words](std::span<const std::byte> record) {
        const EventView event = viewRecord(record.data());
        words += (words.empty() ? "" : " ") + std::to_string(event.id) + ":" + std::to_string(event.seqnum);
    });
    return words;
}

} // namespace keventd::test
