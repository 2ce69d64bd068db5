// The stream: what the sequencer lets leave changes the device table, gets its text made fit, its id, and its
// place in the history.
#pragma once

#include "daemon/stream/device_table.h"
#include "daemon/stream/history.h"
#include "daemon/stream/sequencer.h"

#include <string>

namespace keventd {

class Stream {
public:
    /// @param id       StreamId: 32 hexadecimal digits
    /// @param history, devices  outlive the stream
    Stream(std::string id, const Sequencer::Options& order, History& history, DeviceTable& devices);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] Sequencer& sequencer() { return sequencer_; }
    [[nodiscard]] const Sequencer& sequencer() const { return sequencer_; }
    [[nodiscard]] const History& history() const { return history_; }
    /// @return the devices as of the last event in the history
    [[nodiscard]] const DeviceTable& devices() const { return devices_; }

private:
    std::string id_;
    History& history_;
    DeviceTable& devices_;
    Sequencer sequencer_;
};

} // namespace keventd
