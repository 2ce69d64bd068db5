// The flat list of properties.

#include "tests/unit/support/events.h"

#include <map>

namespace keventd::test {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairsOf(PropertyView view) {
    Pairs pairs;
    for (const Property property : view) pairs.emplace_back(property.key, property.value);
    return pairs;
}

TEST(PropertyList, IsEmptyAtFirst) {
    const PropertyList list;
    EXPECT_TRUE(list.empty());
    EXPECT_EQ(list.size(), 0U);
    EXPECT_EQ(pairsOf(list), Pairs{});
    EXPECT_EQ(list.find("ACTION"), std::nullopt);
}

TEST(PropertyList, KeepsTheOrderOfAppending) {
    const PropertyList list = properties({{"Z", "1"}, {"A", "2"}, {"M", "3"}});
    EXPECT_EQ(pairsOf(list), (Pairs{{"Z", "1"}, {"A", "2"}, {"M", "3"}}));
}

TEST(PropertyList, ReplacesTheValueOfAKeyInItsPlace) {
    PropertyList list = properties({{"A", "first"}, {"B", "2"}});
    list.set("A", "a much longer value");
    EXPECT_EQ(pairsOf(list), (Pairs{{"A", "a much longer value"}, {"B", "2"}}));
    list.set("A", "s");
    EXPECT_EQ(pairsOf(list), (Pairs{{"A", "s"}, {"B", "2"}}));
    EXPECT_EQ(list.size(), 2U);
}

TEST(PropertyList, KeepsEmptyValues) {
    PropertyList list = properties({{"A", ""}, {"B", "2"}, {"C", ""}});
    EXPECT_EQ(list.find("A"), "");
    list.set("B", "");
    list.set("C", "3");
    EXPECT_EQ(pairsOf(list), (Pairs{{"A", ""}, {"B", ""}, {"C", "3"}}));
}

TEST(PropertyList, TellsAKeyFromItsBeginning) {
    const PropertyList list = properties({{"DEVNAME", "1"}, {"DEV", "2"}});
    EXPECT_EQ(list.find("DEV"), "2");
    EXPECT_EQ(list.find("DEVN"), std::nullopt);
}

TEST(PropertyList, DropsWhatFollowsANulByte) {
    using namespace std::literals;
    PropertyList list;
    list.set("KEY\0hidden"sv, "value\0hidden=1"sv);
    EXPECT_EQ(pairsOf(list), (Pairs{{"KEY", "value"}}));
}

TEST(PropertyList, GivesTheBytesAsTheKernelSendsThem) {
    using namespace std::literals;
    EXPECT_EQ(properties({{"A", "1"}, {"B", ""}}).view().bytes(), "A\0001\0B\0\0"sv);
}

TEST(PropertyList, EndsEachStringWithANulByte) {
    const PropertyList list = properties({{"KEY", "value"}});
    EXPECT_STREQ((*list.begin()).key.data(), "KEY");
    EXPECT_STREQ((*list.begin()).value.data(), "value");
}

TEST(PropertyList, IsEmptyAfterClear) {
    PropertyList list = properties({{"A", "1"}});
    list.clear();
    EXPECT_TRUE(list.empty());
    list.set("B", "2");
    EXPECT_EQ(pairsOf(list), (Pairs{{"B", "2"}}));
}

TEST(PropertyList, HoldsTheLastValueOfEachKeyWhateverIsSet) {
    const auto key = rc::gen::element<std::string>("", "A", "AB", "B", "KEY");
    checkProperty(500, [&key] {
        PropertyList list;
        std::map<std::string, std::string> expected;
        for (const auto& [k, v] : *rc::gen::container<Pairs>(rc::gen::pair(key, anyBytes()))) {
            list.set(k, v);
            expected[k] = v;
        }
        RC_ASSERT(list.size() == expected.size());
        RC_ASSERT(pairsOf(list).size() == expected.size());
        for (const auto& [k, v] : expected) RC_ASSERT(list.find(k) == v);
    });
}

} // namespace
} // namespace keventd::test
