// What is told of network interfaces: recorded messages of Linux 6.18.

#include "daemon/sources/link_table.h"
#include "tests/unit/sources/route_messages.h"

#include <gmock/gmock.h>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LinkTableTest : public testing::Test {
protected:
    void take(const std::string& recording) {
        const Telling telling{{}, 0, arrivals_};
        visitRecorded(recording, [&](const nlmsghdr& message) {
            const auto parsed = parseLinkMessage(message);
            if (const auto* link = std::get_if<LinkMessage>(&parsed)) table_.take(*link, telling);
        });
    }
    std::vector<std::string> words(const std::string& interface) {
        std::vector<std::string> words;
        for (const Event& event : events_ = arrivals_.take()) {
            if (event.properties.find("INTERFACE") == interface) words.push_back(wordOf(event));
        }
        return words;
    }

    KeptEvents arrivals_;
    std::vector<Event> events_;
    LinkTable table_{[](const PropertyList& link) {
        return "/devices/virtual/net/" + std::string(link.find("INTERFACE").value_or(""));
    }};
};

TEST_F(LinkTableTest, TellsOfEachChangeOnce) {
    take("6.18-veth-add");
    EXPECT_THAT(words("veth0"), ElementsAre("add"));
    take("6.18-veth-up");
    EXPECT_THAT(words("veth0"), ElementsAre("up", "change operstate=lowerlayerdown", "carrier carrier=1",
                                            "change operstate=up"));
    take("6.18-mtu");
    EXPECT_THAT(words("veth0"), ElementsAre("change mtu=1400"));
    take("6.18-mtu");
    EXPECT_THAT(words("veth0"), IsEmpty());
    take("6.18-hardware-address");
    EXPECT_THAT(words("veth1"), ElementsAre("change address=02:00:00:00:00:01"));
    take("6.18-alias");
    EXPECT_THAT(words("veth1"), ElementsAre("change ifalias=a name"));
}

TEST_F(LinkTableTest, TakesNoPortOfABridgeForAnInterfaceThatGoes) {
    take("6.18-veth-add");
    take("6.18-rename");
    static_cast<void>(words("other"));
    take("6.18-bridge");
    const std::vector<std::string> told = words("other");
    EXPECT_THAT(told, testing::Contains(testing::StartsWith("change master=")));
    EXPECT_THAT(told, testing::Not(testing::Contains("remove")));
    EXPECT_EQ(told.back(), "change master=0");
}

TEST_F(LinkTableTest, KnowsAnInterfaceByItsNumberWhenItIsRenamed) {
    take("6.18-veth-add");
    static_cast<void>(words(""));
    take("6.18-rename");
    EXPECT_THAT(words("other"), testing::Contains("rename"));
    const auto renamed = std::find_if(events_.begin(), events_.end(),
                                      [](const Event& event) { return event.action == "rename"; });
    ASSERT_NE(renamed, events_.end());
    EXPECT_EQ(renamed->properties.find("INTERFACE_OLD"), "veth0");
    EXPECT_EQ(renamed->properties.find("DEVPATH_OLD"), "/devices/virtual/net/veth0");
    EXPECT_EQ(renamed->object, "/devices/virtual/net/other");
}

// A daemon that is killed between two events of one message goes on with the second.
TEST_F(LinkTableTest, GoesOnBehindTheLastEventThatWasTold) {
    take("6.18-veth-add");
    static_cast<void>(words(""));
    const std::vector<Event> before = events_;
    take("6.18-veth-up");
    static_cast<void>(words(""));
    const std::vector<Event> told = events_;
    for (std::size_t kept = 0; kept <= told.size(); ++kept) {
        LinkTable next([](const PropertyList&) { return ""; });
        for (const Event& event : before) next.put(event);
        for (std::size_t i = 0; i < kept; ++i) next.put(told[i]);
        for (std::size_t i = kept; i < told.size(); ++i) {
            const auto ifindex = std::stoi(std::string(told[i].properties.find("IFINDEX").value_or("0")));
            LinkMessage message{false, ifindex, {}};
            for (const Property property : told[i].properties) {
                if (!property.key.starts_with("KEVENTD_"))
                    message.properties.set(property.key, property.value);
            }
            next.take(message, {{}, 0, arrivals_});
        }
        EXPECT_THAT(arrivals_.take(), testing::SizeIs(told.size() - kept)) << kept;
    }
}

TEST_F(LinkTableTest, TellsOfThoseThatAnAnswerDoesNotName) {
    take("6.18-veth-add");
    static_cast<void>(words(""));
    table_.keepOnly({}, {{}, EventFlag::Resync, arrivals_});
    EXPECT_THAT(words("veth0"), ElementsAre("remove"));
    EXPECT_EQ(events_.front().flags, EventFlag::Resync);
    EXPECT_EQ(events_.size(), 2U);
}

TEST(LinkMessageTest, RefusesWhatIsTooShort) {
    nlmsghdr message{};
    message.nlmsg_len = sizeof message;
    message.nlmsg_type = 16; // RTM_NEWLINK
    EXPECT_EQ(std::get<std::string>(parseLinkMessage(message)), "malformed");
}

} // namespace
} // namespace keventd::test
