// A client of keventd on raw sd-bus: nothing between the test and the wire.
#pragma once

#include "daemon/base/c_handles.h"
#include "keventd/event.h"
#include "keventd/names.h"

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace keventd::test {

enum class Via {
    Private, ///< the daemon's own socket, without Hello
    Broker,  ///< a message bus on which the daemon has its name
};

/// Options of Subscribe and GetEvents.
struct Wanted {
    std::map<std::string, std::vector<std::string>> filters; ///< names::option: sources, subsystems, …
    std::optional<std::string> stream;
    std::optional<std::uint64_t> since;
    std::optional<std::uint64_t> sinceBoottime;
    std::optional<std::uint32_t> window;
};

/// What GetEvents answers.
struct Page {
    std::string stream;
    std::uint64_t first = 0;
    std::vector<Event> events;
    std::uint64_t next = 0;
};

/// What ListDevices answers.
struct DeviceList {
    std::string stream;
    std::uint64_t next = 0;
    std::vector<Event> devices;
};

/// A call was answered with an error.
class CallError : public std::runtime_error {
public:
    CallError(std::string name, const std::string& message)
        : std::runtime_error(name + ": " + message), name_(std::move(name)) {}

    [[nodiscard]] const std::string& name() const { return name_; }

private:
    std::string name_;
};

/// Throws std::system_error if an sd_* call failed.
int checkBus(int result, const char* what);

class BusClient {
public:
    explicit BusClient(const std::string& address, Via via = Via::Private);

    [[nodiscard]] sd_bus* get() const { return bus_.get(); }

    /// @return a call of a method of the Manager, for its arguments to be appended
    [[nodiscard]] BusMessageHandle newCall(const char* method) const;
    /// @return the reply
    /// @throws CallError
    BusMessageHandle
    send(const BusMessageHandle& call) const; // NOLINT(modernize-use-nodiscard): often ignored

    /// Subscribes, and leaves it to the connection's end to unsubscribe.
    /// @return what it was refused with; empty if it was not
    [[nodiscard]] std::string trySubscribe(const Wanted& wanted = {}) const;
    /// @return what WatchAttribute, or another method about an attribute, was refused with; empty if it was
    /// not
    [[nodiscard]] std::string tryToWatch(const std::string& object, const std::string& attribute,
                                         const char* method = names::method::WatchAttribute) const;
    /// @return `next`
    std::uint64_t sync() const; // NOLINT(modernize-use-nodiscard): often called to wait
    [[nodiscard]] Page getEvents(const Wanted& wanted = {}, std::uint32_t max = 0) const;
    /// @param wanted  filters only
    [[nodiscard]] DeviceList listDevices(const Wanted& wanted = {}) const;
    /// @return all pages of GetEvents, one after the other
    [[nodiscard]] std::vector<Event> wholeHistory(Wanted wanted = {}) const;
    /// @param property  of type t
    [[nodiscard]] std::uint64_t number(const char* property) const;
    [[nodiscard]] std::string streamId() const;
    [[nodiscard]] std::map<std::string, std::uint64_t> statistics() const;
    /// @return state of each source, by name
    [[nodiscard]] std::map<std::string, std::string> sources() const;

private:
    [[nodiscard]] BusMessageHandle readProperty(const char* property, const char* type) const;

    const char* destination_;
    BusHandle bus_;
};

/// Appends the options as a{sv}.
void appendWanted(const BusMessageHandle& call, const Wanted& wanted);

/// Reads an array of events.
[[nodiscard]] std::vector<Event> readEvents(sd_bus_message* message);

} // namespace keventd::test
