// The stream: what the sequencer lets leave changes the tables of devices, gets its text made fit, its id,
// and its place in the history. What stands there already, from an earlier daemon, does not come in again.
#pragma once

#include "daemon/stream/device_log.h"
#include "daemon/stream/device_table.h"
#include "daemon/stream/history.h"
#include "daemon/stream/published_counts.h"
#include "daemon/stream/sequencer.h"
#include "daemon/stream/told_objects.h"
#include "daemon/stream/udev_table.h"
#include "daemon/stream/waiting_log.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
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

    /// Has what is to survive a kill written down from now on, beside the history.
    /// @param devices, waiting, objects  outlive the stream
    void keepIn(DeviceLog& devices, WaitingLog& waiting, ToldObjects& objects);
    /// @param count  daemons that have served the stream before this one
    void countRestarts(std::uint64_t count) { restarts_ = count; }
    [[nodiscard]] std::uint64_t restarts() const { return restarts_; }
    /// @return whether the history has this event, which was never given a SEQNUM: as it was when it was read
    [[nodiscard]] bool has(Event event) const;
    /// @return whether the history has an event that tells of a loss, as of this time
    [[nodiscard]] bool hasOverrunOf(std::chrono::microseconds boottime) const;

    /// Takes an event that nobody has sent, which says how things are as of now: it leaves at once, before
    /// what waits in the sequencer.
    void publish(Event event) { append(event); }
    /// @param handler  called with each event that tells of a loss in a socket, when it has its place; and at
    ///                 once with those that an earlier daemon has told of, and that no resync has followed
    void whenOverrun(std::function<void(const EventView&)> handler);

private:
    [[nodiscard]] bool hasOf(std::chrono::microseconds boottime,
                             const std::function<bool(const EventView&)>& isWanted) const;
    void rememberHistory();
    void rememberLoss(const EventView& event);
    void append(Event& event);
    void changeDevices(const Event& event);

    std::string id_;
    History& history_;
    DeviceTable& devices_;
    UdevTable& udevDevices_;
    DeviceLog* deviceLog_ = nullptr;
    WaitingLog* waiting_ = nullptr;
    ToldObjects* objects_ = nullptr;
    std::uint64_t restarts_ = 0;
    std::map<std::string, std::uint64_t> unresynced_; // of an earlier daemon: ids of overruns, by source
    std::function<void(const EventView&)> onOverrun_;
    PublishedCounts published_;
    Sequencer sequencer_;
};

} // namespace keventd
