// After a loss: what the events of a source have told is compared with what is there, and the difference is
// published under the source's name, flagged Resync, between `keventd`/`overrun` and `keventd`/`resynced`.
//
// Comparison says why it takes two looks; between them, this waits for all events that had been sent. Each
// loss is followed by a comparison of its own, unless the next one comes before that has begun.
#pragma once

#include "daemon/base/event_loop.h"
#include "daemon/base/rate_limit.h"
#include "daemon/stream/comparison.h"
#include "daemon/stream/intake.h"
#include "daemon/stream/stream.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace keventd {

class Reconciler {
public:
    /// Comparisons until what still changes is left alone: what changes has events of its own.
    static constexpr int MaxRounds = 5;

    /// All outlive the object.
    Reconciler(EventLoop& loop, Stream& stream, Intake& intake, std::vector<const ResyncSubject*> subjects);
    Reconciler(const Reconciler&) = delete;
    Reconciler& operator=(const Reconciler&) = delete;

    /// Called when all differences have been published, with their number.
    using Done = std::function<void(std::size_t differences)>;

    /// Compares all subjects, and the sources that compare themselves, although nothing was lost.
    void compareAll(Done done);

private:
    struct Request {
        const ResyncSubject* subject;
        std::uint64_t overrun; ///< id of the event that told of the loss; 0 if nothing was lost
        Done done;
    };
    enum class Phase { Looking, Settling, Publishing };
    /// The request that is being served.
    struct Run {
        explicit Run(Request served) : request(std::move(served)), comparison(*request.subject) {}

        Request request;
        Comparison comparison;
        Phase phase = Phase::Looking;
        int rounds = 1;
        std::uint64_t seqnum = 0;                          ///< the newest at the end of the first look
        std::chrono::steady_clock::time_point settledFrom; ///< events are awaited until then at least
        std::optional<std::chrono::steady_clock::time_point> deadline; ///< and at most
    };

    void onOverrun(const EventView& overrun);
    void turn();
    void compareThemselves();
    std::size_t compareItself(const std::string& source, std::uint64_t overrun);
    void look(const TurnBudget& budget);
    void settle();
    [[nodiscard]] bool haveEventsLeft() const;
    void publish(const TurnBudget& budget);
    void finish();
    void tellResynced(const Run& run);
    void logResynced(const std::string& source, std::size_t count, std::uint64_t overrun);

    Stream& stream_;
    Intake& intake_;
    std::vector<const ResyncSubject*> subjects_;
    std::deque<Request> requests_;
    std::map<std::string, std::uint64_t> compareThemselves_; // sources, and what has told of their loss
    std::optional<Run> run_;
    RateLimit log_;
    EventLoop::Handle turn_;
    EventLoop::Handle later_;     // for sources that could not be compared
    EventLoop::Handle poll_;      // for what tells nothing, such as a file that goes
    EventLoop::Handle afterTurn_; // while events are awaited
};

} // namespace keventd
