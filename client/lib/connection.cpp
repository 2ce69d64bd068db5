#include "client/lib/connection.h"

#include "client/lib/probe.h"
#include "keventd/errors.h"
#include "keventd/names.h"

#include <cerrno>
#include <cstdint>
#include <string_view>
#include <systemd/sd-bus.h>

namespace keventd {
inline namespace client {
namespace {

constexpr const char* BrokerName = "org.freedesktop.DBus";
constexpr const char* BrokerObject = "/org/freedesktop/DBus";
constexpr const char* PropertiesInterface = "org.freedesktop.DBus.Properties";

enum class Failure { Lost, NotOwned, TimedOut, Interrupted, Malformed, Refused };

/// What an error name means to us. sd-bus gives errors of its own the names of its table (sd-bus-errors(3)).
Failure classify(const sdbus::Error& error) {
    const std::string_view name = error.getName();
    // Of the broker: who should have answered is gone.
    if (name == SD_BUS_ERROR_NO_REPLY) return Failure::Lost;
    if (name == SD_BUS_ERROR_SERVICE_UNKNOWN || name == SD_BUS_ERROR_NAME_HAS_NO_OWNER) {
        return Failure::NotOwned;
    }
    const sd_bus_error copy{error.getName().c_str(), nullptr, 0};
    switch (sd_bus_error_get_errno(&copy)) {
    case ECONNRESET:
    case ECONNABORTED:
    case ENOTCONN:
    case EPIPE:
        return Failure::Lost;
    case ETIMEDOUT:
        return Failure::TimedOut;
    case EINTR:
        return Failure::Interrupted;
    case ENXIO:
    case EBADMSG:
        return Failure::Malformed; // of the message readers: another type than expected
    default:
        return Failure::Refused;
    }
}

const std::string& textOf(const sdbus::Error& error) {
    return error.getMessage().empty() ? error.getName() : error.getMessage();
}

std::string ownerRule() {
    return std::string("type='signal',sender='") + BrokerName + "',path='" + BrokerObject + "',interface='" +
           BrokerName + "',member='NameOwnerChanged',arg0='" + names::Bus + "'";
}

std::unique_ptr<sdbus::IConnection> open(const Endpoint& endpoint, std::chrono::microseconds timeout) {
    requireAnswer(endpoint, timeout);
    try {
        return sdbus::createSessionBusConnectionWithAddress(endpoint.address);
    } catch (const sdbus::Error& error) {
        if (classify(error) == Failure::Interrupted) throw InterruptedError("interrupted by a signal");
        throw ConnectionError("cannot connect to " + endpoint.description + ": " + error.getMessage());
    }
}

} // namespace

Connection::Connection(const Endpoint& endpoint, std::chrono::microseconds timeout)
    : endpoint_(endpoint), bus_(open(endpoint, timeout)) {
    setTimeout(timeout);
    guarded([this] {
        // A private socket has no names, but sdbus-c++ 1.2 insists on one, and the daemon answers to it.
        manager_ = compat::createProxy(*bus_, names::Bus, names::Object);
        if (endpoint_.isPrivate) return;
        watchOwner();
        findOwner();
    });
}

void Connection::setTimeout(std::chrono::microseconds timeout) {
    timeout_ = timeout;
    // Also of what sdbus-c++ calls by itself: AddMatch.
    guarded([&] { bus_->setMethodCallTimeout(static_cast<std::uint64_t>(timeout.count())); });
}

// Before findOwner(), so that no change can pass unseen between the two.
void Connection::watchOwner() {
    ownerWatch_ = compat::addMatch(*bus_, ownerRule(), [this](sdbus::Message& message) {
        keepException([&] { onOwnerChanged(message); });
    });
}

void Connection::findOwner() {
    const auto broker = compat::createProxy(*bus_, BrokerName, BrokerObject);
    try {
        owner_ = callBroker(*broker, "GetNameOwner");
    } catch (const sdbus::Error& error) {
        if (classify(error) != Failure::NotOwned) throw;
        startOwner(*broker);
        owner_ = callBroker(*broker, "GetNameOwner");
    }
}

// The error is ServiceUnknown if the bus cannot start it, and one of the bus's or of systemd's if it tried.
void Connection::startOwner(sdbus::IProxy& broker) const {
    auto start = compat::createCall(broker, BrokerName, "StartServiceByName");
    start << names::Bus << std::uint32_t{0};
    try {
        (void)callUnguarded(broker, start);
    } catch (const sdbus::Error& error) {
        if (classify(error) != Failure::Refused) throw;
        throw ConnectionError("no daemon owns " + std::string(names::Bus) + " on " + endpoint_.description +
                              ", and it cannot be started: " + error.getMessage());
    }
}

std::string Connection::callBroker(sdbus::IProxy& broker, const char* method) const {
    auto call = compat::createCall(broker, BrokerName, method);
    call << names::Bus;
    auto reply = callUnguarded(broker, call);
    std::string owner;
    reply >> owner;
    return owner;
}

// The subscription ended with the owner's life; that the bus itself lives on is no help.
void Connection::onOwnerChanged(sdbus::Message& message) {
    if (std::string_view(message.getSender()) != BrokerName) return;
    std::string name;
    std::string before;
    std::string after;
    message >> name >> before >> after;
    if (after == owner_) return;
    hasOwnerLeft_ = true;
    requireOwner();
}

// Another owner would answer calls, and knows nothing of the subscriptions.
void Connection::requireOwner() const {
    if (!hasOwnerLeft_) return;
    throw ConnectionError("connection lost: " + std::string(names::Bus) + " has left " +
                          endpoint_.description);
}

/// sd-bus lets a signal of any sender pass a match on a well-known name, and trusts the broker to have
/// looked. The broker looks for broadcasts only: anybody may send a unicast signal.
bool Connection::isFromDaemon(const sdbus::Message& message) const {
    if (endpoint_.isPrivate) return true;
    const std::string sender = message.getSender();
    // No broker names a sender so; the daemon does, on a private socket that was given as a bus address.
    return sender == owner_ || sender == names::Bus;
}

sdbus::MethodCall Connection::createCall(const char* method) {
    return guarded([&] { return compat::createCall(*manager_, names::Manager, method); });
}

sdbus::MethodReply Connection::callUnguarded(sdbus::IProxy& proxy, const sdbus::MethodCall& call) const {
    requireOwner();
    return proxy.callMethod(call, static_cast<std::uint64_t>(timeout_.count()));
}

sdbus::MethodReply Connection::call(const sdbus::MethodCall& call) {
    return guarded([&] { return callUnguarded(*manager_, call); });
}

void Connection::send(sdbus::MethodCall& call) {
    requireOwner();
    guarded([&] {
        call.dontExpectReply();
        (void)manager_->callMethod(call, 0);
    });
}

sdbus::MethodReply Connection::getProperty(const char* name) {
    return guarded([&] {
        auto call = compat::createCall(*manager_, PropertiesInterface, "Get");
        call << names::Manager << name;
        return callUnguarded(*manager_, call);
    });
}

sdbus::MethodReply Connection::getAllProperties() {
    return guarded([&] {
        auto call = compat::createCall(*manager_, PropertiesInterface, "GetAll");
        call << names::Manager;
        return callUnguarded(*manager_, call);
    });
}

void Connection::onSignal(const char* name, compat::SignalHandler handler) {
    compat::onSignal(*manager_, names::Manager, name,
                     [this, handler = std::move(handler)](sdbus::Signal& signal) {
                         if (!isFromDaemon(signal)) return;
                         keepException([&] { handler(signal); });
                     });
}

void Connection::finishRegistration() {
    guarded([this] { compat::finishRegistration(*manager_); });
}

bool Connection::dispatchOne() {
    requireOwner();
    const bool handled = processOne();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    return handled;
}

// Handlers cannot fail in here, so every error is one of the connection.
bool Connection::processOne() {
    try {
        return compat::processOne(*bus_);
    } catch (const sdbus::Error& error) {
        const std::string reason = classify(error) == Failure::Lost ? "" : ": " + error.getMessage();
        throw ConnectionError("connection to " + endpoint_.description + " lost" + reason);
    }
}

PollRequest Connection::pollRequest() const {
    return guarded([this] { return compat::pollRequest(*bus_); });
}

// sdbus-c++ 1.2 to 1.4 swallow sdbus::Error here and let everything else end the process.
template <typename Function>
void Connection::keepException(Function&& function) noexcept {
    try {
        reading(function);
    } catch (...) {
        if (!failure_) failure_ = std::current_exception();
    }
}

void Connection::rethrow(const sdbus::Error& error) const {
    switch (classify(error)) {
    case Failure::Lost:
        throw ConnectionError("connection to " + endpoint_.description + " lost");
    case Failure::NotOwned:
        throw ConnectionError("no daemon owns " + std::string(names::Bus) + " on " + endpoint_.description);
    case Failure::TimedOut:
        throw TimeoutError("the daemon at " + endpoint_.description + " did not answer in time");
    case Failure::Interrupted:
        throw InterruptedError("interrupted by a signal");
    case Failure::Malformed:
        refuseMessage(error);
    case Failure::Refused:
        break;
    }
    throw RequestError(error.getName(), textOf(error));
}

void Connection::refuseMessage(const sdbus::Error& error) const {
    throw ProtocolError("the daemon at " + endpoint_.description +
                        " answered out of contract: " + textOf(error));
}

} // namespace client
} // namespace keventd
