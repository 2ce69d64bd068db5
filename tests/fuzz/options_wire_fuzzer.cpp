// The options of Subscribe out of a body of any bytes, as anybody may send it: they are read to their end, or
// refused, and it is the sender that is blamed.
// Input: "l" or "B" for the order of bytes, then the body.
#include "daemon/publish/bus_error.h"
#include "daemon/publish/subscribe_options.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/wire_message.h"
#include "tests/unit/support/loopback_bus.h"

#include <functional>

namespace {

using keventd::ClientLimits;
using keventd::fuzz::require;

constexpr ClientLimits Limits;

// @return what was read, as text; what it was refused with
std::string outcome(const std::function<std::string()>& read) {
    try {
        return "read: " + read();
    } catch (const keventd::BusError& error) {
        require(std::string_view(error.what()).size() <= keventd::BusError::MaxMessageBytes + 3,
                "the error is not too long");
        return std::string(error.name()) + ": " + error.what();
    }
}

std::string readOptions(sd_bus_message* message) {
    const auto options = keventd::readSubscribeOptions(message, Limits);
    require(options.filter.textBytes() <= Limits.filterBytes, "the filter is within its limit");
    require(!options.window || (*options.window > 0 && *options.window <= Limits.window),
            "the window is within its limit");
    require(!options.stream || options.stream->size() <= 64, "the stream is not too long");
    require(sd_bus_message_at_end(message, 1) > 0, "the options are read to their end");
    return options.filter.text();
}

std::string readFilter(sd_bus_message* message) {
    const std::string text = keventd::readDeviceFilter(message, Limits).text();
    require(sd_bus_message_at_end(message, 1) > 0, "the filter is read to its end");
    return text;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const keventd::test::LoopbackBus bus;
    if (size == 0) return 0;
    const std::span body(data + 1, size - 1);
    const auto bytes = keventd::fuzz::wireMessage({.isBigEndian = *data == 'B', .signature = "a{sv}"}, body);
    const auto message = bus.receiveBytes(bytes);
    for (const auto& read : {readOptions, readFilter}) {
        const std::string first = outcome([&] { return read(message.get()); });
        sd_bus_message_rewind(message.get(), 1);
        require(outcome([&] { return read(message.get()); }) == first, "a second reading gives the same");
        sd_bus_message_rewind(message.get(), 1);
    }
    return 0;
}
