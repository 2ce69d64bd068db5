// The addresses of network interfaces as the messages read by now have told of them, and what one more
// message changes. Lifetimes are left out: a router renews them all the time. Pure, but for what an interface
// is called.
#pragma once

#include "daemon/sources/address_message.h"
#include "daemon/sources/telling.h"
#include "keventd/event.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

namespace keventd {

class AddressTable {
public:
    struct Interface {
        std::string name;
        std::string devpath;
    };
    /// @return name and devpath of the interface; empty if it has gone
    using Locate = std::function<Interface(int ifindex)>;
    using Message = AddressMessage;
    /// What tells addresses apart.
    using Key = std::string;

    [[nodiscard]] static std::variant<Message, std::string> parse(const nlmsghdr& message) {
        return parseAddressMessage(message);
    }
    [[nodiscard]] static Key keyOf(const Message& message) { return keyOf(message.properties); }

    explicit AddressTable(Locate locate) : locate_(std::move(locate)) {}

    /// @param properties  of a message or an event
    [[nodiscard]] static Key keyOf(const PropertyList& properties);

    /// Takes up what an earlier table has told last of an address.
    void put(const Event& told);
    void take(const AddressMessage& message, const Telling& telling);
    /// Tells of the removal of all but these.
    void keepOnly(const std::set<Key>& keys, const Telling& telling);

private:
    void refresh(Event& known, int ifindex) const;
    [[nodiscard]] static std::optional<Event> changed(Event& known, const AddressMessage& message);

    Locate locate_;
    std::map<Key, Event> addresses_; // as told last
};

} // namespace keventd
