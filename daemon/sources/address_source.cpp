#include "daemon/sources/address_source.h"

#include "daemon/sources/interface_path.h"
#include "daemon/sources/link_message.h"
#include "keventd/names.h"

#include <array>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <set>
#include <utility>
#include <variant>

namespace keventd {
namespace {

AddressTable::Interface findInterface(int ifindex, const LinkTable* links) {
    if (links != nullptr && !links->nameOf(ifindex).empty())
        return {links->nameOf(ifindex), links->devpathOf(ifindex)};
    std::array<char, IF_NAMESIZE> name{};
    if (if_indextoname(static_cast<unsigned>(ifindex), name.data()) == nullptr) return {};
    PropertyList link;
    link.set(link::Interface, name.data());
    return {name.data(), interfacePath(link)};
}

} // namespace

AddressSource::AddressSource(NetlinkSocket socket, std::span<std::byte> landing, const LinkTable* links)
    : RouteSource(names::source::Address, std::move(socket), landing, RTM_GETADDR),
      table_([links](int ifindex) { return findInterface(ifindex, links); }) {}

void AddressSource::begin(const std::vector<Event>& told) {
    for (const Event& event : told) table_.put(event);
}

void AddressSource::take(const nlmsghdr& message, const Telling& telling) {
    if (const auto address = parse(message)) table_.take(*address, telling);
}

void AddressSource::takeAll(const std::vector<const nlmsghdr*>& messages, const Telling& telling) {
    std::set<AddressTable::Key> present;
    for (const nlmsghdr* message : messages) {
        const auto address = parse(*message);
        if (!address) continue;
        present.insert(AddressTable::keyOf(address->properties));
        table_.take(*address, telling);
    }
    table_.keepOnly(present, telling);
}

std::optional<AddressMessage> AddressSource::parse(const nlmsghdr& message) {
    auto parsed = parseAddressMessage(message);
    if (auto* address = std::get_if<AddressMessage>(&parsed)) return std::move(*address);
    if (const auto& reason = std::get<std::string>(parsed); !reason.empty()) refuse(reason);
    return std::nullopt;
}

} // namespace keventd
