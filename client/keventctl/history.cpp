#include "client/keventctl/history.h"

#include "client/keventctl/event_sink.h"
#include "keventd/names.h"

#include <algorithm>
#include <limits>

namespace keventd::ctl {
namespace {

/// Walks the history page by page.
class PageWalk {
public:
    PageWalk(Client& client, EventSink& sink, const EventOptions& options)
        : client_(client), sink_(sink), options_(options), last_(client.lastId()) {}

    /// @return false at the end: what was published after the start of the walk is not of this history
    bool nextPage() {
        const EventPage page = client_.getEvents(options_, pageSize());
        const std::uint64_t wanted = firstWanted();
        if (wanted != 0 && page.first > wanted) sink_.onLost(wanted, page.first - 1, "no longer kept");
        for (const Event& event : page.events) {
            if (event.id <= last_) sink_.onEvent(event);
        }
        if (page.next > last_) return false;
        if (page.next <= wanted) throw ProtocolError("the daemon's history does not come to its end");
        continueAt(page);
        return true;
    }

private:
    /// @return the first id that is asked for; 0: whichever is kept. Of a time, after the page, so that
    ///         nothing can have gone unseen: 1, if an event of that time is no longer kept
    [[nodiscard]] std::uint64_t firstWanted() const {
        if (!options_.sinceBoottime) return options_.since.value_or(0);
        const std::uint64_t dropped = client_.statistics()[names::statistic::DroppedBoottime];
        return dropped != 0 && dropped >= static_cast<std::uint64_t>(options_.sinceBoottime->count()) ? 1 : 0;
    }

    /// No more than is going to be printed; 0: as much as fits.
    [[nodiscard]] std::uint32_t pageSize() const {
        constexpr std::uint64_t max = std::numeric_limits<std::uint32_t>::max();
        return static_cast<std::uint32_t>(std::min(sink_.wanted().value_or(0), max));
    }

    /// The stream is named from now on: ids of another one would mean something else.
    void continueAt(const EventPage& page) {
        options_.stream = page.stream;
        options_.since = page.next;
        options_.sinceBoottime.reset();
    }

    Client& client_;
    EventSink& sink_;
    EventOptions options_;
    std::uint64_t last_;
};

} // namespace

void History::declare(OptionSet& options) {
    query_.declare(options);
    query_.declareCount(options);
}

ExitStatus History::run(const Connector& connector) {
    const Interruption interruption;
    EventSink sink(query_, interruption);
    return sink.readUntilDone([&] {
        Client client = connector.connect();
        PageWalk walk(client, sink, query_.options());
        while (!sink.isDone() && walk.nextPage()) {
        }
    });
}

} // namespace keventd::ctl
