// Which subscriptions an event may concern, without asking each.
//
// Events come in few kinds (source, subsystem, action); who wants a kind is asked once for each, and again
// when somebody has come or gone. Within a kind, those who want certain objects are found by these. So a
// subscription that wants other events than those that come costs nothing for them.
#pragma once

#include "daemon/publish/subscription.h"
#include "keventd/event.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
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
        Kind& kind = kindOf(event);
        for (Subscription* subscription : kind.ofAnyObject) take(*subscription);
        if (kind.byObject.empty()) return;
        const std::string_view object(event.object);
        const auto takeAll = [&](std::string_view key) {
            const auto found = kind.byObject.find(key);
            if (found == kind.byObject.end()) return;
            for (Subscription* subscription : found->second) take(*subscription);
        };
        takeAll(object);
        for (std::size_t slash = object.find('/'); slash != std::string_view::npos;
             slash = object.find('/', slash + 1)) {
            takeAll(object.substr(0, slash + 1));
        }
    }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    template <typename Value>
    using ByText = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

    /// Who wants events of one kind.
    struct Kind {
        std::vector<Subscription*> ofAnyObject;
        ByText<std::vector<Subscription*>> byObject; ///< by Filter::objectKeys()
    };

    [[nodiscard]] Kind& kindOf(const EventView& event);
    void fill(Kind& kind, const EventView& event);

    std::vector<Subscription*> subscriptions_;
    ByText<Kind> kinds_;
    std::size_t entries_ = 0; // in all of them
    std::string key_;         // kept, so that to look one up allocates nothing
};

} // namespace keventd
