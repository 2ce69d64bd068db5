#include "daemon/publish/statistics.h"

#include "daemon/base/text.h"
#include "keventd/names.h"

#include <algorithm>

namespace keventd {
namespace {

std::uint64_t reorderWait(const Sequencer& sequencer) {
    return static_cast<std::uint64_t>(sequencer.options().wait.count());
}

// @return microseconds; 0 if all events are kept
std::uint64_t droppedBoottime(const History& history) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(history.latestDropped().count(), 0));
}

std::uint64_t microsecondsSince(std::chrono::microseconds boottime) {
    const auto elapsed = readClock(CLOCK_BOOTTIME) - boottime;
    return static_cast<std::uint64_t>(std::max<std::int64_t>(elapsed.count(), 0));
}

std::uint64_t ageOfOldest(const History& history) {
    const bool isEmpty = history.firstId() == history.nextId();
    return isEmpty ? 0 : microsecondsSince(history.at(history.firstId()).boottime);
}

// Ages, because a client in a container may have another CLOCK_BOOTTIME (time_namespaces(7)).
void addDaemon(Statistics& all, const ReadTime& started) {
    all.insert(all.end(), {{"daemon.started_realtime", static_cast<std::uint64_t>(started.realtime.count())},
                           {"daemon.uptime_usec", microsecondsSince(started.boottime)}});
}

void addSource(Statistics& all, const Source& source, const PublishedCount& entered) {
    const std::string name = source.name();
    const SourceStatistics counted = source.statistics();
    all.insert(all.end(), {{name + ".received", counted.received},
                           {name + ".refused", counted.refused},
                           {name + ".injected", counted.injected},
                           {name + ".dropped", counted.dropped},
                           {name + ".published", entered.published},
                           {name + ".late", entered.late},
                           {name + ".buffer_bytes", counted.bufferBytes},
                           {name + ".max_queued_bytes", counted.maxQueuedBytes}});
}

void addOrder(Statistics& all, const Sequencer& sequencer) {
    const Sequencer::Statistics& order = sequencer.statistics();
    all.insert(all.end(), {{"stream.late", order.late},
                           {"stream.repeated", order.repeated},
                           {"stream.reordered", order.reordered},
                           {"stream.holes", order.holes},
                           {"stream.holes_expired", order.expired},
                           {"stream.reorder_wait_ms", reorderWait(sequencer)},
                           {"stream.waiting", sequencer.waiting()},
                           {"stream.max_waiting", order.maxWaiting}});
}

void addHistory(Statistics& all, const History& history) {
    all.insert(all.end(), {{"history.events", history.nextId() - history.firstId()},
                           {"history.bytes", history.bytesUsed()},
                           {"history.capacity_bytes", history.capacity()},
                           {"history.oldest_age_usec", ageOfOldest(history)},
                           {names::statistic::DroppedBoottime, droppedBoottime(history)}});
}

} // namespace

Statistics collectStatistics(const ReadTime& started, const std::vector<const Source*>& sources,
                             const Stream& stream, const Publisher& publisher,
                             const AttributeWatches& watches) {
    Statistics all;
    addDaemon(all, started);
    for (const Source* source : sources) addSource(all, *source, stream.published().of(source->name()));
    all.emplace_back("stream.restarts", stream.restarts());
    for (const char* source : {names::source::Hotplug, names::source::Coldplug, names::source::Keventd})
        all.emplace_back(text(source, ".published"), stream.published().of(source).published);
    addOrder(all, stream.sequencer());
    addHistory(all, stream.history());
    all.emplace_back("subscriptions", publisher.subscriptions());
    all.emplace_back("watched_attributes", watches.attributes());
    return all;
}

} // namespace keventd
