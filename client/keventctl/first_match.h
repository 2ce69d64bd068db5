// The first event of a stream that was asked for. What could have been one and is lost, is told on stderr.
#pragma once

#include "client/keventctl/event_query.h"
#include "client/keventctl/event_receiver.h"
#include "client/keventctl/interruption.h"

#include <optional>

namespace keventd::ctl {

class FirstMatch final : public EventReceiver {
public:
    /// @param query         which events; outlives this
    /// @param interruption  outlives this
    /// @param outputFd      where it is going to be printed; -1: nowhere, and no reader is waited for
    FirstMatch(const EventQuery& query, const Interruption& interruption, int outputFd);

    /// Keeps the first event, unless it is about the stream and was not asked for.
    void onEvent(const Event& event) override;
    void onLost(std::uint64_t from, std::uint64_t to, std::string_view reason) override;
    void tell(std::string_view line) override;

    /// Found, the reader of the output gone, or the time over.
    [[nodiscard]] bool isDone() const override;
    [[nodiscard]] Output& output() override { return output_; }

    [[nodiscard]] const std::optional<Event>& found() const { return found_; }
    /// @return whether events are lost that may have matched
    [[nodiscard]] bool hasLost() const { return hasLost_; }

private:
    [[nodiscard]] bool isAskedFor(const Event& event) const;

    const EventQuery& query_;
    const Interruption& interruption_;
    Output output_;
    std::optional<Event> found_;
    bool hasLost_ = false;
};

} // namespace keventd::ctl
