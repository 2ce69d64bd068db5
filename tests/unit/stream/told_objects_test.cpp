#include "daemon/stream/told_objects.h"

#include "keventd/names.h"

#include <gtest/gtest.h>

namespace keventd::test {
namespace {

Event of(const char* source, const char* action, const char* ifindex = "") {
    Event event;
    event.source = source;
    event.action = action;
    if (*ifindex != 0) event.properties.set("IFINDEX", ifindex);
    return event;
}

TEST(ToldObjects, HaveTheLastEventOfEach) {
    ToldObjects told;
    EXPECT_TRUE(told.apply(of(names::source::Link, names::action::Add, "1")));
    EXPECT_TRUE(told.apply(of(names::source::Link, names::action::Add, "2")));
    EXPECT_TRUE(told.apply(of(names::source::Link, names::action::Up, "2")));
    const std::vector<Event> links = told.of(names::source::Link);
    ASSERT_EQ(links.size(), 2U);
    EXPECT_EQ(links[1].action, names::action::Up);
}

TEST(ToldObjects, ForgetWhatHasGone) {
    ToldObjects told;
    told.apply(of(names::source::Link, names::action::Add, "1"));
    EXPECT_TRUE(told.apply(of(names::source::Link, names::action::Remove, "1")));
    EXPECT_TRUE(told.of(names::source::Link).empty());
}

// What is there when a source begins, is told by an event without an action.
TEST(ToldObjects, HaveTheClocksFromTheBeginningOn) {
    ToldObjects told;
    EXPECT_TRUE(told.apply(of(names::source::Power, "")));
    EXPECT_EQ(told.of(names::source::Power).size(), 1U);
    told.apply(of(names::source::Power, names::action::Resume));
    EXPECT_EQ(told.of(names::source::Power).size(), 1U);
}

TEST(ToldObjects, TakeNoOtherSource) {
    ToldObjects told;
    EXPECT_FALSE(ToldObjects::has(names::source::Acpi));
    EXPECT_FALSE(told.apply(of(names::source::Acpi, "notify")));
}

} // namespace
} // namespace keventd::test
