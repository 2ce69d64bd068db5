// Whatever a datagram of rtnetlink holds: messages or reasons; and taking the same one again tells nothing
// more.
#include "daemon/sources/address_table.h"
#include "daemon/sources/kept_events.h"
#include "daemon/sources/link_table.h"
#include "daemon/sources/netlink_message.h"
#include "tests/fuzz/fuzz_input.h"

#include <set>
#include <variant>
#include <vector>

namespace {

using keventd::Event;
using keventd::fuzz::require;

/// Both tables, and what they tell.
struct Tables {
    void take(const nlmsghdr& message) {
        const keventd::Telling telling{{}, 0, told};
        const auto link = keventd::parseLinkMessage(message);
        if (const auto* parsed = std::get_if<keventd::LinkMessage>(&link)) links.take(*parsed, telling);
        const auto address = keventd::parseAddressMessage(message);
        if (const auto* parsed = std::get_if<keventd::AddressMessage>(&address))
            addresses.take(*parsed, telling);
    }

    keventd::KeptEvents told;
    keventd::LinkTable links{[](const keventd::PropertyList&) { return "/devices/x"; }};
    keventd::AddressTable addresses{[](int) { return keventd::AddressTable::Interface{"x", "/devices/x"}; }};
};

void checkEvent(const Event& event) {
    require(!event.action.empty() && event.subsystem == "net", "something has happened to an interface");
    require(event.properties.find("IFINDEX").has_value(), "which one it is");
    require(event.attribute.empty() == !event.properties.find("KEVENTD_VALUE"),
            "an attribute has a value, and a value is of an attribute");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::vector<char> datagram(data, data + size); // aligned as the landing area is
    Tables tables;
    keventd::visitMessages(datagram, [&tables](const nlmsghdr& message) {
        tables.take(message);
        for (const Event& event : tables.told.take()) checkEvent(event);
        tables.take(message);
        require(tables.told.take().empty(), "what was told is not told again");
    });
    return 0;
}
