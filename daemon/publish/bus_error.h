// A method call that is refused: thrown by a handler, told to the caller by method_call.h.
#pragma once

#include <stdexcept>
#include <string>

namespace keventd {

class BusError : public std::runtime_error {
public:
    /// What a caller has sent may be shown to it in the message; longer ones are cut off, so that an answer
    /// that is not read costs little.
    static constexpr std::size_t MaxMessageBytes = 256;

    /// @param name     names::error, or one of org.freedesktop.DBus.Error
    /// @param message  for a person; names what was wrong
    BusError(const char* name, const std::string& message);

    [[nodiscard]] const char* name() const { return name_; }

private:
    const char* name_;
};

} // namespace keventd
