// The network interfaces as the messages read by now have told of them, and what one more message changes.
//
// The kernel repeats itself for many reasons: only what differs from what is known is an event, one for each
// attribute. Each event has all that is known as of it, so that a table can be made of the last one of each
// interface, and taking a message again, whole or in part, tells the rest of it. Pure, but for devpaths.
#pragma once

#include "daemon/sources/link_message.h"
#include "daemon/sources/telling.h"
#include "keventd/event.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace keventd {

class LinkTable {
public:
    /// @return devpath of an interface that is described by such properties, even if it has gone by now
    using Locate = std::function<std::string(const PropertyList& link)>;

    using Message = LinkMessage;
    /// What tells interfaces apart.
    using Key = int;

    [[nodiscard]] static std::variant<Message, std::string> parse(const nlmsghdr& message) {
        return parseLinkMessage(message);
    }
    [[nodiscard]] static Key keyOf(const Message& message) { return message.ifindex; }

    explicit LinkTable(Locate locate) : locate_(std::move(locate)) {}

    /// Takes up what an earlier table has told last of an interface.
    void put(const Event& told);

    void take(const LinkMessage& message, const Telling& telling);
    /// Tells of the removal of all but these.
    void keepOnly(const std::set<Key>& ifindexes, const Telling& telling);

    /// @return devpath; empty if the interface is not known
    [[nodiscard]] std::string devpathOf(int ifindex) const;
    /// @return its name; empty if the interface is not known
    [[nodiscard]] std::string nameOf(int ifindex) const;

private:
    struct Link {
        std::string devpath;
        PropertyList properties;
    };
    struct Tracked;

    [[nodiscard]] static Event eventOf(const Link& link, const char* action);
    [[nodiscard]] static std::span<const Tracked> allTracked();
    [[nodiscard]] static bool isTracked(std::string_view key);
    [[nodiscard]] static std::optional<std::string> newValue(const Link& link, const LinkMessage& message,
                                                             const char* key);
    void add(const LinkMessage& message, const Telling& telling);
    static void change(Link& link, const LinkMessage& message, const Telling& telling);
    static void rename(Link& link, const std::string& name, const Telling& telling);
    static void tellChange(Link& link, const Tracked& tracked, const std::string& value,
                           const Telling& telling);
    void remove(int ifindex, const Telling& telling);

    Locate locate_;
    std::map<int, Link> links_;
};

} // namespace keventd
