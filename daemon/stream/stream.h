// The stream: what the sequencer lets leave changes the tables of devices, gets its text made fit, its id,
// and its place in the history. What stands there already, from an earlier daemon, does not come in again.
#pragma once

#include "daemon/stream/device_table.h"
#include "daemon/stream/history.h"
#include "daemon/stream/published_counts.h"
#include "daemon/stream/sequencer.h"
#include "daemon/stream/udev_table.h"

#include <functional>
#include <string>
#include <utility>

namespace keventd {

class Stream {
public:
    /// @param id       StreamId: 32 hexadecimal digits
    /// @param history, devices, udevDevices  outlive the stream
    Stream(std::string id, const Sequencer::Options& order, History& history, DeviceTable& devices,
           UdevTable& udevDevices);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] Sequencer& sequencer() { return sequencer_; }
    [[nodiscard]] const Sequencer& sequencer() const { return sequencer_; }
    [[nodiscard]] const History& history() const { return history_; }
    /// @return the devices as of the last event in the history
    [[nodiscard]] const DeviceTable& devices() const { return devices_; }
    [[nodiscard]] const PublishedCounts& published() const { return published_; }

    /// Takes an event that nobody has sent, which says how things are as of now: it leaves at once, before
    /// what waits in the sequencer.
    void publish(Event event) { append(event); }
    /// @param handler  called with each event that tells of a loss in a socket, when it has its place
    void whenOverrun(std::function<void(const EventView&)> handler) { onOverrun_ = std::move(handler); }

private:
    void rememberHistory();
    void append(Event& event);

    std::string id_;
    History& history_;
    DeviceTable& devices_;
    UdevTable& udevDevices_;
    std::function<void(const EventView&)> onOverrun_;
    PublishedCounts published_;
    Sequencer sequencer_;
};

} // namespace keventd
