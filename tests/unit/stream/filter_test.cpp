// Which events a subscription wants.

#include "daemon/stream/filter.h"

#include "tests/unit/support/events.h"

namespace keventd::test {
namespace {

std::vector<Glob> globs(std::initializer_list<const char*> patterns) {
    std::vector<Glob> list;
    for (const char* pattern : patterns) list.push_back(*Glob::parse(pattern));
    return list;
}

Glob glob(const char* pattern) {
    return *Glob::parse(pattern);
}

bool passes(const Filter& filter, const Event& event) {
    return filter.matches(viewOf(event));
}

Event disk() {
    Event event = kernel(1);
    event.action = "add";
    event.subsystem = "block";
    event.object = "/devices/virtual/block/loop0";
    event.attribute = "size";
    event.properties = properties({{"DEVTYPE", "disk"}, {"ID_BUS", "usb"}, {"EMPTY", ""}});
    return event;
}

Event tellingOf(const char* source, const char* action) {
    Event event;
    event.source = source;
    event.action = action;
    return event;
}

TEST(Filter, LetsEverythingPassThatIsEmpty) {
    EXPECT_TRUE(passes(Filter(), disk()));
    EXPECT_TRUE(passes(Filter(), Event{}));
}

TEST(Filter, LooksAtEachField) {
    const std::vector<std::pair<EventField, const char*>> cases{{EventField::Source, "kernel"},
                                                                {EventField::Subsystem, "block"},
                                                                {EventField::Action, "add"},
                                                                {EventField::Object, "*/loop0"},
                                                                {EventField::Attribute, "size"}};
    for (const auto& [field, pattern] : cases) {
        Filter wants;
        wants.addField(field, globs({pattern}));
        EXPECT_TRUE(passes(wants, disk())) << pattern;
        EXPECT_FALSE(passes(wants, other("none"))) << pattern;
    }
}

TEST(Filter, WantsOneOfSeveralGlobsForAField) {
    Filter filter;
    filter.addField(EventField::Subsystem, globs({"net", "bl*"}));
    EXPECT_TRUE(passes(filter, disk()));
    EXPECT_TRUE(passes(filter, other("net")));
    EXPECT_FALSE(passes(filter, kernel(1)));
}

TEST(Filter, WantsEveryFieldThatIsNamed) {
    Filter filter;
    filter.addField(EventField::Subsystem, globs({"block"}));
    filter.addField(EventField::Action, globs({"remove"}));
    EXPECT_FALSE(passes(filter, disk()));
    Event removed = disk();
    removed.action = "remove";
    EXPECT_TRUE(passes(filter, removed));
}

TEST(Filter, DemandsNothingWithAnEmptyListOfGlobs) {
    Filter filter;
    filter.addField(EventField::Subsystem, {});
    EXPECT_TRUE(passes(filter, disk()));
}

TEST(Filter, WantsAPropertyToBeThereAndToMatch) {
    Filter filter;
    filter.addProperty("ID_BUS", glob("u*"));
    EXPECT_TRUE(passes(filter, disk()));
    EXPECT_FALSE(passes(filter, kernel(1)));
    Event ata = disk();
    ata.properties.set("ID_BUS", "ata");
    EXPECT_FALSE(passes(filter, ata));
}

TEST(Filter, TellsAnEmptyPropertyFromAMissingOne) {
    Filter any;
    any.addProperty("EMPTY", glob("*"));
    EXPECT_TRUE(passes(any, disk()));
    EXPECT_FALSE(passes(any, kernel(1)));
}

TEST(Filter, WantsOneOfSeveralGlobsForAProperty) {
    Filter filter;
    filter.addProperty("DEVTYPE", glob("partition"));
    filter.addProperty("ID_BUS", glob("usb"));
    EXPECT_FALSE(passes(filter, disk()));
    filter.addProperty("DEVTYPE", glob("disk"));
    EXPECT_TRUE(passes(filter, disk()));
}

TEST(Filter, WantsFieldsAndProperties) {
    Filter filter;
    filter.addField(EventField::Subsystem, globs({"net"}));
    filter.addProperty("ID_BUS", glob("usb"));
    EXPECT_FALSE(passes(filter, disk()));
}

TEST(FilterText, IsEmptyOfOneThatDemandsNothing) {
    EXPECT_EQ(Filter().text(), "");
}

TEST(FilterText, NamesFieldsThenPropertiesWithTheirGlobs) {
    Filter filter;
    filter.addProperty("ID_BUS", glob("usb"));
    filter.addField(EventField::Subsystem, globs({"block", "u*b"}));
    filter.addField(EventField::Object, globs({"/devices/*", "*"}));
    filter.addProperty("ID_BUS", glob("ata"));
    EXPECT_EQ(filter.text(), "subsystem=block,u*b object=/devices/*,* ID_BUS=usb,ata");
}

TEST(FilterText, QuotesACommaUnlessItIsQuoted) {
    Filter filter;
    filter.addProperty("A", glob("1,2"));
    filter.addProperty("A", glob(R"(1\,2)"));
    filter.addProperty("A", glob(R"(\\,\*)"));
    EXPECT_EQ(filter.text(), R"(A=1\,2,1\,2,\\\,\*)");
}

TEST(FilterText, QuotesABlankUnlessItIsQuoted) {
    Filter filter;
    filter.addProperty("A", glob("1 subsystem=net"));
    filter.addProperty("B", glob(R"(Flash\ Disk*)"));
    filter.addProperty("B", glob("[ ]x"));
    EXPECT_EQ(filter.text(), R"(A=1\ subsystem=net B=Flash\ Disk*,[\ ]x)");
    EXPECT_TRUE(glob(R"([\ ]x)").matches(" x")) << "it means the same";
}

TEST(Filter, LetsEventsAboutALossPassWhateverItWants) {
    Filter filter;
    filter.addField(EventField::Source, globs({"udev"}));
    filter.addField(EventField::Subsystem, globs({"net"}));
    filter.addProperty("ID_BUS", glob("usb"));
    EXPECT_TRUE(passes(filter, tellingOf("keventd", "overrun")));
    EXPECT_TRUE(passes(filter, tellingOf("keventd", "resynced")));
    EXPECT_TRUE(passes(filter, tellingOf("keventd", "limited")));
}

TEST(Filter, TellsEventsAboutALossFromThoseThatLookLikeThem) {
    Filter filter;
    filter.addField(EventField::Subsystem, globs({"net"}));
    EXPECT_FALSE(passes(filter, tellingOf("keventd", "started")));
    EXPECT_FALSE(passes(filter, tellingOf("kernel", "overrun")));
    EXPECT_FALSE(passes(filter, tellingOf("keventd", "overruns")));
}

} // namespace
} // namespace keventd::test
