// One D-Bus connection to the daemon: opening it, calls, signals, one step of its event loop, and every
// error of sdbus-c++ turned into one of errors.h. Internal to the library.
//
// Owns the sdbus-c++ objects. It runs in its user's thread and loop: sdbus-c++'s own loop thread ends the
// process when the bus dies.
#pragma once

#include "client/lib/sdbus_compat.h"
#include "keventd/endpoint.h"

#include <chrono>
#include <exception>
#include <memory>
#include <string>

namespace keventd {
inline namespace client {

class Connection {
public:
    /// @param timeout  of the connection and of each call
    /// @throws ConnectionError if nobody listens, or org.keventd1 is neither owned nor can be activated
    ///         there; TimeoutError, InterruptedError
    Connection(const Endpoint& endpoint, std::chrono::microseconds timeout);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// @param timeout  of each call from now on
    void setTimeout(std::chrono::microseconds timeout);

    /// Starts a call of org.keventd1.Manager.
    [[nodiscard]] sdbus::MethodCall createCall(const char* method);
    /// @throws ConnectionError, TimeoutError, InterruptedError, RequestError
    [[nodiscard]] sdbus::MethodReply call(const sdbus::MethodCall& call);
    /// Sends a call that has no reply.
    void send(sdbus::MethodCall& call);
    /// @return the reply of Properties.Get: a variant
    [[nodiscard]] sdbus::MethodReply getProperty(const char* name);
    /// @return the reply of Properties.GetAll: a{sv}
    [[nodiscard]] sdbus::MethodReply getAllProperties();

    /// Connects a handler to a signal of the manager. An exception out of it ends its call and comes out of
    /// dispatchOne(). Signals of anybody but the daemon are dropped.
    void onSignal(const char* name, compat::SignalHandler handler);
    /// To be called once, after the last onSignal().
    void finishRegistration();

    /// Handles what one message brings.
    /// @return false if none is waiting
    /// @throws ConnectionError if the connection is lost, and whatever a handler threw
    [[nodiscard]] bool dispatchOne();
    [[nodiscard]] PollRequest pollRequest() const;

    /// Runs `function`, with errors of sdbus-c++ turned into ours.
    template <typename Function>
    auto guarded(Function&& function) const {
        try {
            return function();
        } catch (const sdbus::Error& error) {
            rethrow(error);
        }
    }

    /// The same for a function that reads a message, and does nothing else: any error is of who wrote that.
    /// (It cannot be told by its name: InvalidArgs is what the daemon answers, too.)
    template <typename Function>
    auto reading(Function&& function) const {
        try {
            return function();
        } catch (const sdbus::Error& error) {
            refuseMessage(error);
        }
    }

private:
    void watchOwner();
    void findOwner();
    void startOwner(sdbus::IProxy& broker) const;
    void requireOwner() const;
    [[nodiscard]] sdbus::MethodReply callUnguarded(sdbus::IProxy& proxy, const sdbus::MethodCall& call) const;
    [[nodiscard]] std::string callBroker(sdbus::IProxy& broker, const char* method) const;
    void onOwnerChanged(sdbus::Message& message);
    [[nodiscard]] bool processOne();
    [[nodiscard]] bool isFromDaemon(const sdbus::Message& message) const;
    template <typename Function>
    void keepException(Function&& function) noexcept;
    [[noreturn]] void rethrow(const sdbus::Error& error) const;
    [[noreturn]] void refuseMessage(const sdbus::Error& error) const;

    Endpoint endpoint_;
    std::chrono::microseconds timeout_{};
    std::unique_ptr<sdbus::IConnection> bus_;
    std::unique_ptr<sdbus::IProxy> manager_;
    sdbus::Slot ownerWatch_;
    std::string owner_; // unique name of the daemon; empty on a private socket
    bool hasOwnerLeft_ = false;
    std::exception_ptr failure_; // what a handler threw, until dispatchOne() passes it on
};

} // namespace client
} // namespace keventd
