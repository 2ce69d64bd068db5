// What the daemon keeps beyond its end: the parts of the state file, taken up or begun anew, all or none.
#pragma once

#include "daemon/base/commit_word.h"
#include "daemon/base/rate_limit.h"
#include "daemon/state_file.h"
#include "daemon/stream/history.h"
#include "daemon/stream/record_log.h"
#include "daemon/stream/told_drops.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keventd {

class SavedState {
public:
    /// Takes up what an earlier daemon has left in the directory; if that is not believed, says so on the log
    /// and begins a new stream.
    /// @param directory  held by this daemon alone (StateDirectory)
    /// @throws FatalError
    SavedState(const std::string& directory, std::size_t historyBytes);
    SavedState(const SavedState&) = delete;
    SavedState& operator=(const SavedState&) = delete;

    /// @return 32 hexadecimal digits
    [[nodiscard]] std::string streamId() const { return file_->streamId(); }
    /// @return how many daemons have served the stream before this one
    [[nodiscard]] std::uint64_t restarts() const { return restarts_; }

    /// @return the SEQNUM up to which everything that the kernel has sent is written down, or that it is
    ///         missing; nothing as long as no daemon has begun to read
    [[nodiscard]] std::optional<std::uint64_t> heardOfKernel() const;
    void keepHeardOfKernel(std::uint64_t seqnum);
    /// The same of what udev has sent.
    [[nodiscard]] std::optional<std::uint64_t> heardOfUdev() const;
    void keepHeardOfUdev(std::uint64_t seqnum);

    /// @return whether the stream has been told of what was there before it (Coldplug)
    [[nodiscard]] bool hasBegun() const;
    void keepBegun();

    [[nodiscard]] History& history() { return *history_; }
    /// @return the events that wait (WaitingLog); to be taken once
    [[nodiscard]] RecordLog takeWaiting() { return std::move(*waiting_); }
    /// @return the devices (DeviceLog); to be taken once
    [[nodiscard]] RecordLog takeDevices() { return std::move(*devices_); }
    /// @param source  names::source, one that reads from netlink
    /// @return where its messages land
    [[nodiscard]] std::span<std::byte> landing(std::string_view source) const;
    /// @return drops on its socket that have been told of
    [[nodiscard]] ToldDrops& drops(std::string_view source);

private:
    struct Counters;

    /// @return why not
    [[nodiscard]] std::optional<NotBelieved> takeUp(std::span<const StateRegion> regions);
    void begin(std::span<const StateRegion> regions);
    [[nodiscard]] std::optional<NotBelieved> takeUpCounters();
    [[nodiscard]] Counters& counters() const;
    void useCounters();
    void countRestart();
    [[nodiscard]] Reserve reserveOf(std::size_t part);
    [[nodiscard]] RecordLog::Areas areasOf(std::size_t part);

    std::string path_;
    std::optional<StateFile> file_;
    RateLimit noRoomLog_;
    std::optional<History> history_;
    std::optional<RecordLog> waiting_;
    std::optional<RecordLog> devices_;
    std::vector<ToldDrops> drops_; // of each source that reads from netlink
    std::uint64_t restarts_ = 0;
};

} // namespace keventd
