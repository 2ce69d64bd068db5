#include "client/keventctl/monitor.h"

#include "client/keventctl/printable.h"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <system_error>
#include <utility>

namespace keventd::ctl {
namespace {

/// Larger than the usual window: several full messages can be under way while this one is being printed.
constexpr std::uint32_t Window = 8192;

/// A subscription whose events go into a sink, and whose fortunes are told.
class Watch {
public:
    Watch(const SubscriptionOptions& options, EventSink& sink)
        // Of a time of which events are no longer kept, it is any that ever was.
        : sink_(sink), start_(options.sinceBoottime ? 1 : options.since.value_or(0)),
          subscription_(options, handlers()) {}
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    [[nodiscard]] int fd() const { return subscription_.fd(); }
    void dispatch() { subscription_.dispatch(); }

private:
    SubscriptionHandlers handlers() {
        SubscriptionHandlers handlers;
        handlers.event = [this](const Event& event) { sink_.onEvent(event); };
        handlers.lost = [this](std::uint64_t from, std::uint64_t to) {
            sink_.onLost(from, to, from == start_ ? "no longer kept" : "this reader was too slow");
        };
        handlers.disconnected = [this](const std::string& reason) {
            sink_.tell(printable(reason) + ", connecting again");
        };
        handlers.resumed = [this] {
            start_ = subscription_.next();
            sink_.tell("connected again");
        };
        handlers.streamChanged = [this](const std::string& before, const std::string& now) {
            sink_.tell("the daemon has begun a new stream, " + printable(now) + " after " +
                       printable(before) + ": ids count from 1");
        };
        return handlers;
    }

    EventSink& sink_;
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

void Monitor::declare(OptionSet& options) {
    query_.declare(options);
    options.value(
        "--timeout", "DURATION", [this](const std::string& text) { timeout_ = parseTimeout(text); },
        "End after this time");
}

ExitStatus Monitor::run(const Connector& connector) {
    const Interruption interruption(timeout_);
    EventSink sink(query_, interruption);
    return sink.readUntilDone([&] {
        Watch watch(options(connector), sink);
        while (!sink.isDone()) {
            if (isReadable(watch)) {
                watch.dispatch();
                continue;
            }
            // Nothing is waiting: what has been printed so far is seen now.
            sink.output().flush();
            waitForSomething(watch, interruption, sink.output());
        }
    });
}

SubscriptionOptions Monitor::options(const Connector& connector) const {
    SubscriptionOptions options;
    static_cast<EventOptions&>(options) = query_.options();
    options.window = Window;
    options.endpoint = connector.endpoint();
    options.connectTimeout = std::min(timeout_.value_or(options.connectTimeout), options.connectTimeout);
    return options;
}

} // namespace keventd::ctl
