// What the daemon listens to: one class, one descriptor, one way to turn its bytes into events.
#pragma once

#include "daemon/sources/arrivals.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace keventd {

/// What a source has done since the daemon started.
struct SourceStatistics {
    std::uint64_t received = 0; ///< messages read from the socket
    std::uint64_t refused = 0;  ///< of these, malformed, too long or from somebody who may not send
    std::uint64_t injected = 0; ///< of these, sent through the kernel by a process
    std::uint64_t dropped = 0;  ///< messages that the kernel could not queue, and that nobody will ever read
    std::uint64_t bufferBytes = 0;    ///< size of the receive buffer
    std::uint64_t maxQueuedBytes = 0; ///< the most that was ever seen to lie in it
};

enum class SourceState {
    Running,
    Waiting,  ///< nothing can come yet
    Disabled, ///< switched off, or the kernel has no such thing
    Refused,  ///< the kernel does not let us
    Failed,   ///< it should run, and cannot
};

struct SourceStatus {
    SourceState state = SourceState::Running;
    const char* reason = ""; ///< why it is not running, a literal; empty if it is

    bool operator==(const SourceStatus& other) const {
        return state == other.state && std::string_view(reason) == other.reason;
    }
};

/// What one call of drain() met.
struct Drained {
    bool empty = true;      ///< everything that had arrived was read; false: call again
    std::uint64_t lost = 0; ///< messages dropped by the kernel, after the last event of this drain
    bool lossPending =
        false; ///< more were dropped; a later drain tells, when it has read what was queued before
    bool unknownLoss =
        false; ///< something was lost before all that will be read from now on: nobody knows how much
    bool failed = false; ///< the descriptor is of no use any more, whatever it held: see openNext()
};

/// A socket, and how many of the messages that the kernel has dropped on it are not to be told of any more.
struct SocketPosition {
    std::uint64_t cookie = 0;    ///< what tells it from all others of this boot (SO_COOKIE, socket(7))
    std::uint32_t toldDrops = 0; ///< modulo 2^32
};

class Source {
public:
    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source() = default;

    /// @return the name under which its events appear (Event::source)
    [[nodiscard]] virtual const char* name() const = 0;
    /// Whether the kernel sends it a message for each event, on a socket of netlink; else it says only that
    /// something has changed, and its descriptor means nothing to the next daemon.
    [[nodiscard]] virtual bool isCounted() const { return true; }
    /// @return what to poll for input; borrowed
    [[nodiscard]] virtual int descriptor() const = 0;
    /// @return whether the descriptor was open before the daemon: what it holds at the start has waited
    [[nodiscard]] virtual bool inherited() const = 0;
    /// Takes what had been received for an earlier daemon, and perhaps not been put anywhere when that was
    /// killed. To be called before drain().
    virtual void takeLanded(Arrivals& arrivals) = 0;
    /// Reads what has arrived, at most about `budget` messages.
    /// A loss is told when everything that was queued before it has been read: the drop was counted first,
    /// and the socket found empty then.
    [[nodiscard]] virtual Drained drain(Arrivals& arrivals, std::size_t budget) = 0;
    /// Opens a descriptor to follow this one, which has failed. What is sent until then, nobody reads.
    /// @return whether there is one now; if not, the log tells why
    [[nodiscard]] virtual bool openNext() { return false; }
    /// @return the descriptor that follows when drain() has read this one to its end, if any does
    [[nodiscard]] virtual std::optional<int> nextDescriptor() const { return std::nullopt; }
    /// Takes that one, and closes this one.
    /// @return of the socket that is read from now on
    virtual SocketPosition moveOn() { return {}; }

    /// @return whether its next message says what has been missed since the last: messages are numbered. If
    ///         not, nobody knows
    [[nodiscard]] virtual bool willTellWhatIsMissing() const { return false; }

    /// Of a source that tells only what differs from what it knows, so that a loss can be looked for: the
    /// objects that there are now, each as an event that tells of it. It knows them from now on.
    [[nodiscard]] virtual std::vector<Event> readAll() { return {}; }
    /// Takes up what an earlier daemon has told of each object last, instead.
    virtual void begin(const std::vector<Event>& /*told*/) {}
    /// @return whether there is anything that it can be compared with
    [[nodiscard]] virtual bool canCompare() const { return false; }
    /// Compares what it knows with what there is, and tells the difference by events that are flagged Resync.
    /// To be called when a loss has been told; it may read past what has arrived meanwhile.
    /// @return false if that was not possible for now, and something may be missing still
    [[nodiscard]] virtual bool compare(Arrivals& /*arrivals*/) { return true; }

    /// @return whether anything can have been sent to it, and be lost: also of one that has failed
    [[nodiscard]] virtual bool canLose() const { return status().state == SourceState::Running; }
    /// Cheap: asked after every turn of the loop, so that a change can be told.
    [[nodiscard]] virtual SourceStatus status() const = 0;
    [[nodiscard]] virtual SourceStatistics statistics() const = 0;
};

} // namespace keventd
