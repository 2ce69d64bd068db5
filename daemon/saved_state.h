// What the daemon keeps beyond its end: the parts of the state file, taken up or begun anew, all or none.
#pragma once

#include "daemon/base/rate_limit.h"
#include "daemon/state_file.h"
#include "daemon/stream/history.h"

#include <cstddef>
#include <optional>
#include <string>

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
    [[nodiscard]] History& history() { return *history_; }

private:
    /// @return why not
    [[nodiscard]] std::optional<NotBelieved> takeUp(std::span<const StateRegion> regions);
    void begin(std::span<const StateRegion> regions);
    [[nodiscard]] History::Reserve reserveHistory();

    std::string path_;
    std::optional<StateFile> file_;
    RateLimit noRoomLog_;
    std::optional<History> history_;
};

} // namespace keventd
