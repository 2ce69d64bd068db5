#include "daemon/stream/waiting_log.h"

#include "daemon/base/logging.h"
#include "daemon/stream/record.h"

#include <span>
#include <utility>

namespace keventd {
namespace {

// Numbers that are missing are those of events that could not be written.
constexpr std::uint64_t MaxSpan = std::uint64_t{1} << 24U;
// Fewer are not worth the work.
constexpr std::size_t MinWrittenToShrink = 8'192;

} // namespace

std::optional<std::string> WaitingLog::whyNot(const RecordLog& log) {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    bool isSound = true;
    log.forEach([&](std::span<const std::byte> record) {
        const std::uint64_t number = viewRecord(record.data()).id;
        if (first == 0) first = number;
        isSound = isSound && number > last && number - first < MaxSpan;
        last = number;
    });
    isSound = isSound && (first == 0 || log.lastNumber() - first < MaxSpan);
    return isSound ? std::nullopt : std::optional<std::string>("impossible numbers");
}

WaitingLog::WaitingLog(RecordLog log) : log_(std::move(log)) {
    log_.forEach([this](std::span<const std::byte> record) {
        const std::uint64_t number = viewRecord(record.data()).id;
        if (places_.empty()) first_ = number;
        places_.resize(number - first_, HasLeft);
        places_.push_back(log_.placeOf(record));
        ++needed_;
        ++written_;
    });
    goOnBehindTheLast();
}

// Numbers do not fall in the log. Behind what is left there may be what has left: the daemon before was
// killed when a repeat had been dropped, or before it could begin anew.
void WaitingLog::goOnBehindTheLast() {
    const std::uint64_t last = log_.lastNumber();
    if (places_.empty()) {
        first_ = last + 1;
        log_.clear();
    } else {
        places_.resize(last - first_ + 1, HasLeft);
    }
}

std::vector<Event> WaitingLog::leftOver() const {
    std::vector<Event> events;
    log_.forEach([&events](std::span<const std::byte> record) {
        events.push_back(ownedCopy(viewRecord(record.data())));
    });
    return events;
}

bool WaitingLog::add(Event& event) {
    event.id = first_ + places_.size();
    const bool isWritten = write(event);
    places_.push_back(isWritten ? log_.lastPlace() : NotWritten);
    ++needed_;
    return isWritten;
}

// Each time that the log shrinks costs as much as all that is still needed: it must be worth it.
bool WaitingLog::write(const Event& event) {
    if (written_ >= MinWrittenToShrink && needed_ <= written_ / 4) shrink();
    bool isWritten = log_.append(event, event.id);
    if (!isWritten && needed_ <= written_ / 2) isWritten = shrink() && log_.append(event, event.id);
    if (isWritten) {
        ++written_;
    } else {
        logWarning("state file: no room for more events that wait, a crash can lose them", fullLog_);
    }
    return isWritten;
}

void WaitingLog::remove(std::uint64_t number) {
    if (!isNeeded(number)) return;
    std::size_t& place = places_[number - first_];
    if (place != NotWritten) log_.drop(place);
    place = HasLeft;
    if (--needed_ == 0) beginAnew();
}

bool WaitingLog::isNeeded(std::uint64_t number) const {
    return number >= first_ && number - first_ < places_.size() && places_[number - first_] != HasLeft;
}

bool WaitingLog::shrink() {
    std::vector<std::pair<std::uint64_t, std::size_t>> copied;
    const bool fits = log_.rewrite([&](RecordArea& area) {
        bool hasRoom = true;
        log_.forEach([&](std::span<const std::byte> record) {
            hasRoom = hasRoom && area.append(record);
            if (hasRoom) copied.emplace_back(viewRecord(record.data()).id, area.lastPlace());
        });
        return hasRoom;
    });
    if (!fits) return false;
    for (const auto& [number, place] : copied) places_[number - first_] = place;
    written_ = copied.size();
    for (; !places_.empty() && places_.front() == HasLeft; ++first_) places_.pop_front();
    return true;
}

void WaitingLog::beginAnew() {
    log_.clear();
    first_ += places_.size();
    places_.clear();
    written_ = 0;
}

} // namespace keventd
