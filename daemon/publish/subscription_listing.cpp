#include "daemon/publish/subscription_listing.h"

#include "daemon/base/errors.h"
#include "daemon/publish/method_call.h"
#include "keventd/names.h"

namespace keventd {
namespace {

// Keys, numbers and padding of one entry take less.
constexpr std::size_t BytesBesideTexts = 512;

const char* stateName(Subscription::State state) {
    switch (state) {
    case Subscription::State::Asleep:
        return "asleep";
    case Subscription::State::Awake:
        return "awake";
    case Subscription::State::Full:
        return "full";
    case Subscription::State::Blocked:
        return "blocked";
    }
    return "";
}

// One a{sv} of the answer.
class Entry {
public:
    explicit Entry(sd_bus_message* reply) : reply_(reply) {
        checkResult(sd_bus_message_open_container(reply_, 'a', "{sv}"), "reply");
    }

    template <typename Value>
    Entry& add(const char* key, const char* type, Value value) {
        checkResult(sd_bus_message_append(reply_, "{sv}", key, type, value), "reply");
        return *this;
    }
    void end() { checkResult(sd_bus_message_close_container(reply_), "reply"); }

private:
    sd_bus_message* reply_;
};

} // namespace

SubscriptionListing::SubscriptionListing(sd_bus_message* call, const ClientAccount& viewer,
                                         const Stream& stream, const Publisher& publisher)
    : call_(call), viewer_(viewer), stream_(stream), publisher_(publisher) {}

bool SubscriptionListing::work(const TurnBudget& budget) {
    if (!reply_) begin();
    while (addNext()) {
        if (budget.isSpent()) return false;
    }
    send();
    return true;
}

void SubscriptionListing::begin() {
    reply_ = newReply(call_);
    checkResult(sd_bus_message_open_container(reply_.get(), 'a', "a{sv}"), "reply");
}

// @return false at the end
bool SubscriptionListing::addNext() {
    const Subscription* subscription = publisher_.findAfter(last_);
    if (subscription == nullptr) return false;
    last_ = subscription->number();
    if (!maySee(*subscription)) return true;
    const std::string filter = subscription->filter().text();
    bytes_ += BytesBesideTexts + filter.size() + subscription->owner().name.size();
    if (bytes_ > MaxBytes) return false;
    add(*subscription, filter);
    return true;
}

bool SubscriptionListing::maySee(const Subscription& subscription) const {
    return viewer_.seesAdmin() || (viewer_.user() && viewer_.user() == subscription.user());
}

void SubscriptionListing::add(const Subscription& subscription, const std::string& filter) {
    namespace key = names::subscription;
    const std::uint64_t next = publisher_.nextOf(subscription);
    Entry entry(reply_.get());
    entry.add(key::Number, "u", subscription.number())
        .add(key::Owner, "s", subscription.owner().name.c_str())
        .add(key::State, "s", stateName(subscription.state()))
        .add(key::Filter, "s", filter.c_str())
        .add(key::Next, "t", next)
        .add(key::Lag, "t", stream_.history().nextId() - next)
        .add(key::Lost, "t", subscription.lost())
        .add(key::Window, "u", subscription.window())
        .add(key::Unacknowledged, "t", std::uint64_t{subscription.unacknowledgedEvents()})
        .add(key::UnacknowledgedBytes, "t", std::uint64_t{subscription.unacknowledgedBytes()});
    if (const auto user = subscription.user()) entry.add(key::Uid, "u", *user);
    entry.end();
}

void SubscriptionListing::send() {
    checkResult(sd_bus_message_close_container(reply_.get()), "reply");
    sendReply(reply_);
}

} // namespace keventd
