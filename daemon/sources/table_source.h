// A source of rtnetlink(7) that knows its objects by a table, and tells what a message changes in it.
#pragma once

#include "daemon/sources/route_source.h"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace keventd {

/// @tparam Table  LinkTable, AddressTable: has Message and Key, parse() and keyOf() for them, put(), take(),
///                keepOnly()
template <typename Table>
class TableSource : public RouteSource {
public:
    void begin(const std::vector<Event>& told) override {
        for (const Event& event : told) table_.put(event);
    }

protected:
    /// @param request  as of RouteSource
    TableSource(const NetlinkChannel& channel, NetlinkSocket socket, std::span<std::byte> landing,
                int request, Table table)
        : RouteSource(channel, std::move(socket), landing, request), table_(std::move(table)) {}

    [[nodiscard]] const Table& table() const { return table_; }

    void take(const nlmsghdr& message, const Telling& telling) override {
        if (const auto parsed = parse(message)) table_.take(*parsed, telling);
    }
    void takeAll(const std::vector<const nlmsghdr*>& messages, const Telling& telling) override {
        std::set<typename Table::Key> present;
        for (const nlmsghdr* message : messages) {
            const auto parsed = parse(*message);
            if (!parsed) continue;
            present.insert(Table::keyOf(*parsed));
            table_.take(*parsed, telling);
        }
        table_.keepOnly(present, telling);
    }

private:
    [[nodiscard]] std::optional<typename Table::Message> parse(const nlmsghdr& message) {
        auto parsed = Table::parse(message);
        if (auto* about = std::get_if<typename Table::Message>(&parsed)) return std::move(*about);
        if (const auto& reason = std::get<std::string>(parsed); !reason.empty()) refuse(reason);
        return std::nullopt;
    }

    Table table_;
};

} // namespace keventd
