#include "client/keventctl/status_text.h"

#include "client/keventctl/printable.h"
#include "client/keventctl/quantities.h"
#include "client/keventctl/text_table.h"

#include <map>
#include <utility>

namespace keventd::ctl {
namespace {

constexpr std::string_view Indent = "  ";

// What has been shown is gone; what nobody has asked for is shown by its name.
class Counters {
public:
    explicit Counters(std::map<std::string, std::uint64_t> all) : all_(std::move(all)) {}

    /// @return 0 if there is none of this name
    std::uint64_t take(const std::string& name) {
        const auto node = all_.extract(name);
        return node ? node.mapped() : 0;
    }
    std::string takeText(const std::string& name) { return std::to_string(take(name)); }
    std::string takeSize(const std::string& name) { return sizeText(take(name)); }
    Duration takeTime(const std::string& name) { return Duration(take(name)); }
    [[nodiscard]] const std::map<std::string, std::uint64_t>& left() const { return all_; }

private:
    std::map<std::string, std::uint64_t> all_;
};

std::string idRange(const DaemonStatus& status) {
    if (status.first > status.last) return "none kept; the next is " + std::to_string(status.last + 1);
    return std::to_string(status.first) + " to " + std::to_string(status.last);
}

std::string startOf(Counters& counters) {
    const std::string date = dateText(counters.takeTime("daemon.started_realtime"));
    const std::string ago = durationText(counters.takeTime("daemon.uptime_usec")) + " ago";
    return date + ", " + ago + "; restarts in this stream: " + counters.takeText("stream.restarts");
}

std::string historyOf(Counters& counters) {
    const std::uint64_t events = counters.take("history.events");
    const std::string oldest = durationText(counters.takeTime("history.oldest_age_usec"));
    const std::string bytes = counters.takeSize("history.bytes");
    const std::string fill =
        std::to_string(events) + " events, " + bytes + " of " + counters.takeSize("history.capacity_bytes");
    return events == 0 ? fill : fill + ", the oldest " + oldest + " ago";
}

std::string orderOf(Counters& counters) {
    const std::string waiting = counters.takeText("stream.waiting");
    return waiting + " events wait, " + counters.takeText("stream.max_waiting") +
           " at most so far; a hole is waited for " + counters.takeText("stream.reorder_wait_ms") + " ms";
}

std::string holesOf(Counters& counters) {
    const std::string holes = counters.takeText("stream.holes");
    return holes + ", " + counters.takeText("stream.holes_expired") +
           " not filled; events: " + counters.takeText("stream.reordered") + " reordered, " +
           counters.takeText("stream.late") + " late, " + counters.takeText("stream.repeated") + " repeated";
}

void appendSources(std::string& out, const std::vector<SourceState>& sources, Counters& counters) {
    constexpr auto left = TextTable::Align::Left;
    constexpr auto right = TextTable::Align::Right;
    TextTable table({left, left, right, right, right, right, right, right, right, right});
    table.addRow({"NAME", "STATE", "RECEIVED", "PUBLISHED", "LATE", "INJECTED", "REFUSED", "DROPPED",
                  "BUFFER", "MOST USED"});
    for (const auto& [name, state, reason] : sources) {
        table.addRow({name, state, counters.takeText(name + ".received"),
                      counters.takeText(name + ".published"), counters.takeText(name + ".late"),
                      counters.takeText(name + ".injected"), counters.takeText(name + ".refused"),
                      counters.takeText(name + ".dropped"), counters.takeSize(name + ".buffer_bytes"),
                      counters.takeSize(name + ".max_queued_bytes"), reason});
    }
    out += "sources\n";
    table.append(out, Indent);
}

std::string ownerOf(const SubscriptionInfo& info) {
    return info.owner.empty() ? "private" : info.owner;
}

std::string userOf(const SubscriptionInfo& info) {
    return info.uid ? std::to_string(*info.uid) : "?";
}

/// @param all  that there are, shown or not
void appendHeading(std::string& out, std::size_t shown, std::uint64_t all) {
    out += "subscriptions: " + std::to_string(shown);
    if (all > shown) out += " of " + std::to_string(all);
    out += '\n';
}

void appendTable(std::string& out, const std::vector<SubscriptionInfo>& subscriptions) {
    if (subscriptions.empty()) return;
    constexpr auto left = TextTable::Align::Left;
    constexpr auto right = TextTable::Align::Right;
    TextTable table({right, left, right, left, right, right, right, right, right});
    table.addRow(
        {"NUMBER", "OWNER", "UID", "STATE", "NEXT", "LAG", "LOST", "UNACKNOWLEDGED", "BYTES", "FILTER"});
    for (const SubscriptionInfo& info : subscriptions) {
        const std::string unacknowledged =
            std::to_string(info.unacknowledged) + " of " + std::to_string(info.window);
        table.addRow({std::to_string(info.number), ownerOf(info), userOf(info), info.state,
                      std::to_string(info.next), std::to_string(info.lag), std::to_string(info.lost),
                      unacknowledged, sizeText(info.unacknowledgedBytes),
                      info.filter.empty() ? "(everything)" : info.filter});
    }
    table.append(out, Indent);
}

/// @param all  that there are, shown or not
void appendSubscriptions(std::string& out, const std::optional<std::vector<SubscriptionInfo>>& shown,
                         std::uint64_t all) {
    if (shown) {
        appendHeading(out, shown->size(), all);
        appendTable(out, *shown);
    } else {
        out += "subscriptions: " + std::to_string(all) + ", not listed\n";
    }
}

void appendOthers(std::string& out, const Counters& counters) {
    if (counters.left().empty()) return;
    TextTable table({TextTable::Align::Left, TextTable::Align::Right});
    for (const auto& [name, value] : counters.left()) table.addRow({name, std::to_string(value)});
    out += "other statistics\n";
    table.append(out, Indent);
}

} // namespace

void appendText(std::string& out, const DaemonStatus& status,
                const std::optional<std::vector<SubscriptionInfo>>& subscriptions) {
    Counters counters(status.statistics);
    out += "version  " + printable(status.version) + "\n";
    out += "stream   " + printable(status.stream) + "\n";
    out += "started  " + startOf(counters) + "\n";
    out += "events   " + idRange(status) + "\n";
    out += "history  " + historyOf(counters) + "\n";
    out += "order    " + orderOf(counters) + "\n";
    out += "holes    " + holesOf(counters) + "\n";
    appendSources(out, status.sources, counters);
    appendSubscriptions(out, subscriptions, counters.take("subscriptions"));
    appendOthers(out, counters);
}

} // namespace keventd::ctl
