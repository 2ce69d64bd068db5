// What the events of one source have told, beside what is really there: what a resync compares.
#pragma once

#include "daemon/stream/enumeration.h"
#include "daemon/stream/sequencer.h"
#include "keventd/event.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace keventd {

class ResyncSubject {
public:
    /// What is there of one object.
    struct Look {
        bool isThere = false;
        std::uint64_t mark = 0; ///< another one if it is another, or has changed

        bool operator==(const Look&) const = default;
    };
    enum class Difference {
        None,
        Gone,     ///< told, and not there
        New,      ///< there, and not told
        Replaced, ///< there is another one of the same name
        Changed,
    };

    ResyncSubject() = default;
    ResyncSubject(const ResyncSubject&) = delete;
    ResyncSubject& operator=(const ResyncSubject&) = delete;
    virtual ~ResyncSubject() = default;

    /// @return the name of the source (names::source)
    [[nodiscard]] virtual const char* source() const = 0;
    /// @return devpaths of all that was told or is there; the subject outlives it
    [[nodiscard]] virtual std::unique_ptr<Enumeration> enumerate() const = 0;
    /// @return what is there; nothing if that cannot be told now
    [[nodiscard]] virtual std::optional<Look> look(const std::string& devpath) const = 0;
    /// @param look  at this object
    /// @return how it differs from what has been told by now
    [[nodiscard]] virtual Difference compare(const std::string& devpath, const Look& look) const = 0;
    /// @param newest   SEQNUM of the newest uevent at some time
    /// @param allRead  the socket of this source was empty after the last reading
    /// @return whether all events of this source that belong to what was there at that time have left
    [[nodiscard]] virtual bool haveLeft(const Sequencer& sequencer, std::uint64_t newest,
                                        bool allRead) const = 0;
    /// @return how long they are waited for at most; nothing: until they have left
    [[nodiscard]] virtual std::optional<std::chrono::seconds> patience() const = 0;
    /// @param action  add, change; remove of what was told
    /// @return the event that would have told it, flagged Resync; nothing if the object has gone since it was
    ///         looked at
    [[nodiscard]] virtual std::optional<Event> describe(const std::string& devpath,
                                                        const char* action) const = 0;
};

} // namespace keventd
