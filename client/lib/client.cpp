#include "keventd/client.h"

#include "client/lib/connection.h"
#include "client/lib/event_reader.h"
#include "client/lib/options_writer.h"
#include "client/lib/subscriber.h"
#include "keventd/names.h"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <system_error>
#include <tuple>

namespace keventd {
inline namespace client {

struct Client::Parts {
    Parts(const Endpoint& endpoint, std::chrono::microseconds timeout)
        : connection(endpoint, timeout), subscriber(std::make_shared<Subscriber>(connection)) {}

    /// @param signature  of the property's type
    template <typename Value>
    Value property(const char* name, const char* signature) {
        auto reply = connection.getProperty(name);
        return connection.reading([&] {
            Value value{};
            reply.enterVariant(signature);
            reply >> value;
            reply.exitVariant();
            return value;
        });
    }

    /// @param method  that takes an object and an attribute, and answers nothing
    void callAbout(const WatchedAttribute& watched, const char* method) {
        auto call = connection.createCall(method);
        connection.guarded([&] { call << watched.object << watched.attribute; });
        static_cast<void>(connection.call(call));
    }

    Connection connection;
    std::shared_ptr<Subscriber> subscriber; // so that subscriptions can tell when it is gone
};

namespace {

/// A step comes to its end also while events arrive faster than they are handled.
constexpr int MaxPerStep = 4096;

std::vector<Event> readEvents(sdbus::MethodReply& reply) {
    std::vector<Event> events;
    EventReader reader(reply);
    do {
        events.emplace_back();
    } while (reader.next(events.back()));
    events.pop_back();
    return events;
}

EventPage readPage(sdbus::MethodReply& reply) {
    EventPage page;
    reply >> page.stream >> page.first;
    page.events = readEvents(reply);
    reply >> page.next;
    return page;
}

DeviceList readDevices(sdbus::MethodReply& reply) {
    DeviceList list;
    reply >> list.stream >> list.next;
    list.devices = readEvents(reply);
    return list;
}

using Properties = std::map<std::string, sdbus::Variant>;

template <typename Value>
Value valueOf(const Properties& properties, const char* name) {
    const auto property = properties.find(name);
    if (property == properties.end()) throw ProtocolError(std::string("the daemon has no property ") + name);
    return property->second.get<Value>();
}

DaemonStatus readStatus(const Properties& properties) {
    using Row = sdbus::Struct<std::string, std::string, std::string>;
    DaemonStatus status;
    status.version = valueOf<std::string>(properties, names::property::Version);
    status.stream = valueOf<std::string>(properties, names::property::StreamId);
    status.first = valueOf<std::uint64_t>(properties, names::property::FirstId);
    status.last = valueOf<std::uint64_t>(properties, names::property::LastId);
    status.statistics = valueOf<decltype(status.statistics)>(properties, names::property::Statistics);
    for (const Row& row : valueOf<std::vector<Row>>(properties, names::property::Sources)) {
        status.sources.push_back({std::get<0>(row), std::get<1>(row), std::get<2>(row)});
    }
    return status;
}

SubscriptionInfo readSubscription(const Properties& properties) {
    namespace key = names::subscription;
    SubscriptionInfo info;
    info.number = valueOf<std::uint32_t>(properties, key::Number);
    info.owner = valueOf<std::string>(properties, key::Owner);
    if (properties.count(key::Uid) > 0) info.uid = valueOf<std::uint32_t>(properties, key::Uid);
    info.state = valueOf<std::string>(properties, key::State);
    info.filter = valueOf<std::string>(properties, key::Filter);
    info.next = valueOf<std::uint64_t>(properties, key::Next);
    info.lag = valueOf<std::uint64_t>(properties, key::Lag);
    info.lost = valueOf<std::uint64_t>(properties, key::Lost);
    info.window = valueOf<std::uint32_t>(properties, key::Window);
    info.unacknowledged = valueOf<std::uint64_t>(properties, key::Unacknowledged);
    info.unacknowledgedBytes = valueOf<std::uint64_t>(properties, key::UnacknowledgedBytes);
    return info;
}

int toPollTimeout(std::optional<std::chrono::microseconds> wanted, std::chrono::milliseconds limit) {
    if (!wanted) return static_cast<int>(limit.count());
    const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(*wanted);
    return static_cast<int>((limit.count() < 0 ? rounded : std::min(rounded, limit)).count());
}

} // namespace

Client::Client(const Endpoint& endpoint, std::chrono::microseconds timeout)
    : parts_(std::make_unique<Parts>(endpoint, timeout)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

void Client::setTimeout(std::chrono::microseconds timeout) {
    parts_->connection.setTimeout(timeout);
}

ClientSubscription Client::subscribe(const SubscribeOptions& options, EventHandlers handlers) {
    auto state = parts_->subscriber->subscribe(options, std::move(handlers));
    return {parts_->subscriber, std::move(state)};
}

EventPage Client::getEvents(const EventOptions& options, std::uint32_t max) {
    Connection& connection = parts_->connection;
    auto call = connection.createCall(names::method::GetEvents);
    connection.guarded([&] {
        writeOptions(call, options);
        call << max;
    });
    auto reply = connection.call(call);
    return connection.reading([&] { return readPage(reply); });
}

DeviceList Client::listDevices(const EventFilter& filter) {
    Connection& connection = parts_->connection;
    auto call = connection.createCall(names::method::ListDevices);
    connection.guarded([&] { writeDeviceOptions(call, filter); });
    auto reply = connection.call(call);
    return connection.reading([&] { return readDevices(reply); });
}

std::uint64_t Client::sync() {
    Connection& connection = parts_->connection;
    auto reply = connection.call(connection.createCall(names::method::Sync));
    std::uint64_t next = 0;
    connection.reading([&] { reply >> next; });
    return next;
}

std::uint64_t Client::resync() {
    Connection& connection = parts_->connection;
    auto reply = connection.call(connection.createCall(names::method::Resync));
    std::uint64_t next = 0;
    std::uint64_t differences = 0;
    connection.reading([&] { reply >> next >> differences; });
    return differences;
}

void Client::watchAttribute(const WatchedAttribute& watched) {
    parts_->callAbout(watched, names::method::WatchAttribute);
}

void Client::unwatchAttribute(const WatchedAttribute& watched) {
    parts_->callAbout(watched, names::method::UnwatchAttribute);
}

DaemonStatus Client::status() {
    auto reply = parts_->connection.getAllProperties();
    return parts_->connection.reading([&] {
        Properties properties;
        reply >> properties;
        return readStatus(properties);
    });
}

std::vector<SubscriptionInfo> Client::listSubscriptions() {
    Connection& connection = parts_->connection;
    auto reply = connection.call(connection.createCall(names::method::ListSubscriptions));
    return connection.reading([&] {
        std::vector<Properties> all;
        reply >> all;
        std::vector<SubscriptionInfo> subscriptions;
        subscriptions.reserve(all.size());
        for (const Properties& properties : all) subscriptions.push_back(readSubscription(properties));
        return subscriptions;
    });
}

std::uint64_t Client::lastId() {
    return parts_->property<std::uint64_t>(names::property::LastId, "t");
}

std::map<std::string, std::uint64_t> Client::statistics() {
    return parts_->property<std::map<std::string, std::uint64_t>>(names::property::Statistics, "a{st}");
}

bool Client::dispatch() {
    Subscriber& subscriber = *parts_->subscriber;
    if (!subscriber.hasDelivery() && !parts_->connection.dispatchOne()) {
        subscriber.acknowledgeAll();
        return false;
    }
    if (subscriber.hasDelivery()) subscriber.deliverOne();
    return true;
}

PollRequest Client::pollRequest() const {
    PollRequest request = parts_->connection.pollRequest();
    if (parts_->subscriber->hasDelivery()) request.timeout = std::chrono::microseconds(0);
    return request;
}

bool Client::process(std::chrono::milliseconds timeout) {
    const PollRequest request = pollRequest();
    pollfd descriptor{request.fd, request.events, 0};
    const int ready = ::poll(&descriptor, 1, toPollTimeout(request.timeout, timeout));
    if (ready < 0 && errno != EINTR) throw Error("poll: " + std::generic_category().message(errno));
    int handled = 0;
    while (handled < MaxPerStep && dispatch()) {
        ++handled;
    }
    return handled > 0;
}

} // namespace client
} // namespace keventd
