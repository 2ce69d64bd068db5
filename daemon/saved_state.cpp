#include "daemon/saved_state.h"

#include "daemon/base/logging.h"
#include "daemon/base/text.h"

#include <array>
#include <utility>
#include <variant>

namespace keventd {
namespace {

/// The parts of the file, in their order.
enum Part : std::size_t { HistoryPart };

std::array<StateRegion, 1> partsWith(std::size_t historyBytes) {
    return {StateRegion{.name = "history", .bytes = historyBytes, .bytesAtStart = History::MinBytes}};
}

} // namespace

SavedState::SavedState(const std::string& directory, std::size_t historyBytes) : path_(directory + "/state") {
    const auto parts = partsWith(historyBytes);
    const auto why = takeUp(parts);
    if (!why) return;
    if (!why->reason.empty()) logWarning(text("state file ", path_, ": ", why->reason, ", starting anew"));
    begin(parts);
}

std::optional<NotBelieved> SavedState::takeUp(std::span<const StateRegion> regions) {
    auto opened = StateFile::open(path_, regions);
    if (const auto* why = std::get_if<NotBelieved>(&opened)) return *why;
    file_ = std::move(std::get<StateFile>(opened));
    auto history = History::open(file_->region(HistoryPart), reserveHistory());
    if (const auto* why = std::get_if<NotBelieved>(&history)) return *why;
    history_ = std::move(std::get<History>(history));
    return std::nullopt;
}

void SavedState::begin(std::span<const StateRegion> regions) {
    file_.reset(); // the memory of an old one
    file_ = StateFile::create(path_, regions);
    history_.emplace(file_->region(HistoryPart), reserveHistory());
    file_->takePlace();
}

History::Reserve SavedState::reserveHistory() {
    return [this](std::size_t wanted) {
        const std::size_t reserved = file_->reserve(HistoryPart, wanted);
        if (reserved < wanted) {
            logWarning(text("state file ", path_, ": no room for more than ", reserved,
                            " bytes of history, dropping older events"),
                       noRoomLog_);
        }
        return reserved;
    };
}

} // namespace keventd
