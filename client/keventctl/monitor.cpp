#include "client/keventctl/monitor.h"

#include <cerrno>
#include <poll.h>
#include <system_error>
#include <utility>

namespace keventd::ctl {
namespace {

/// Larger than the usual window: several full messages can be under way while this one is being printed.
constexpr std::uint32_t Window = 8192;

/// Waits until the connection, a signal, the deadline or the reader of our output has something to say.
void waitForSomething(const Client& client, const Interruption& interruption, Output& output) {
    const PollRequest request = client.pollRequest();
    pollfd descriptors[] = {
        {request.fd, request.events, 0},
        {interruption.fd(), POLLIN, 0},
        {output.fd(), 0, 0}, // errors only: the reader has gone
    };
    const int timeout = interruption.pollTimeout(request.timeout);
    const int ready = ::poll(descriptors, std::size(descriptors), timeout);
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
        Client client = connector.connect(timeout_);
        const ClientSubscription subscription = subscribe(client, sink);
        while (!sink.isDone()) {
            if (client.dispatch()) continue;
            // Nothing is waiting: what has been printed so far is seen now.
            sink.output().flush();
            waitForSomething(client, interruption, sink.output());
        }
    });
}

ClientSubscription Monitor::subscribe(Client& client, EventSink& sink) const {
    SubscribeOptions options;
    static_cast<EventOptions&>(options) = query_.options();
    options.window = Window;
    // Of a time of which events are no longer kept, it is any that ever was.
    const std::uint64_t start = options.sinceBoottime ? 1 : options.since.value_or(0);

    EventHandlers handlers;
    handlers.event = [&sink](const Event& event) { sink.onEvent(event); };
    handlers.lost = [&sink, start](std::uint64_t from, std::uint64_t to) {
        sink.onLost(from, to, from == start ? "no longer kept" : "this reader was too slow");
    };
    return client.subscribe(options, std::move(handlers));
}

} // namespace keventd::ctl
