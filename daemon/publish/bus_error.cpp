#include "daemon/publish/bus_error.h"

namespace keventd {
namespace {

bool isInsideCharacter(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; // UTF-8, a byte that is not the first
}

std::string clipped(const std::string& message) {
    if (message.size() <= BusError::MaxMessageBytes) return message;
    std::size_t end = BusError::MaxMessageBytes;
    while (end > 0 && isInsideCharacter(message[end])) --end;
    return message.substr(0, end) + "…";
}

} // namespace

BusError::BusError(const char* name, const std::string& message)
    : std::runtime_error(clipped(message)), name_(name) {}

} // namespace keventd
