// Filters as a subscriber meets them: OR within an option, AND between options.

#include "keventd/names.h"
#include "tests/bus/bus_test.h"

namespace keventd::test {
namespace {

using Globs = std::vector<std::string>;
using Numbers = std::vector<std::uint64_t>;

// The same six events for all tests, and a filter that adds to "those of this test".
class Filtering : public BusEventTest {
protected:
    /// @return the numbers of the events that come through, both to a subscriber and in the history
    [[nodiscard]] Numbers whatPasses(const std::map<std::string, Globs>& filters) {
        Wanted wanted = uevents_.wanted();
        for (const auto& [option, globs] : filters) {
            Globs& all = wanted.filters[option];
            all.insert(all.end(), globs.begin(), globs.end());
        }
        Subscriber subscriber = subscribe(wanted);
        writeAll();
        takeAllSent(subscriber);
        EXPECT_EQ(numbersOf(subscriber.client().wholeHistory(wanted)), numbersOf(subscriber, uevents_));
        return numbersOf(subscriber, uevents_);
    }

private:
    void writeAll() {
        uevents_.write("change", "null"); // 1
        uevents_.write("change", "zero"); // 2
        uevents_.write("add", "null");    // 3
        uevents_.write("add", "zero");    // 4
        uevents_.write("bind", "full");   // 5
        uevents_.write("change", "full"); // 6
    }
};

TEST_P(Filtering, PassesEverythingWithoutFilters) {
    EXPECT_EQ(whatPasses({}), sequence(1, 6));
}

TEST_P(Filtering, PassesByOneGlob) {
    EXPECT_EQ(whatPasses({{names::option::Actions, {"add"}}}), (Numbers{3, 4}));
}

TEST_P(Filtering, PassesByAnyGlobOfAnOption) {
    EXPECT_EQ(whatPasses({{names::option::Actions, {"add", "b*"}}}), (Numbers{3, 4, 5}));
}

TEST_P(Filtering, PassesByAllOptionsTogether) {
    EXPECT_EQ(whatPasses({{names::option::Actions, {"change", "add"}},
                          {names::option::Objects, {"*/zero", "*/full"}}}),
              (Numbers{2, 4, 6}));
}

TEST_P(Filtering, LetsAnAsteriskCrossSlashes) {
    EXPECT_EQ(whatPasses({{names::option::Objects, {"/devices*full"}}}), (Numbers{5, 6}));
}

TEST_P(Filtering, MatchesAWholeValue) {
    EXPECT_EQ(whatPasses({{names::option::Objects, {"/devices/virtual/mem", "null"}}}), Numbers{});
}

TEST_P(Filtering, KnowsBrackets) {
    EXPECT_EQ(whatPasses({{names::option::Objects, {"*/[nf]ull"}}}), (Numbers{1, 3, 5, 6}));
}

TEST_P(Filtering, PassesBySubsystem) {
    EXPECT_EQ(whatPasses({{names::option::Subsystems, {"mem"}}}), sequence(1, 6));
}

TEST_P(Filtering, PassesNothingOfAnotherSubsystem) {
    EXPECT_EQ(whatPasses({{names::option::Subsystems, {"block", "me"}}}), Numbers{});
}

TEST_P(Filtering, PassesBySource) {
    EXPECT_EQ(whatPasses({{names::option::Sources, {"kernel"}}}), sequence(1, 6));
}

TEST_P(Filtering, PassesNothingOfAnotherSource) {
    EXPECT_EQ(whatPasses({{names::option::Sources, {"thermal"}}}), Numbers{});
}

TEST_P(Filtering, MatchesAnEmptyAttribute) {
    EXPECT_EQ(whatPasses({{names::option::Attributes, {"*"}}}), sequence(1, 6));
}

TEST_P(Filtering, PassesNothingByAnAttributeThatTheEventsLack) {
    EXPECT_EQ(whatPasses({{names::option::Attributes, {"?*"}}}), Numbers{});
}

TEST_P(Filtering, PassesByAnyGlobOfOneProperty) {
    EXPECT_EQ(whatPasses({{names::option::Properties, {"DEVNAME=null", "DEVNAME=z*"}}}),
              (Numbers{1, 2, 3, 4}));
}

TEST_P(Filtering, PassesByAllPropertiesTogether) {
    EXPECT_EQ(whatPasses({{names::option::Properties, {"DEVNAME=null", "ACTION=add"}}}), (Numbers{3}));
}

TEST_P(Filtering, PassesNothingWithoutTheProperty) {
    EXPECT_EQ(whatPasses({{names::option::Properties, {"ID_BUS=*"}}}), Numbers{});
}

TEST_P(Filtering, SplitsAPropertyAtTheFirstEqualsSign) {
    EXPECT_EQ(whatPasses({{names::option::Properties, {"DEVNAME=null=x"}}}), Numbers{});
}

INSTANTIATE_TEST_SUITE_P(, Filtering, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
