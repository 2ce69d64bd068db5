// Events through real sd-bus messages.

#include "dbus/event_codec.h"

#include "keventd/names.h"
#include "tests/unit/support/events.h"
#include "tests/unit/support/loopback_bus.h"

#include <cerrno>
#include <limits>

namespace keventd::test {
namespace {

TEST(EventCodec, BringsBackEveryField) {
    const LoopbackBus bus;
    Event event = fullEvent();
    event.id = 42;
    const Event got = throughMessage(bus, event);
    EXPECT_EQ(got.id, 42U);
    EXPECT_TRUE(isSameButForId(got, event));
}

TEST(EventCodec, BringsBackAnEventWithoutAnything) {
    const LoopbackBus bus;
    EXPECT_TRUE(isSameButForId(throughMessage(bus, Event{}), Event{}));
}

TEST(EventCodec, BringsBackTheGreatestNumbers) {
    const LoopbackBus bus;
    Event event = kernel(std::numeric_limits<std::uint64_t>::max());
    event.id = std::numeric_limits<std::uint64_t>::max();
    event.boottime = std::chrono::microseconds::max();
    event.flags = std::numeric_limits<std::uint32_t>::max();
    const Event got = throughMessage(bus, event);
    EXPECT_EQ(got.id, event.id);
    EXPECT_TRUE(isSameButForId(got, event));
}

TEST(EventCodec, BringsBackEmptyKeysAndValues) {
    const LoopbackBus bus;
    Event event = kernel(1);
    event.properties = properties({{"", "value of the empty key"}, {"KEY", ""}});
    EXPECT_TRUE(isSameButForId(throughMessage(bus, event), event));
}

TEST(EventCodec, WritesTheSignatureOfTheContract) {
    const LoopbackBus bus;
    const MessagePtr message = bus.newSignal();
    ASSERT_EQ(appendEvent(message.get(), viewOf(fullEvent())), 0);
    LoopbackBus::seal(message.get());
    EXPECT_STREQ(sd_bus_message_get_signature(message.get(), 1), names::EventSignature);
}

TEST(EventCodec, BringsBackEveryFieldOfABroadcast) {
    const LoopbackBus bus;
    Event event = fullEvent();
    event.id = 42;
    const MessagePtr message = bus.newSignal();
    ASSERT_EQ(appendBroadcast(message.get(), viewOf(event)), 0);
    LoopbackBus::seal(message.get());
    Event got;
    ASSERT_EQ(readBroadcast(message.get(), got), 1);
    EXPECT_EQ(got.id, 42U);
    EXPECT_TRUE(isSameButForId(got, event));
}

TEST(EventCodec, WritesTheSignatureOfABroadcast) {
    const LoopbackBus bus;
    const MessagePtr message = bus.newSignal();
    ASSERT_EQ(appendBroadcast(message.get(), viewOf(fullEvent())), 0);
    LoopbackBus::seal(message.get());
    EXPECT_STREQ(sd_bus_message_get_signature(message.get(), 1), names::BroadcastSignature);
}

TEST(EventCodec, RefusesABroadcastThatEndsEarly) {
    const LoopbackBus bus;
    const MessagePtr message = bus.newSignal();
    ASSERT_GE(sd_bus_message_append(message.get(), "ss", "mem", "change"), 0);
    LoopbackBus::seal(message.get());
    Event got;
    EXPECT_LT(readBroadcast(message.get(), got), 0);
}

TEST(EventCodec, ReadsAnArrayToItsEndAndSaysSo) {
    const LoopbackBus bus;
    const MessagePtr message = bus.newSignal();
    ASSERT_GE(sd_bus_message_open_container(message.get(), 'a', names::EventSignature), 0);
    for (const std::uint64_t n : {1U, 2U}) ASSERT_EQ(appendEvent(message.get(), viewOf(kernel(n))), 0);
    ASSERT_GE(sd_bus_message_close_container(message.get()), 0);
    LoopbackBus::seal(message.get());

    ASSERT_GT(sd_bus_message_enter_container(message.get(), 'a', names::EventSignature), 0);
    Event got;
    EXPECT_EQ(readEvent(message.get(), got), 1);
    EXPECT_TRUE(isSameButForId(got, kernel(1)));
    EXPECT_EQ(readEvent(message.get(), got), 1);
    EXPECT_TRUE(isSameButForId(got, kernel(2)));
    EXPECT_EQ(readEvent(message.get(), got), 0);
}

TEST(EventCodec, ForgetsThePropertiesOfTheEventReadBefore) {
    const LoopbackBus bus;
    const MessagePtr message = bus.newSignal();
    ASSERT_EQ(appendEvent(message.get(), viewOf(kernel(1))), 0);
    LoopbackBus::seal(message.get());
    Event got = fullEvent();
    ASSERT_EQ(readEvent(message.get(), got), 1);
    EXPECT_TRUE(isSameButForId(got, kernel(1)));
}

TEST(EventCodec, LetsTheLastOfTwoEqualKeysWin) {
    const LoopbackBus bus;
    const MessagePtr message = bus.newSignal();
    ASSERT_GE(sd_bus_message_append(message.get(), names::EventSignature, std::uint64_t{1}, "", "", "", "",
                                    "", std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{4}, 5U, 2U, "KEY",
                                    "first", "KEY", "last"),
              0);
    LoopbackBus::seal(message.get());
    Event got;
    ASSERT_EQ(readEvent(message.get(), got), 1);
    EXPECT_EQ(got.properties.size(), 1U);
    EXPECT_EQ(got.properties.find("KEY"), "last");
}

TEST(EventCodec, RefusesAMessageOfAnotherShape) {
    const LoopbackBus bus;
    for (const char* text : {"(s)", "s"}) {
        const MessagePtr message = bus.newSignal();
        ASSERT_GE(sd_bus_message_append(message.get(), text, "no event"), 0);
        LoopbackBus::seal(message.get());
        Event got;
        EXPECT_LT(readEvent(message.get(), got), 0) << text;
    }
}

TEST(EventCodec, ReportsTextThatTheBusDoesNotCarry) {
    const LoopbackBus bus;
    Event event = kernel(1);
    event.properties = properties({{"INTERFACE", "\xff\xfe"}, {"KEY", "value"}});
    EXPECT_EQ(appendEvent(bus.newSignal().get(), viewOf(event)), -EINVAL);
}

TEST(EventCodec, BringsBackAnyEventOfPlainText) {
    const LoopbackBus bus;
    checkProperty(500, [&bus] {
        const Event event = *anyEvent(plainText());
        RC_ASSERT(static_cast<bool>(isSameButForId(throughMessage(bus, event), event)));
    });
}

} // namespace
} // namespace keventd::test
