#include "daemon/sources/link_source.h"

#include "daemon/sources/interface_path.h"
#include "keventd/names.h"

#include <linux/rtnetlink.h>
#include <set>
#include <utility>
#include <variant>

namespace keventd {

LinkSource::LinkSource(NetlinkSocket socket, std::span<std::byte> landing)
    : RouteSource(names::source::Link, std::move(socket), landing, RTM_GETLINK),
      table_([](const PropertyList& link) { return interfacePath(link); }) {}

void LinkSource::begin(const std::vector<Event>& told) {
    for (const Event& event : told) table_.put(event);
}

void LinkSource::take(const nlmsghdr& message, const Telling& telling) {
    if (const auto link = parse(message)) table_.take(*link, telling);
}

void LinkSource::takeAll(const std::vector<const nlmsghdr*>& messages, const Telling& telling) {
    std::set<int> present;
    for (const nlmsghdr* message : messages) {
        const auto link = parse(*message);
        if (!link) continue;
        present.insert(link->ifindex);
        table_.take(*link, telling);
    }
    table_.keepOnly(present, telling);
}

std::optional<LinkMessage> LinkSource::parse(const nlmsghdr& message) {
    auto parsed = parseLinkMessage(message);
    if (auto* link = std::get_if<LinkMessage>(&parsed)) return std::move(*link);
    if (const auto& reason = std::get<std::string>(parsed); !reason.empty()) refuse(reason);
    return std::nullopt;
}

} // namespace keventd
