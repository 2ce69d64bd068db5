// Whatever a datagram of generic netlink holds, each of its messages becomes an event of whatever family it
// is taken for, or a reason; and all that is found in it lies in it.
#include "daemon/sources/acpi_message.h"
#include "daemon/sources/control_message.h"
#include "daemon/sources/quota_message.h"
#include "daemon/sources/thermal_message.h"
#include "tests/fuzz/fuzz_input.h"

#include <vector>

namespace {

using keventd::Event;
using keventd::GenericMessage;
using keventd::RefusedMessage;
using keventd::fuzz::require;

void requireWithin(std::span<const char> part, std::span<const char> whole) {
    require(part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size(),
            "what is found lies in the datagram");
}

void checkAttributes(keventd::NetlinkAttributes attributes, std::span<const char> datagram) {
    std::size_t bytes = 0;
    while (const auto attribute = attributes.takeFirst()) {
        requireWithin(attribute->value, datagram);
        require(attribute->text().size() <= attribute->value.size(), "text lies in its value");
        bytes += sizeof(std::uint32_t) + attribute->value.size();
        require(bytes <= datagram.size(), "attributes do not overlap");
    }
}

template <typename Result>
bool checkRefusal(const std::variant<Result, RefusedMessage>& result) {
    const auto* reason = std::get_if<RefusedMessage>(&result);
    require(reason == nullptr || !keventd::reasonText(*reason).empty(), "every refusal has words");
    return reason != nullptr;
}

void checkEvent(const std::variant<Event, RefusedMessage>& result, const char* source) {
    if (checkRefusal(result)) return;
    const Event& event = std::get<Event>(result);
    require(event.source == source, "it is of its source");
    require(!event.action.empty() && !event.subsystem.empty(), "something has happened to something");
    require(event.object.empty(), "the object is left to the caller");
    require(event.attribute.empty() == !event.properties.find("KEVENTD_VALUE"),
            "an attribute has a value, and a value is of an attribute");
    for (const keventd::Property property : event.properties)
        require(property.key.find('=') == std::string_view::npos, "keys are keys");
}

void checkFamily(const std::variant<keventd::ControlMessage, RefusedMessage>& result, std::size_t bytes) {
    if (checkRefusal(result)) return;
    const keventd::GenericFamily& family = std::get<keventd::ControlMessage>(result).family;
    require(!family.name.empty(), "a family has a name");
    require(family.groups.size() <= bytes / 4, "groups lie in the message");
    for (const auto& group : family.groups)
        require(family.findGroup(group.name).has_value(), "a group is found by its name");
}

void checkMessage(const GenericMessage& message, std::span<const char> datagram) {
    require(message.family >= keventd::ControlFamily, "it is of a family");
    checkAttributes(message.attributes, datagram);
    checkEvent(keventd::parseAcpiMessage(message), "acpi");
    checkEvent(keventd::parseQuotaMessage(message), "quota");
    checkEvent(keventd::parseThermalMessage(message), "thermal");
    checkFamily(keventd::parseControlMessage(message), datagram.size());
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::vector<char> copy(data, data + size); // aligned as a message has to be
    const std::span<const char> datagram(copy);
    keventd::GenericMessages messages(datagram);
    std::size_t count = 0;
    while (const auto next = messages.next()) {
        require(++count <= size / 16 + 1, "each message has its header");
        if (const auto* message = std::get_if<GenericMessage>(&*next)) checkMessage(*message, datagram);
        if (const auto* answer = std::get_if<keventd::NetlinkAnswer>(&*next))
            require(answer->error >= 0, "an error is a number of errno");
    }
    return 0;
}
