#include "daemon/status_line.h"

#include "daemon/base/text.h"

namespace keventd {
namespace {

std::string counted(std::uint64_t count, const char* what) {
    return text(count, " ", what, count == 1 ? "" : "s");
}

} // namespace

std::string toText(const Progress& progress) {
    const std::string lost = progress.lost == 0 ? "nothing" : counted(progress.lost, "message");
    return text("Stream at ", progress.lastId, ", ", counted(progress.subscriptions, "subscription"), ", ",
                lost, " lost");
}

std::string StatusLine::tell(const Progress& progress, Time now) {
    told_ = progress;
    toldAt_ = now;
    return toText(progress);
}

std::optional<std::string> StatusLine::tellIfNew(const Progress& progress, Time now) {
    if (!isDue(now) || (toldAt_ && progress == told_)) return std::nullopt;
    return tell(progress, now);
}

} // namespace keventd
