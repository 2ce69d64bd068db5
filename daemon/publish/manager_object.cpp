#include "daemon/publish/manager_object.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/publish/bus_error.h"
#include "daemon/publish/device_listing.h"
#include "daemon/publish/event_page.h"
#include "daemon/publish/method_call.h"
#include "daemon/publish/statistics.h"
#include "daemon/publish/subscription_listing.h"
#include "keventd/names.h"

#include <algorithm>
#include <memory>

namespace keventd {
namespace {

const char* stateName(SourceState state) {
    switch (state) {
    case SourceState::Running:
        return "running";
    case SourceState::Waiting:
        return "waiting";
    case SourceState::Disabled:
        return "disabled";
    case SourceState::Refused:
        return "refused";
    case SourceState::Failed:
        return "failed";
    }
    return "";
}

void appendSource(sd_bus_message* reply, const char* name, const SourceStatus& status) {
    checkResult(sd_bus_message_append(reply, "(sss)", name, stateName(status.state), status.reason),
                "write property");
}

void reply(sd_bus_message* call, const char* types, auto... values) {
    checkSent(sd_bus_reply_method_return(call, types, values...), "reply");
}

std::uint32_t readNumber(sd_bus_message* call) {
    std::uint32_t number = 0;
    checkRead(sd_bus_message_read_basic(call, 'u', &number));
    return number;
}

AttributeName readAttributeName(sd_bus_message* call) {
    const char* object = nullptr;
    const char* attribute = nullptr;
    checkRead(sd_bus_message_read(call, "ss", &object, &attribute));
    return {object, attribute};
}

} // namespace

struct ManagerObject::Table {
    /// Calls `Method` when it is known who calls.
    template <void (ManagerObject::*Method)(sd_bus_message*)>
    static int serve(sd_bus_message* call, void* object, sd_bus_error* error) noexcept {
        auto& manager = *static_cast<ManagerObject*>(object);
        return manager.callers_.serve(call, error, [&manager, call] { (manager.*Method)(call); });
    }

    static const sd_bus_vtable Rows[];
};

// Kept in step with dbus/org.keventd1.Manager.xml by a test.
const sd_bus_vtable ManagerObject::Table::Rows[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD_WITH_NAMES(names::method::Subscribe, "a{sv}", SD_BUS_PARAM(options), "ust",
                             SD_BUS_PARAM(subscription) SD_BUS_PARAM(stream) SD_BUS_PARAM(next),
                             (serve<&ManagerObject::onSubscribe>), SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD_WITH_NAMES(names::method::Unsubscribe, "u", SD_BUS_PARAM(subscription), "", "",
                             (serve<&ManagerObject::onUnsubscribe>), SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD_WITH_NAMES(names::method::Acknowledge, "ut", SD_BUS_PARAM(subscription) SD_BUS_PARAM(id),
                             "", "", (serve<&ManagerObject::onAcknowledge>),
                             SD_BUS_VTABLE_UNPRIVILEGED | SD_BUS_VTABLE_METHOD_NO_REPLY),
    SD_BUS_METHOD_WITH_NAMES(names::method::GetEvents, "a{sv}u", SD_BUS_PARAM(options) SD_BUS_PARAM(max),
                             "sta(tssssstttua{ss})t",
                             SD_BUS_PARAM(stream) SD_BUS_PARAM(first) SD_BUS_PARAM(events) SD_BUS_PARAM(next),
                             (serve<&ManagerObject::onGetEvents>), SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD_WITH_NAMES(names::method::ListDevices, "a{sv}", SD_BUS_PARAM(options),
                             "sta(tssssstttua{ss})",
                             SD_BUS_PARAM(stream) SD_BUS_PARAM(next) SD_BUS_PARAM(devices),
                             (serve<&ManagerObject::onListDevices>), SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD_WITH_NAMES(names::method::ListSubscriptions, "", "", "aa{sv}", SD_BUS_PARAM(subscriptions),
                             (serve<&ManagerObject::onListSubscriptions>), SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD_WITH_NAMES(names::method::Sync, "", "", "t", SD_BUS_PARAM(next),
                             (serve<&ManagerObject::onSync>), SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD_WITH_NAMES(names::method::Resync, "", "", "tt",
                             SD_BUS_PARAM(next) SD_BUS_PARAM(differences), (serve<&ManagerObject::onResync>),
                             SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD_WITH_NAMES(names::method::WatchAttribute, "ss",
                             SD_BUS_PARAM(object) SD_BUS_PARAM(attribute), "", "",
                             (serve<&ManagerObject::onWatchAttribute>), SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD_WITH_NAMES(names::method::UnwatchAttribute, "ss",
                             SD_BUS_PARAM(object) SD_BUS_PARAM(attribute), "", "",
                             (serve<&ManagerObject::onUnwatchAttribute>), SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_SIGNAL_WITH_NAMES(names::signal::Events, "ua(tssssstttua{ss})t",
                             SD_BUS_PARAM(subscription) SD_BUS_PARAM(events) SD_BUS_PARAM(next), 0),
    SD_BUS_SIGNAL_WITH_NAMES(names::signal::Lost, "utt",
                             SD_BUS_PARAM(subscription) SD_BUS_PARAM(from) SD_BUS_PARAM(to), 0),
    SD_BUS_PROPERTY(names::property::Version, "s", (handleGet<ManagerObject, &ManagerObject::getVersion>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY(names::property::StreamId, "s", (handleGet<ManagerObject, &ManagerObject::getStreamId>),
                    0, SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY(names::property::FirstId, "t", (handleGet<ManagerObject, &ManagerObject::getFirstId>), 0,
                    0),
    SD_BUS_PROPERTY(names::property::LastId, "t", (handleGet<ManagerObject, &ManagerObject::getLastId>), 0,
                    0),
    SD_BUS_PROPERTY(names::property::Statistics, "a{st}",
                    (handleGet<ManagerObject, &ManagerObject::getStatistics>), 0, 0),
    SD_BUS_PROPERTY(names::property::Sources, "a(sss)",
                    (handleGet<ManagerObject, &ManagerObject::getSources>), 0,
                    SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
    SD_BUS_VTABLE_END,
};

ManagerObject::ManagerObject(EventLoop& loop, const Stream& stream, Intake& intake, Clients& clients,
                             Publisher& publisher, LargeAnswers& answers, AttributeWatches& watches,
                             const Sysfs& sysfs, Reconciler& reconciler, std::vector<const Source*> sources,
                             std::vector<std::pair<const char*, SourceStatus>> otherStates)
    : stream_(stream), intake_(intake), clients_(clients), callers_(clients), publisher_(publisher),
      answers_(answers), watches_(watches), sysfs_(sysfs), resyncCalls_(stream, reconciler, clients),
      sources_(std::move(sources)), otherStates_(std::move(otherStates)), toldStatus_(sourceStatus()),
      afterTurn_(loop.addPost("sources", [this] { tellChangedSources(); })) {}

ManagerObject::Serving ManagerObject::serveOn(sd_bus* bus) {
    sd_bus_slot* slot = nullptr;
    checkResult(sd_bus_add_object_vtable(bus, &slot, names::Object, names::Manager, Table::Rows, this),
                "serve /org/keventd1");
    served_.push_back(bus);
    return {slot, StopServing{this}};
}

void ManagerObject::StopServing::operator()(sd_bus_slot* slot) const {
    std::erase(manager->served_, sd_bus_slot_get_bus(slot));
    sd_bus_slot_unref(slot);
}

std::vector<SourceStatus> ManagerObject::sourceStatus() const {
    std::vector<SourceStatus> status;
    for (const Source* source : sources_) status.push_back(source->status());
    return status;
}

void ManagerObject::tellChangedSources() {
    const bool asTold =
        std::equal(sources_.begin(), sources_.end(), toldStatus_.begin(), toldStatus_.end(),
                   [](const Source* source, const SourceStatus& told) { return source->status() == told; });
    if (asTold) return;
    toldStatus_ = sourceStatus();
    for (sd_bus* bus : served_) {
        const int result = sd_bus_emit_properties_changed(bus, names::Object, names::Manager,
                                                          names::property::Sources, nullptr);
        if (result < 0) logDebug(text("tell of changed sources: ", errorText(-result), ", ignoring"));
    }
}

void ManagerObject::onSubscribe(sd_bus_message* call) {
    const Subscription& made =
        publisher_.subscribe(senderOf(call), readSubscribeOptions(call, clients_.limits().client));
    reply(call, "ust", made.number(), stream_.id().c_str(), made.next());
}

void ManagerObject::onUnsubscribe(sd_bus_message* call) {
    publisher_.unsubscribe(senderOf(call), readNumber(call));
    reply(call, "");
}

void ManagerObject::onAcknowledge(sd_bus_message* call) {
    const std::uint32_t number = readNumber(call);
    std::uint64_t id = 0;
    checkRead(sd_bus_message_read_basic(call, 't', &id));
    publisher_.acknowledge(senderOf(call), number, id);
    // Not every library heeds the annotation that there is no reply: some would wait for it.
    if (sd_bus_message_get_expect_reply(call) > 0) reply(call, "");
}

void ManagerObject::onGetEvents(sd_bus_message* call) {
    SubscribeOptions options = readSubscribeOptions(call, clients_.limits().client);
    if (options.window) {
        throw BusError(names::error::InvalidOption,
                       text("option '", names::option::Window, "': a page has none"));
    }
    EventPage::Wanted wanted{.options = std::move(options),
                             .seesAdmin = clients_.accountOf(senderOf(call)).seesAdmin(),
                             .max = readNumber(call)};
    answers_.add(call, std::make_unique<EventPage>(call, std::move(wanted), stream_));
}

void ManagerObject::onListDevices(sd_bus_message* call) {
    Filter filter = readDeviceFilter(call, clients_.limits().client);
    answers_.add(call, std::make_unique<DeviceListing>(call, std::move(filter), stream_, sysfs_, database_));
}

void ManagerObject::onListSubscriptions(sd_bus_message* call) {
    const ClientAccount& viewer = clients_.accountOf(senderOf(call));
    answers_.add(call, std::make_unique<SubscriptionListing>(call, viewer, stream_, publisher_));
}

void ManagerObject::onSync(sd_bus_message* call) {
    const std::uint64_t newest = intake_.announceNewest();
    const std::shared_ptr<sd_bus_message> kept(sd_bus_message_ref(call), sd_bus_message_unref);
    publisher_.whenSettled(senderOf(call), newest,
                           [kept, this] { replyLater(kept.get(), "t", stream_.history().nextId()); });
}

void ManagerObject::onResync(sd_bus_message* call) {
    resyncCalls_.add(call);
}

void ManagerObject::onWatchAttribute(sd_bus_message* call) {
    watches_.watch(senderOf(call), readAttributeName(call));
    reply(call, "");
}

void ManagerObject::onUnwatchAttribute(sd_bus_message* call) {
    watches_.unwatch(senderOf(call), readAttributeName(call));
    reply(call, "");
}

void ManagerObject::getVersion(sd_bus_message* reply) const {
    checkResult(sd_bus_message_append(reply, "s", KEVENTD_VERSION), "write property");
}

void ManagerObject::getStreamId(sd_bus_message* reply) const {
    checkResult(sd_bus_message_append(reply, "s", stream_.id().c_str()), "write property");
}

void ManagerObject::getFirstId(sd_bus_message* reply) const {
    checkResult(sd_bus_message_append(reply, "t", stream_.history().firstId()), "write property");
}

void ManagerObject::getLastId(sd_bus_message* reply) const {
    checkResult(sd_bus_message_append(reply, "t", stream_.history().nextId() - 1), "write property");
}

void ManagerObject::getStatistics(sd_bus_message* reply) const {
    checkResult(sd_bus_message_open_container(reply, 'a', "{st}"), "write property");
    for (const auto& [name, value] : collectStatistics(started_, sources_, stream_, publisher_, watches_)) {
        checkResult(sd_bus_message_append(reply, "{st}", name.c_str(), value), "write property");
    }
    checkResult(sd_bus_message_close_container(reply), "write property");
}

void ManagerObject::getSources(sd_bus_message* reply) const {
    checkResult(sd_bus_message_open_container(reply, 'a', "(sss)"), "write property");
    for (const Source* source : sources_) appendSource(reply, source->name(), source->status());
    for (const auto& [name, status] : otherStates_) appendSource(reply, name, status);
    checkResult(sd_bus_message_close_container(reply), "write property");
}

} // namespace keventd
