#include "daemon/stream/record_log.h"

#include <utility>

namespace keventd {

RecordLog::RecordLog(Areas areas) : RecordLog(std::move(areas), KeepWhatIsThere()) {
    areas_[0].begin(generation_);
    areas_[1].begin(0);
}

std::variant<RecordLog, NotBelieved> RecordLog::open(Areas areas) {
    RecordLog log(std::move(areas), KeepWhatIsThere());
    const auto first = log.areas_[0].generation();
    const auto second = log.areas_[1].generation();
    if (!first || !second || *first == *second) return NotBelieved{"a damaged header"};
    log.current_ = *first > *second ? 0 : 1;
    log.generation_ = log.current_ == 0 ? *first : *second;
    if (log.generation_ > CommitWord::MaxValue / 2) return NotBelieved{"an impossible header"};
    if (auto reason = log.current().restore()) return NotBelieved{std::move(*reason)};
    return log;
}

bool RecordLog::rewrite(const std::function<bool(RecordArea& area)>& write) {
    const std::size_t other = 1 - current_;
    areas_[other].clear();
    if (!write(areas_[other])) return false;
    areas_[other].become(++generation_);
    areas_[std::exchange(current_, other)].giveBack();
    return true;
}

} // namespace keventd
