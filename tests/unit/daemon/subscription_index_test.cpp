// Whom an event may concern: everybody whom it does, and few others.

#include "daemon/publish/subscription_index.h"

#include "tests/unit/support/events.h"

#include <deque>
#include <set>

namespace keventd::test {
namespace {

using Globs = std::vector<std::string>;

struct Demand {
    EventField field;
    Globs globs;
};

Filter filterOf(const std::vector<Demand>& demands) {
    Filter filter;
    for (const Demand& demand : demands) {
        std::vector<Glob> globs;
        for (const std::string& pattern : demand.globs) globs.push_back(*Glob::parse(pattern));
        filter.addField(demand.field, std::move(globs));
    }
    return filter;
}

Event eventOf(const std::string& subsystem, const std::string& object) {
    Event event = kernel(1);
    event.subsystem = subsystem;
    event.object = object;
    return event;
}

class SubscriptionIndexTest : public testing::Test {
protected:
    std::uint32_t add(const std::vector<Demand>& demands) {
        const auto number = static_cast<std::uint32_t>(subscriptions_.size() + 1);
        index_.add(subscriptions_.emplace_back(number, Peer{}, account_, filterOf(demands), 1, 1024));
        return number;
    }
    [[nodiscard]] std::set<std::uint32_t> concernedBy(const Event& event) {
        std::set<std::uint32_t> numbers;
        index_.forEachConcerned(
            viewOf(event), [&](const Subscription& subscription) { numbers.insert(subscription.number()); });
        return numbers;
    }

    ConnectionAccount connection_;
    UserAccount user_;
    Limits limits_;
    AdminAccess access_;
    ClientAccount account_{connection_, user_, limits_, {}, access_};
    std::deque<Subscription> subscriptions_;
    SubscriptionIndex index_;
};

using Numbers = std::set<std::uint32_t>;

TEST_F(SubscriptionIndexTest, ConcernsWhoWantsEverything) {
    const auto number = add({});
    EXPECT_EQ(concernedBy(eventOf("mem", "/devices/virtual/mem/null")), Numbers{number});
}

TEST_F(SubscriptionIndexTest, LeavesAloneWhoWantsAnotherSubsystem) {
    add({{EventField::Subsystem, {"net", "block"}}});
    EXPECT_EQ(concernedBy(eventOf("mem", "/devices/virtual/mem/null")), Numbers{});
    EXPECT_EQ(concernedBy(eventOf("block", "/devices/virtual/block/loop0")).size(), 1U);
}

TEST_F(SubscriptionIndexTest, LeavesAloneWhoWantsAnotherActionOrSource) {
    const Event event = eventOf("mem", "/devices/virtual/mem/null");
    add({{EventField::Subsystem, {"mem"}}, {EventField::Action, {"no such action"}}});
    add({{EventField::Source, {"udev"}}});
    const auto both =
        add({{EventField::Action, {event.action, "remove"}}, {EventField::Source, {event.source}}});
    EXPECT_EQ(concernedBy(event), Numbers{both});
}

TEST_F(SubscriptionIndexTest, FindsWhoNamesTooMuchToBeFoundByIt) {
    Globs many;
    for (int i = 0; i < 200; ++i) many.push_back("/devices/" + std::to_string(i));
    const auto byObjects = add({{EventField::Object, many}});
    const auto bySubsystems = add({{EventField::Subsystem, many}, {EventField::Action, {"no such action"}}});
    EXPECT_EQ(concernedBy(eventOf("mem", "/devices/7")), Numbers{byObjects});
    Event event = eventOf("/devices/7", "/devices/x");
    event.action = "no such action";
    EXPECT_EQ(concernedBy(event), (Numbers{byObjects, bySubsystems}));
}

TEST_F(SubscriptionIndexTest, LeavesAloneWhoWantsAnotherObject) {
    const auto exact = add({{EventField::Object, {"/devices/virtual/mem/null"}}});
    add({{EventField::Object, {"/devices/virtual/mem/zero"}}});
    add({{EventField::Object, {"/devices/pci*"}}}); // begins like all others
    add({{EventField::Object, {"/devices/virtual/net/*", "/devices/virtual/block/*"}}});
    const auto branch = add({{EventField::Object, {"/devices/virtual/mem/*"}}});
    const auto concerned = concernedBy(eventOf("mem", "/devices/virtual/mem/null"));
    EXPECT_EQ(concerned, (Numbers{exact, 3, branch}));
}

TEST_F(SubscriptionIndexTest, HearsOfThoseThatComeAndGo) {
    const Event event = eventOf("mem", "/devices/virtual/mem/null");
    EXPECT_EQ(concernedBy(event), Numbers{});
    const auto number = add({});
    EXPECT_EQ(concernedBy(event), Numbers{number});
    index_.remove(subscriptions_.back());
    EXPECT_EQ(concernedBy(event), Numbers{});
}

TEST_F(SubscriptionIndexTest, ConcernsEverybodyByALoss) {
    const auto number =
        add({{EventField::Subsystem, {"net"}}, {EventField::Object, {"/devices/virtual/net/lo"}}});
    Event overrun = other("");
    overrun.source = "keventd";
    overrun.action = "overrun";
    EXPECT_EQ(concernedBy(overrun), Numbers{number});
}

TEST_F(SubscriptionIndexTest, ForgetsWhoNamedTheSameTwice) {
    const auto number = add({{EventField::Object, {"/devices/a", "/devices/a"}}});
    EXPECT_EQ(concernedBy(eventOf("mem", "/devices/a")), Numbers{number});
    index_.remove(subscriptions_.back());
    EXPECT_EQ(concernedBy(eventOf("mem", "/devices/a")), Numbers{});
}

TEST_F(SubscriptionIndexTest, MissesNobodyWhateverTheFilters) {
    const auto anySubsystem = rc::gen::element<std::string>("mem", "net", "m*", "*", "[mn]e*");
    const auto anyAction = rc::gen::element<std::string>("add", "remove", "a*", "*");
    const auto anySource = rc::gen::element<std::string>("kernel", "udev", "k*");
    const auto anyObject =
        rc::gen::element<std::string>("/devices/a", "/devices/a/b", "/devices/*", "/devices/a*", "*", "*/b",
                                      "/devices/a/?", "/devices/[ab]/b", "a");
    checkProperty(200, [&] {
        const auto demandsOf = [](EventField field, const rc::Gen<std::string>& globs) {
            return Demand{field, *rc::gen::container<Globs>(globs)};
        };
        std::deque<Subscription> subscriptions;
        SubscriptionIndex index;
        for (std::uint32_t number = 1; number <= 5; ++number) {
            index.add(subscriptions.emplace_back(
                number, Peer{}, account_,
                filterOf({demandsOf(EventField::Subsystem, anySubsystem),
                          demandsOf(EventField::Action, anyAction), demandsOf(EventField::Source, anySource),
                          demandsOf(EventField::Object, anyObject)}),
                1, 1024));
        }
        Event event =
            eventOf(*rc::gen::element<std::string>("mem", "net", "block"),
                    *rc::gen::element<std::string>("/devices/a", "/devices/a/b", "/devices/b/b", "a"));
        event.action = *rc::gen::element<std::string>("add", "remove", "move");
        for (std::size_t gone = *rc::gen::inRange<std::size_t>(0, 5); gone > 0; --gone) {
            index.remove(subscriptions.back());
            subscriptions.pop_back();
        }
        std::set<std::uint32_t> concerned;
        index.forEachConcerned(viewOf(event), [&](const Subscription& s) { concerned.insert(s.number()); });
        for (const Subscription& subscription : subscriptions) {
            if (subscription.filter().matches(viewOf(event)))
                RC_ASSERT(concerned.contains(subscription.number()));
        }
    });
}

} // namespace
} // namespace keventd::test
