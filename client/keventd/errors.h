// What the client library throws, so that a caller can tell what happened without reading text.
// what() is one line, fit for a person; text of the daemon in it is as the daemon sent it.
#pragma once

#include "keventd/export.h"

#include <stdexcept>
#include <string>
#include <utility>

// The inline namespace keeps the library's symbols apart from those of the daemon, which has words of its
// own for the same ideas; a program that uses the library writes keventd::Client and never sees it.
namespace keventd {
inline namespace client {

/// Base of all.
class KEVENTD_EXPORT Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The daemon cannot be reached, or is gone. The client is of no more use.
class KEVENTD_EXPORT ConnectionError : public Error {
public:
    using Error::Error;
};

/// The daemon did not answer in time; the client can still be used.
class KEVENTD_EXPORT TimeoutError : public Error {
public:
    using Error::Error;
};

/// A signal of the process (EINTR) ended a call that blocked; the client can still be used.
class KEVENTD_EXPORT InterruptedError : public Error {
public:
    using Error::Error;
};

/// The daemon refused a request; the client can still be used.
class KEVENTD_EXPORT RequestError : public Error {
public:
    /// @param name     D-Bus error name: names::error, or one of org.freedesktop.DBus.Error
    /// @param message  what the daemon said about it
    RequestError(std::string name, const std::string& message) : Error(message), name_(std::move(name)) {}
    [[nodiscard]] const std::string& name() const { return name_; }

private:
    std::string name_;
};

/// The far end said something that the contract does not allow.
class KEVENTD_EXPORT ProtocolError : public Error {
public:
    using Error::Error;
};

} // namespace client
} // namespace keventd
