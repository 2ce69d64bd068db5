// Whatever a message of udev's group holds, the parser gives an event, or a reason.
#include "daemon/sources/udev_message.h"
#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using keventd::fuzz::require;
    const auto result = keventd::parseUdevMessage({reinterpret_cast<const char*>(data), size});
    if (const auto* reason = std::get_if<std::string>(&result)) {
        require(!reason->empty(), "every refusal has words");
        return 0;
    }
    const auto& event = std::get<keventd::Event>(result);
    require(event.source == "udev", "it is of udev");
    require(event.object == event.properties.find("DEVPATH").value_or(""), "the object is DEVPATH");
    std::size_t bytes = 0;
    std::size_t count = 0;
    for (const keventd::Property property : event.properties) {
        require(!property.key.empty() && property.key.find('=') == std::string_view::npos, "keys are keys");
        bytes += property.key.size() + property.value.size();
        ++count;
    }
    require(count == event.properties.size(), "there are as many properties as counted");
    require(bytes < size, "all text lies in the message");
    return 0;
}
