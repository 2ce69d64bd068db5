// What is told of the addresses of network interfaces: recorded messages of Linux 6.18.

#include "daemon/sources/address_table.h"
#include "tests/unit/sources/route_messages.h"

#include <gmock/gmock.h>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AddressTableTest : public testing::Test {
protected:
    void take(const std::string& recording) {
        visitRecorded(recording, [&](const nlmsghdr& message) {
            const auto parsed = parseAddressMessage(message);
            if (const auto* address = std::get_if<AddressMessage>(&parsed))
                table_.take(*address, {{}, 0, arrivals_});
        });
        events_ = arrivals_.take();
    }
    [[nodiscard]] std::vector<std::string> words() const {
        std::vector<std::string> words;
        for (const Event& event : events_)
            words.push_back(wordOf(event) + " " + std::string(event.properties.find("ADDRESS").value_or("")));
        return words;
    }

    KeptEvents arrivals_;
    std::vector<Event> events_;
    AddressTable table_{[](int) { return AddressTable::Interface{"veth0", "/devices/virtual/net/veth0"}; }};
};

TEST_F(AddressTableTest, TellsOfThoseThatComeAndGo) {
    take("6.18-address-add");
    EXPECT_THAT(words(), ElementsAre("add 192.0.2.1/24", "add 192.0.2.9/32", "add 2001:db8::1/64"));
    EXPECT_EQ(events_[1].properties.find("PEER"), "192.0.2.10");
    EXPECT_EQ(events_[0].properties.find("FAMILY"), "ipv4");
    EXPECT_EQ(events_[0].properties.find("FLAGS"), "permanent");
    EXPECT_EQ(events_[2].properties.find("FAMILY"), "ipv6");
    EXPECT_EQ(events_[2].properties.find("FLAGS"), "tentative permanent");
    EXPECT_EQ(events_[0].object, "/devices/virtual/net/veth0");
    take("6.18-address-remove");
    EXPECT_THAT(words(), ElementsAre("remove 192.0.2.1/24"));
}

TEST_F(AddressTableTest, TellsNothingOfARepetition) {
    take("6.18-address-add");
    take("6.18-address-add");
    EXPECT_THAT(events_, IsEmpty());
}

TEST_F(AddressTableTest, KnowsThatTheInterfaceHasBeenRenamedAndThatItHasGone) {
    AddressTable::Interface interface { "old", "/devices/virtual/net/old" };
    AddressTable table([&interface](int) { return interface; });
    const auto takeInto = [&](bool isRemoval) {
        AddressMessage message{isRemoval, 3, {}};
        message.properties.set("ADDRESS", "192.0.2.1/24");
        table.take(message, {{}, 0, arrivals_});
        return arrivals_.take();
    };
    EXPECT_EQ(takeInto(false).front().object, "/devices/virtual/net/old");
    interface = {"new", "/devices/virtual/net/new"};
    EXPECT_EQ(takeInto(true).front().object, "/devices/virtual/net/new");
    static_cast<void>(takeInto(false));
    interface = {};
    EXPECT_EQ(takeInto(true).front().object, "/devices/virtual/net/new");
}

TEST_F(AddressTableTest, GoesOnFromWhatWasToldLast) {
    take("6.18-address-add");
    AddressTable next([](int) { return AddressTable::Interface(); });
    for (const Event& event : events_) next.put(event);
    next.keepOnly({}, {{}, EventFlag::Resync, arrivals_});
    events_ = arrivals_.take();
    EXPECT_EQ(events_.size(), 3U);
    for (const Event& event : events_)
        EXPECT_EQ(event.object, "/devices/virtual/net/veth0") << "as it was told";
}

TEST(AddressMessageTest, RefusesWhatIsTooShort) {
    nlmsghdr message{};
    message.nlmsg_len = sizeof message;
    message.nlmsg_type = 20; // RTM_NEWADDR
    EXPECT_EQ(std::get<std::string>(parseAddressMessage(message)), "malformed");
}

} // namespace
} // namespace keventd::test
