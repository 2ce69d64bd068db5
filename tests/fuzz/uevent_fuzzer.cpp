// Whatever a datagram holds, the parser gives an event that keeps its promises, or a reason.
#include "daemon/sources/uevent_parser.h"
#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using keventd::fuzz::require;
    const auto result = keventd::parseUevent({reinterpret_cast<const char*>(data), size});
    if (const auto* reason = std::get_if<keventd::RefusedUevent>(&result)) {
        require(!keventd::reasonText(*reason).empty(), "every refusal has words");
        return 0;
    }
    const auto& event = std::get<keventd::Event>(result);
    require(size > 0 && size <= keventd::MaxUevent, "the length is bounded");
    require(event.seqnum != 0, "there is a SEQNUM");
    require(event.object.starts_with('/'), "the object is an absolute devpath");
    require(event.properties.find("ACTION") == event.action, "ACTION is the header's");
    require(event.properties.find("DEVPATH") == event.object, "DEVPATH is the header's");
    std::size_t count = 0;
    for (const keventd::Property property : event.properties) {
        require(!property.key.empty() && property.key.find('=') == std::string_view::npos, "keys are keys");
        ++count;
    }
    require(count == event.properties.size(), "there are as many properties as counted");
    return 0;
}
