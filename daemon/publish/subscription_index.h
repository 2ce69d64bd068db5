// Which subscriptions an event may concern, without asking each.
//
// A subscription is found by what its filter names exactly: by the objects, or where these begin; if it names
// none, by source, subsystem and action, as far as it does. So one that wants other events than those that
// come costs nothing for them, and to come and to go costs each a few entries, however many others there are.
#pragma once

#include "daemon/publish/subscription.h"
#include "keventd/event.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace keventd {

class SubscriptionIndex {
public:
    SubscriptionIndex() = default;
    SubscriptionIndex(const SubscriptionIndex&) = delete;
    SubscriptionIndex& operator=(const SubscriptionIndex&) = delete;

    /// @param subscription  until it is removed
    void add(Subscription& subscription);
    void remove(Subscription& subscription);

    /// Calls `take` at least for each subscription that matches the event; for one or the other that does
    /// not, and more than once for the same, too.
    template <typename Take>
    void forEachConcerned(const EventView& event, Take&& take) {
        if (Filter::passesAll(event)) return takeAll(all_, take);
        for (std::size_t named = 0; named < byKind_.size(); ++named) {
            if (!byKind_[named].empty()) takeGroup(byKind_[named], kindKey(named, event), take);
        }
        if (!byObject_.empty()) forEachOfObject(event.object, take);
    }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    using Group = std::unordered_set<Subscription*>;
    using Groups = std::unordered_map<std::string, Group, Hash, std::equal_to<>>;

    /// What a filter names of source, subsystem and action: a bit each.
    static constexpr std::size_t Kinds = 8;

    /// Where a subscription is to be found.
    struct Place {
        Groups& groups;
        std::vector<std::string> keys;
    };
    [[nodiscard]] Place placeOf(const Filter& filter);
    [[nodiscard]] std::string_view kindKey(std::size_t named, const EventView& event);

    template <typename Take>
    static void takeAll(const Group& group, Take&& take) {
        for (Subscription* subscription : group) take(*subscription);
    }
    template <typename Take>
    static void takeGroup(const Groups& groups, std::string_view key, Take&& take) {
        if (const auto found = groups.find(key); found != groups.end()) takeAll(found->second, take);
    }
    template <typename Take>
    void forEachOfObject(std::string_view object, Take&& take) const {
        takeGroup(byObject_, object, take);
        for (std::size_t slash = object.find('/'); slash != std::string_view::npos;
             slash = object.find('/', slash + 1)) {
            takeGroup(byObject_, object.substr(0, slash + 1), take);
        }
    }

    Group all_;
    Groups byObject_;                  // by Filter::objectKeys()
    std::array<Groups, Kinds> byKind_; // by what is named of the kind
    std::string key_;                  // kept, so that to look one up allocates nothing
};

} // namespace keventd
