// A method call that is refused: thrown by a handler, told to the caller by method_call.h.
#pragma once

#include <stdexcept>
#include <string>

namespace keventd {

class BusError : public std::runtime_error {
public:
    /// @param name     names::error
    /// @param message  for a person; names what was wrong
    BusError(const char* name, const std::string& message) : std::runtime_error(message), name_(name) {}

    [[nodiscard]] const char* name() const { return name_; }

private:
    const char* name_;
};

} // namespace keventd
