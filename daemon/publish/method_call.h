// The edge between sd-bus and our methods: plain member functions that may throw, called from C.
#pragma once

#include "daemon/base/c_handles.h"

#include <functional>
#include <systemd/sd-bus.h>

namespace keventd {

/// Runs a handler; what it throws becomes the error of the call. A BusError is told as it is; anything else
/// is our own trouble: it is logged, and the caller hears only that the call failed.
/// @return as sd_bus_message_handler_t: 1, or a negative errno with `error` set
[[nodiscard]] int answerCall(const std::function<void()>& handler, sd_bus_error* error) noexcept;

/// The same for a call that is answered in a later turn.
/// @return false if the handler threw; the call has then been answered with the error
[[nodiscard]] bool answerLater(sd_bus_message* call, const std::function<void()>& handler) noexcept;

/// @param result  of reading a message of a peer, whose body sd-bus looks at only then
/// @return the result
/// @throws BusError InvalidArgs if the body is malformed, FatalError for anything else
int checkRead(int result);

/// @param result  of sending a message. That the other end has gone is no failure of ours, and tells
///                itself by the signal Disconnected
/// @throws FatalError for any other
void checkSent(int result, const char* what);

/// @return the answer to a call, for its arguments to be appended
[[nodiscard]] BusMessageHandle newReply(sd_bus_message* call);
/// Sends an answer that is complete. checkSent() says what is no failure.
void sendReply(const BusMessageHandle& reply);

/// Answers a call in a later turn. The caller may have gone by then, which is no failure of ours.
/// @param types, values  as of sd_bus_message_append(3)
template <typename... Values>
void replyLater(sd_bus_message* call, const char* types, Values... values) {
    static_cast<void>(sd_bus_reply_method_return(call, types, values...));
}

/// A handler for the table of an object: calls `Method` of the object that was registered as userdata.
template <typename Object, void (Object::*Method)(sd_bus_message*)>
int handleCall(sd_bus_message* message, void* object, sd_bus_error* error) noexcept {
    return answerCall([&] { (static_cast<Object*>(object)->*Method)(message); }, error);
}

/// A getter for the table of an object: `Method` appends the property's value to the message.
template <typename Object, void (Object::*Method)(sd_bus_message*) const>
int handleGet(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void* object,
              sd_bus_error* error) noexcept {
    return answerCall([&] { (static_cast<const Object*>(object)->*Method)(reply); }, error);
}

} // namespace keventd
