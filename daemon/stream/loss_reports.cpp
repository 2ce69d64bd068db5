#include "daemon/stream/loss_reports.h"

#include "daemon/base/logging.h"
#include "daemon/base/message_ids.h"
#include "daemon/base/text.h"
#include "daemon/stream/own_event.h"
#include "keventd/names.h"

namespace keventd {
namespace {

Event overrun(const char* source, std::optional<std::uint64_t> count,
              const std::optional<LossReports::Range>& range) {
    Event event = overrunEvent(source, count);
    if (!range) return event;
    event.properties.set(names::key::SeqnumFrom, std::to_string(range->from));
    event.properties.set(names::key::SeqnumTo, std::to_string(range->to));
    return event;
}

} // namespace

Event LossReports::unheard(const char* source, std::optional<Range> range) {
    const std::string since = range ? text("since SEQNUM ", range->from) : "for a while";
    log(source, text("nobody has listened to the ", source, " socket ", since, ", resynchronising"), {});
    return overrun(source, std::nullopt, range);
}

Event LossReports::unknown(const char* source, std::optional<Range> range) {
    log(source, text(source, " socket: an unknown number of messages lost, resynchronising"), {});
    return overrun(source, std::nullopt, range);
}

Event LossReports::dropped(const char* source, std::uint64_t count, std::optional<Range> range) {
    log(source, text(source, " socket overrun: ", count, " messages lost, resynchronising"), count);
    return overrun(source, count, range);
}

Event LossReports::missing(const char* source, std::uint32_t first, std::uint32_t count) {
    log(source, text(count, " messages of ", source, " lost while nobody listened, by their numbers"), count);
    return missingEvent(source, first, count);
}

Event LossReports::unrecorded(const char* source, std::uint64_t count, Range range) {
    logWarning(text("spool: ", count, " early events lost, resynchronising"));
    return overrun(source, count, range);
}

Event LossReports::heldBack(const char* source, std::uint64_t count) {
    logWarning(text(count, " events of ", source, " held back by its rate"), log_);
    return limitedEvent(source, count);
}

void LossReports::log(const char* source, const std::string& message, std::optional<std::uint64_t> count) {
    LogFields fields{{names::key::Source, source}};
    if (count) fields.push_back({names::key::Count, std::to_string(*count)});
    logEvent(LogLevel::Warning, message_id::Overrun, message, fields, log_);
}

} // namespace keventd
