#include "client/lib/session.h"

#include "keventd/errors.h"
#include "keventd/names.h"

#include <utility>

namespace keventd {
inline namespace client {
namespace {

Endpoint endpointOf(const SubscriptionOptions& options) {
    return options.endpoint ? *options.endpoint : defaultEndpoint();
}

} // namespace

Session::Session(const SubscriptionOptions& options, const std::optional<StreamPosition>& position,
                 std::chrono::microseconds timeout, EventHandlers handlers)
    : options_(options), handlers_(std::move(handlers)), client_(endpointOf(options), timeout) {
    if (!position) {
        begin();
    } else if (!goOn(*position)) {
        beginNewStream();
    }
}

std::optional<std::vector<Event>> Session::takeDevices() {
    return std::exchange(devices_, std::nullopt);
}

/// @return false if the stream is another one
bool Session::goOn(const StreamPosition& position) {
    SubscribeOptions options = options_;
    options.stream = position.stream;
    options.since = position.next;
    options.sinceBoottime.reset();
    try {
        subscription_ = client_.subscribe(options, handlers_);
        return true;
    } catch (const RequestError& error) {
        if (error.name() == names::error::StreamChanged) return false;
        throw;
    }
}

void Session::begin() {
    if (options_.list) return listAndSubscribe();
    subscription_ = client_.subscribe(options_, handlers_);
}

// Not from the oldest kept: what the history of the new stream has overwritten already is told, too.
void Session::beginNewStream() {
    if (options_.list) return listAndSubscribe();
    SubscribeOptions options = options_;
    options.stream.reset();
    options.since = 1;
    options.sinceBoottime.reset();
    subscription_ = client_.subscribe(options, handlers_);
}

// The list is of a moment of the stream, and the subscription begins there. If a new stream begins between
// the two, the list is worth nothing.
void Session::listAndSubscribe() {
    constexpr int MaxLists = 3;
    for (int lists = 0; lists < MaxLists; ++lists) {
        DeviceList list = client_.listDevices(options_.filter);
        if (!goOn({std::move(list.stream), list.next})) continue;
        devices_ = std::move(list.devices);
        return;
    }
    throw ConnectionError("the stream changes again and again");
}

} // namespace client
} // namespace keventd
