// The one seam between sdbus-c++ 1.2 and 2.x. Internal to the library.
//
// 2.x takes names as types of their own, hands messages over by value, takes signatures as C strings and
// renamed a few calls. All else of the message-level API, the only one used here, is the same in both.
#pragma once

#include "keventd/poll_request.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <sdbus-c++/sdbus-c++.h>
#include <string>
#include <utility>

#if __has_include(<sdbus-c++/VTableItems.h>)
#define KEVENTD_SDBUS_2 1
#else
#define KEVENTD_SDBUS_2 0
#endif

namespace keventd {
inline namespace client {
namespace compat {

using SignalHandler = std::function<void(sdbus::Signal&)>;
using MessageHandler = std::function<void(sdbus::Message&)>;

#if KEVENTD_SDBUS_2

using SignatureText = const char*;

inline std::unique_ptr<sdbus::IProxy> createProxy(sdbus::IConnection& bus, const char* service,
                                                  const char* object) {
    return sdbus::createProxy(bus, sdbus::ServiceName{service}, sdbus::ObjectPath{object});
}

inline sdbus::MethodCall createCall(sdbus::IProxy& proxy, const char* interface, const char* method) {
    return proxy.createMethodCall(sdbus::InterfaceName{interface}, sdbus::MethodName{method});
}

inline void onSignal(sdbus::IProxy& proxy, const char* interface, const char* name, SignalHandler handler) {
    proxy.registerSignalHandler(sdbus::InterfaceName{interface}, sdbus::SignalName{name},
                                [handler = std::move(handler)](sdbus::Signal signal) { handler(signal); });
}

inline void finishRegistration(sdbus::IProxy&) {} // handlers are in place once registered

inline sdbus::Slot addMatch(sdbus::IConnection& bus, const std::string& rule, MessageHandler handler) {
    return bus.addMatch(
        rule, [handler = std::move(handler)](sdbus::Message message) { handler(message); },
        sdbus::return_slot);
}

inline bool processOne(sdbus::IConnection& bus) {
    return bus.processPendingEvent();
}

inline PollRequest pollRequest(const sdbus::IConnection& bus) {
    const auto data = bus.getEventLoopPollData();
    const auto timeout = data.getRelativeTimeout();
    if (timeout == std::chrono::microseconds::max()) return {data.fd, data.events, std::nullopt};
    return {data.fd, data.events, timeout};
}

#else

using SignatureText = std::string;

inline std::unique_ptr<sdbus::IProxy> createProxy(sdbus::IConnection& bus, const char* service,
                                                  const char* object) {
    return sdbus::createProxy(bus, service, object);
}

inline sdbus::MethodCall createCall(sdbus::IProxy& proxy, const char* interface, const char* method) {
    return proxy.createMethodCall(interface, method);
}

inline void onSignal(sdbus::IProxy& proxy, const char* interface, const char* name, SignalHandler handler) {
    proxy.registerSignalHandler(interface, name, std::move(handler));
}

inline void finishRegistration(sdbus::IProxy& proxy) {
    proxy.finishRegistration();
}

inline sdbus::Slot addMatch(sdbus::IConnection& bus, const std::string& rule, MessageHandler handler) {
    return bus.addMatch(rule, std::move(handler));
}

inline bool processOne(sdbus::IConnection& bus) {
    return bus.processPendingRequest();
}

inline PollRequest pollRequest(const sdbus::IConnection& bus) {
    const auto data = bus.getEventLoopPollData();
    return {data.fd, data.events, data.getRelativeTimeout()};
}

#endif

} // namespace compat
} // namespace client
} // namespace keventd
