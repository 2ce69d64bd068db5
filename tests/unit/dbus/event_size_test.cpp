// encodedSize() against what real messages take on the wire.

#include "dbus/event_codec.h"

#include "keventd/names.h"
#include "tests/unit/support/events.h"
#include "tests/unit/support/loopback_bus.h"

namespace keventd::test {
namespace {

std::size_t bytesOfArray(const LoopbackBus& bus, const std::vector<Event>& events) {
    const MessagePtr message = bus.newSignal();
    RC_ASSERT(sd_bus_message_open_container(message.get(), 'a', names::EventSignature) >= 0);
    for (const Event& event : events) RC_ASSERT(appendEvent(message.get(), viewOf(event)) == 0);
    RC_ASSERT(sd_bus_message_close_container(message.get()) >= 0);
    return bus.bodyBytesOnWire(message.get());
}

std::size_t growthBy(const LoopbackBus& bus, const Event& before, const Event& event) {
    return bytesOfArray(bus, {before, event}) - bytesOfArray(bus, {before});
}

Event withProperty(std::size_t valueLength) {
    Event event;
    event.properties.set("K", std::string(valueLength, 'v'));
    return event;
}

TEST(EncodedSize, BoundsTheBytesOfASingleEvent) {
    const LoopbackBus bus;
    const std::size_t empty = bytesOfArray(bus, {});
    for (const Event& event : {Event{}, kernel(1), fullEvent()}) {
        EXPECT_LE(bytesOfArray(bus, {event}) - empty, encodedSize(viewOf(event)));
    }
}

TEST(EncodedSize, BoundsTheBytesOfAnEventAfterOneThatEndsAnywhere) {
    const LoopbackBus bus;
    for (std::size_t offset = 0; offset < 8; ++offset) {
        const Event before = withProperty(offset);
        for (std::size_t length = 0; length < 8; ++length) {
            Event event;
            event.source = std::string(length, 's');
            EXPECT_LE(growthBy(bus, before, event), encodedSize(viewOf(event))) << offset << ' ' << length;
        }
    }
}

TEST(EncodedSize, BoundsTheBytesOfAnyArrayOfEvents) {
    const LoopbackBus bus;
    checkProperty(300, [&bus] {
        const auto events =
            *rc::gen::resize(20, rc::gen::container<std::vector<Event>>(anyEvent(plainText())));
        std::size_t bound = bytesOfArray(bus, {});
        for (const Event& event : events) bound += encodedSize(viewOf(event));
        RC_ASSERT(bytesOfArray(bus, events) <= bound);
    });
}

} // namespace
} // namespace keventd::test
