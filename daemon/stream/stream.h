// The stream: what the sequencer lets leave gets its text made fit, its id, and its place in the history.
#pragma once

#include "daemon/stream/history.h"
#include "daemon/stream/sequencer.h"

#include <string>

namespace keventd {

class Stream {
public:
    /// @param id       StreamId: 32 hexadecimal digits
    /// @param history  outlives the stream
    Stream(std::string id, const Sequencer::Options& order, History& history);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] Sequencer& sequencer() { return sequencer_; }
    [[nodiscard]] const Sequencer& sequencer() const { return sequencer_; }
    [[nodiscard]] const History& history() const { return history_; }

private:
    std::string id_;
    History& history_;
    Sequencer sequencer_;
};

} // namespace keventd
