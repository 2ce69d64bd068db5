#include "client/lib/session.h"

#include "keventd/errors.h"
#include "keventd/names.h"

#include <algorithm>
#include <utility>

namespace keventd {
inline namespace client {
namespace {

/// A list is long, those of others come before it, and one that is broken off begins anew the next time.
constexpr std::chrono::seconds LeastForList{5};

Endpoint endpointOf(const SubscriptionOptions& options) {
    return options.endpoint ? *options.endpoint : defaultEndpoint();
}

SubscribeOptions beginningAt(const SubscribeOptions& options, std::optional<std::string> stream,
                             std::uint64_t since) {
    SubscribeOptions moved = options;
    moved.stream = std::move(stream);
    moved.since = since;
    moved.sinceBoottime.reset();
    return moved;
}

} // namespace

Session::Session(const SubscriptionOptions& options, const std::optional<StreamPosition>& position,
                 std::chrono::microseconds timeout, EventHandlers handlers)
    : options_(options), timeout_(timeout), handlers_(std::move(handlers)),
      client_(endpointOf(options), timeout) {
    if (!position) {
        begin();
    } else if (!goOn(*position)) {
        beginNewStream();
    }
    watchAttributes();
}

std::optional<std::vector<Event>> Session::takeDevices() {
    return std::exchange(devices_, std::nullopt);
}

/// @return false if the stream is another one
bool Session::goOn(const StreamPosition& position) {
    try {
        subscription_ = client_.subscribe(beginningAt(options_, position.stream, position.next), handlers_);
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
    subscription_ = client_.subscribe(beginningAt(options_, std::nullopt, 1), handlers_);
}

DeviceList Session::listDevices() {
    client_.setTimeout(std::max<std::chrono::microseconds>(timeout_, LeastForList));
    DeviceList list = client_.listDevices(options_.filter);
    client_.setTimeout(timeout_);
    return list;
}

// When the subscription has begun: so that no event of theirs is missed. One that is refused, for itself
// alone.
void Session::watchAttributes() {
    for (const WatchedAttribute& attribute : options_.watches) {
        try {
            client_.watchAttribute(attribute);
        } catch (const RequestError& error) {
            refusedWatches_.push_back({attribute, error});
        }
    }
}

// The list is of a moment of the stream, and the subscription begins there. If a new stream begins between
// the two, the list is worth nothing.
void Session::listAndSubscribe() {
    constexpr int MaxLists = 3;
    for (int lists = 0; lists < MaxLists; ++lists) {
        DeviceList list = listDevices();
        if (!goOn({std::move(list.stream), list.next})) continue;
        devices_ = std::move(list.devices);
        return;
    }
    throw ConnectionError("the stream changes again and again");
}

} // namespace client
} // namespace keventd
