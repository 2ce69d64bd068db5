#include "daemon/publish/subscription_index.h"

#include <utility>

namespace keventd {
namespace {

/// In how many places a subscription is found at most; beyond it, by less of what it names.
constexpr std::size_t MaxKeys = 16;

/// In the order in which they tell most, the first first.
constexpr std::array<EventField, 3> KindFields{EventField::Subsystem, EventField::Action, EventField::Source};

void append(std::string& key, std::string_view text) {
    key += text;
    key += '\0';
}

/// @return each key with each of these texts behind it
std::vector<std::string> combined(const std::vector<std::string>& keys,
                                  const std::vector<std::string>& texts) {
    std::vector<std::string> all;
    all.reserve(keys.size() * texts.size());
    for (const std::string& key : keys) {
        for (const std::string& text : texts) append(all.emplace_back(key), text);
    }
    return all;
}

/// Where most objects begin is nothing to find one by.
bool tellApart(const std::vector<std::string>& objectKeys) {
    for (const std::string& key : objectKeys) {
        if (key == "/" || key == "/devices/") return false;
    }
    return !objectKeys.empty() && objectKeys.size() <= MaxKeys;
}

} // namespace

SubscriptionIndex::Place SubscriptionIndex::placeOf(const Filter& filter) {
    if (std::vector<std::string> objects = filter.objectKeys(); tellApart(objects))
        return {byObject_, std::move(objects)};
    std::size_t named = 0;
    std::vector<std::string> keys{""};
    for (std::size_t i = 0; i < KindFields.size(); ++i) {
        const std::vector<std::string> texts = filter.exactTexts(KindFields[i]);
        if (texts.empty() || keys.size() * texts.size() > MaxKeys) continue;
        keys = combined(keys, texts);
        named |= std::size_t{1} << i;
    }
    return {byKind_[named], std::move(keys)};
}

std::string_view SubscriptionIndex::kindKey(std::size_t named, const EventView& event) {
    key_.clear();
    for (std::size_t i = 0; i < KindFields.size(); ++i) {
        if ((named & std::size_t{1} << i) != 0) append(key_, textOf(event, KindFields[i]));
    }
    return key_;
}

void SubscriptionIndex::add(Subscription& subscription) {
    const Place place = placeOf(subscription.filter());
    for (const std::string& key : place.keys) place.groups[key].insert(&subscription);
    all_.insert(&subscription);
}

void SubscriptionIndex::remove(Subscription& subscription) {
    const Place place = placeOf(subscription.filter());
    for (const std::string& key : place.keys) {
        const auto group = place.groups.find(key);
        group->second.erase(&subscription);
        if (group->second.empty()) place.groups.erase(group);
    }
    all_.erase(&subscription);
}

} // namespace keventd
