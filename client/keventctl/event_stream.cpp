#include "client/keventctl/event_stream.h"

#include "client/keventctl/printable.h"

#include <cerrno>
#include <poll.h>
#include <system_error>

namespace keventd::ctl {
namespace {

/// A subscription whose events go to a receiver, and whose fortunes are told.
class Watch {
public:
    Watch(const SubscriptionOptions& options, EventReceiver& receiver)
        // Of a time of which events are no longer kept, it is any that ever was.
        : receiver_(receiver), start_(options.sinceBoottime ? 1 : options.since.value_or(0)),
          subscription_(options, handlers()) {}
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    [[nodiscard]] int fd() const { return subscription_.fd(); }
    void dispatch() { subscription_.dispatch(); }

private:
    SubscriptionHandlers handlers() {
        SubscriptionHandlers handlers;
        handlers.event = [this](const Event& event) { receiver_.onEvent(event); };
        handlers.lost = [this](std::uint64_t from, std::uint64_t to) {
            receiver_.onLost(from, to, from == start_ ? "no longer kept" : "this reader was too slow");
        };
        handlers.disconnected = [this](const std::string& reason) {
            receiver_.tell(printable(reason) + ", connecting again");
        };
        handlers.resumed = [this] {
            start_ = subscription_.next();
            receiver_.tell("connected again");
        };
        handlers.unwatched = [](const WatchedAttribute&, const RequestError& error) { throw error; };
        handlers.streamChanged = [this](const std::string& before, const std::string& now) {
            receiver_.tell("the daemon has begun a new stream, " + printable(now) + " after " +
                           printable(before) + ": ids count from 1");
        };
        return handlers;
    }

    EventReceiver& receiver_;
    std::uint64_t start_; // what comes first after connecting
    Subscription subscription_;
};

/// @return whether there is something to dispatch
bool isReadable(const Watch& watch) {
    pollfd descriptor{watch.fd(), POLLIN, 0};
    return ::poll(&descriptor, 1, 0) > 0;
}

/// Waits until the subscription, a signal, the deadline or the reader of our output has something to say.
void waitForSomething(const Watch& watch, const Interruption& interruption, Output& output) {
    pollfd descriptors[] = {
        {watch.fd(), POLLIN, 0},
        {interruption.fd(), POLLIN, 0},
        {output.fd(), 0, 0}, // errors only: the reader has gone
    };
    const int ready = ::poll(descriptors, std::size(descriptors), interruption.pollTimeout());
    if (ready < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
    if (ready > 0) output.onPolled(descriptors[2].revents);
}

} // namespace

void readStream(const SubscriptionOptions& options, EventReceiver& receiver,
                const Interruption& interruption) {
    Watch watch(options, receiver);
    while (!receiver.isDone()) {
        if (isReadable(watch)) {
            watch.dispatch();
            continue;
        }
        // Nothing is waiting: what has been printed so far is seen now.
        receiver.output().flush();
        waitForSomething(watch, interruption, receiver.output());
    }
}

} // namespace keventd::ctl
