// What the hotplug helper has recorded before the daemon ran, and `keventd-hotplug --hand-over` has put here:
// events of the source `hotplug`, flagged early.
//
// The files are read, and stay until the daemon says that it has written their events down itself. Killed in
// between, the next one reads them again, and knows the events by their SEQNUM. Whatever else lies there is
// named on the log, and left alone.
#pragma once

#include "daemon/base/rate_limit.h"
#include "daemon/base/unique_fd.h"
#include "keventd/event.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace keventd {

struct SpoolContents;
struct SpoolReading;

struct EarlyEvents {
    /// Events for which a spool had no room, or over which the helper was killed.
    struct Loss {
        std::uint64_t count;
        std::chrono::microseconds
            boottime; ///< of the newest record: what it is known by when it is read again
    };

    std::vector<Event> events; ///< in SEQNUM order; one may come twice
    std::vector<Loss> losses;  ///< one of each spool that has any
};

class Spool {
public:
    /// Files that are read; the helper makes one in each of three places.
    static constexpr std::size_t MaxFiles = 64;

    /// @param directory  need not be there
    explicit Spool(std::string directory) : path_(std::move(directory)) {}

    /// Says on the log what it cannot take.
    [[nodiscard]] EarlyEvents read();

    /// Removes the files that have been taken: their events are safe elsewhere.
    void remove();

private:
    [[nodiscard]] std::vector<std::string> list() const;
    void take(const std::string& file, const SpoolReading& reading, EarlyEvents& early);
    void add(const std::string& file, SpoolContents contents, EarlyEvents& early);
    void complain(const std::string& file, std::string_view why);

    std::string path_;
    UniqueFd directory_;
    std::vector<std::string> taken_;
    RateLimit log_{20};
};

} // namespace keventd
