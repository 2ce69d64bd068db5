// Where the events of monitor and history go: printed to standard output, counted, losses told on stderr.
#pragma once

#include "client/keventctl/event_query.h"
#include "client/keventctl/event_receiver.h"
#include "client/keventctl/exit_status.h"
#include "client/keventctl/interruption.h"
#include "client/keventctl/output.h"
#include "keventd/errors.h"

#include <cstdint>
#include <memory>
#include <string_view>

namespace keventd::ctl {

class EventSink final : public EventReceiver {
public:
    /// @param query         form and number of events
    /// @param interruption  outlives the sink
    EventSink(const EventQuery& query, const Interruption& interruption);
    EventSink(const EventSink&) = delete;
    EventSink& operator=(const EventSink&) = delete;
    /// Writes what is left: also the events that came before an exception.
    ~EventSink() override;

    /// Prints an event, and counts it if the query does; drops it if there were enough.
    void onEvent(const Event& event) override;
    void onLost(std::uint64_t from, std::uint64_t to, std::string_view reason) override;
    void tell(std::string_view line) override;

    /// @return how many more events are wanted; nothing: any number
    [[nodiscard]] std::optional<std::uint64_t> wanted() const { return wanted_; }
    /// All printed that was wanted, the reader gone, or interrupted.
    [[nodiscard]] bool isDone() const override;
    [[nodiscard]] Output& output() override { return output_; }

    /// Runs what reads events into this sink. That a signal has come is no failure: it ends the reading.
    /// @return as finish()
    template <typename Read>
    [[nodiscard]] ExitStatus readUntilDone(Read&& read) {
        try {
            read();
        } catch (const InterruptedError&) {
            // As asked: what has come so far is printed.
        }
        return finish();
    }
    /// Writes what is left.
    /// @return Lost, TimedOut or Done, the worst first
    [[nodiscard]] ExitStatus finish();

private:
    [[nodiscard]] bool isFull() const { return wanted_ == 0; }

    const Interruption& interruption_;
    Output output_;
    std::unique_ptr<EventPrinter> printer_;
    std::optional<std::uint64_t> wanted_;
    bool countsOfStream_;
    bool hasLost_ = false;
};

} // namespace keventd::ctl
