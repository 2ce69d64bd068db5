#include "client/keventctl/json.h"

#include <nlohmann/json.hpp>

namespace keventd::ctl {
namespace {

using Json = nlohmann::ordered_json;

constexpr int Version = 1; // of the shape; fields may be added to it without a new one

/// Bytes that are not UTF-8 become U+FFFD: the daemon sends none, and an exception would help nobody.
void appendLine(std::string& out, const Json& json) {
    out += json.dump(-1, ' ', false, Json::error_handler_t::replace);
    out += '\n';
}

/// An object under construction. Its keys are known to be unique: the search for each, as operator[] makes
/// it, would cost more than all the rest.
class Members {
public:
    explicit Members(std::size_t count) { members_.reserve(count); }

    template <typename Value>
    Members& add(std::string_view key, Value&& value) {
        members_.emplace_back(key, std::forward<Value>(value));
        return *this;
    }
    [[nodiscard]] Json take() { return Json(std::move(members_)); }

private:
    Json::object_t members_;
};

Json toJson(const PropertyList& properties) {
    Members members(properties.size());
    for (const Property property : properties) {
        members.add(property.key, property.value);
    }
    return members.take();
}

Json toJson(const Event& event) {
    return Members(12)
        .add("v", Version)
        .add("id", event.id)
        .add("source", event.source)
        .add("action", event.action)
        .add("subsystem", event.subsystem)
        .add("object", event.object)
        .add("attribute", event.attribute)
        .add("seqnum", event.seqnum)
        .add("boottime", event.boottime.count())
        .add("realtime", event.realtime.count())
        .add("flags", event.flags)
        .add("properties", toJson(event.properties))
        .take();
}

class JsonPrinter final : public EventPrinter {
public:
    void append(std::string& out, const Event& event) override { appendLine(out, toJson(event)); }
};

Json toJson(const std::vector<SourceState>& sources) {
    Json list = Json::array();
    for (const SourceState& source : sources) {
        list.push_back({{"name", source.name}, {"state", source.state}, {"reason", source.reason}});
    }
    return list;
}

Json toJson(const SubscriptionInfo& info) {
    return {{"number", info.number},
            {"owner", info.owner},
            {"uid", info.uid ? Json(*info.uid) : Json()},
            {"state", info.state},
            {"filter", info.filter},
            {"next", info.next},
            {"lag", info.lag},
            {"lost", info.lost},
            {"window", info.window},
            {"unacknowledged", info.unacknowledged},
            {"unacknowledged_bytes", info.unacknowledgedBytes}};
}

Json toJson(const std::vector<SubscriptionInfo>& subscriptions) {
    Json list = Json::array();
    for (const SubscriptionInfo& info : subscriptions) list.push_back(toJson(info));
    return list;
}

} // namespace

std::unique_ptr<EventPrinter> makeJsonPrinter() {
    return std::make_unique<JsonPrinter>();
}

void appendJson(std::string& out, const DaemonStatus& status,
                const std::optional<std::vector<SubscriptionInfo>>& subscriptions) {
    appendLine(out, {{"v", Version},
                     {"version", status.version},
                     {"stream", status.stream},
                     {"first", status.first},
                     {"last", status.last},
                     {"sources", toJson(status.sources)},
                     {"subscriptions", subscriptions ? toJson(*subscriptions) : Json()},
                     {"statistics", status.statistics}});
}

void appendJson(std::string& out, const SourceState& source) {
    appendLine(out,
               {{"v", Version}, {"name", source.name}, {"state", source.state}, {"reason", source.reason}});
}

} // namespace keventd::ctl
