// Who watches which attribute. A file is watched as long as anybody wants it, once for all of them; a watch
// ends with its client. What the kernel does not tell who polls a file, that it has been taken away, the
// events of devices do: they are read here, as they come into the stream.
#pragma once

#include "daemon/base/event_loop.h"
#include "daemon/publish/clients.h"
#include "daemon/sources/attribute_source.h"
#include "daemon/stream/stream.h"

#include <cstdint>
#include <map>
#include <set>

namespace keventd {

class AttributeWatches {
public:
    /// All outlive the object.
    /// @param isSwitchedOn  whether the source is read; if not, nobody may watch anything
    AttributeWatches(EventLoop& loop, const Stream& stream, Clients& clients, AttributeSource& source,
                     bool isSwitchedOn = true);
    AttributeWatches(const AttributeWatches&) = delete;
    AttributeWatches& operator=(const AttributeWatches&) = delete;

    /// The client watches the attribute from now on. To do so twice is to do so once.
    /// @throws BusError NoSuchAttribute, NotAnAttribute, NotPermitted, LimitExceeded; nothing has changed
    /// then
    void watch(const Peer& client, const AttributeName& name);
    /// @throws BusError NoSuchWatch
    void unwatch(const Peer& client, const AttributeName& name);

    /// @return attributes that are watched
    [[nodiscard]] std::size_t attributes() const { return watchers_.size(); }

private:
    using Watchers = std::map<AttributeName, std::set<Peer>>;

    void forgetGone(const AttributeName& name);
    void forget(const Clients::HasGone& hasGone);
    void followDevices();

    const Stream& stream_;
    Clients& clients_;
    AttributeSource& source_;
    bool isSwitchedOn_;
    Watchers watchers_;              // nobody's set is empty
    std::uint64_t lookedAtUpTo_ = 1; // events before this id have been read
    EventLoop::Handle afterTurn_;
};

} // namespace keventd
