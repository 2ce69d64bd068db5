#include "daemon/stream/waiting_log.h"

#include "daemon/base/logging.h"
#include "daemon/stream/record.h"

#include <span>
#include <utility>

namespace keventd {

WaitingLog::WaitingLog(RecordLog log) : log_(std::move(log)) {
    log_.forEach([this](std::span<const std::byte> record) {
        const std::uint64_t number = viewRecord(record.data()).id;
        if (isNeeded_.empty()) first_ = number;
        isNeeded_.resize(number - first_, false);
        isNeeded_.push_back(true);
        ++needed_;
        ++written_;
    });
}

std::vector<Event> WaitingLog::leftOver() const {
    std::vector<Event> events;
    log_.forEach([&events](std::span<const std::byte> record) {
        events.push_back(ownedCopy(viewRecord(record.data())));
    });
    return events;
}

void WaitingLog::add(Event& event) {
    event.id = first_ + isNeeded_.size();
    isNeeded_.push_back(true);
    ++needed_;
    if (isFull_) return;
    if (log_.append(event, event.id) || (makeRoom() && log_.append(event, event.id))) {
        ++written_;
        return;
    }
    isFull_ = true;
    logWarning("state file: no room for more events that wait, a crash can lose them", fullLog_);
}

void WaitingLog::remove(std::uint64_t number) {
    if (!isNeeded(number)) return;
    isNeeded_[number - first_] = false;
    if (--needed_ == 0) beginAnew();
}

bool WaitingLog::isNeeded(std::uint64_t number) const {
    return number >= first_ && number - first_ < isNeeded_.size() && isNeeded_[number - first_];
}

// Not for a little room: each time costs as much as all that is still needed.
bool WaitingLog::makeRoom() {
    if (needed_ > written_ / 2) return false;
    const bool done = log_.rewrite([this](RecordArea& area) {
        bool fits = true;
        log_.forEach([&](std::span<const std::byte> record) {
            if (isNeeded(viewRecord(record.data()).id)) fits = fits && area.append(record);
        });
        return fits;
    });
    if (!done) return false;
    written_ = needed_ - 1; // but for the one that the room is made for
    for (; !isNeeded_.empty() && !isNeeded_.front(); ++first_) isNeeded_.pop_front();
    return true;
}

void WaitingLog::beginAnew() {
    log_.clear();
    first_ += isNeeded_.size();
    isNeeded_.clear();
    written_ = 0;
    isFull_ = false;
}

} // namespace keventd
