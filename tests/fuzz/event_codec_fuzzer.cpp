// An event comes out of a D-Bus message as it went in, or the bus refuses its text.
#include "dbus/event_codec.h"
#include "tests/fuzz/fuzz_event.h"
#include "tests/unit/support/loopback_bus.h"

namespace {

using keventd::Event;
using keventd::fuzz::require;
using keventd::test::LoopbackBus;
using keventd::test::MessagePtr;

bool same(const Event& a, const Event& b) {
    return a.id == b.id && a.source == b.source && a.action == b.action && a.subsystem == b.subsystem &&
           a.object == b.object && a.attribute == b.attribute && a.seqnum == b.seqnum &&
           a.boottime == b.boottime && a.realtime == b.realtime && a.flags == b.flags &&
           a.properties.size() == b.properties.size() &&
           a.properties.view().bytes() == b.properties.view().bytes();
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const LoopbackBus bus;
    const Event event = keventd::fuzz::eventFrom({data, size}, [](auto& input) { return input.text(); });
    const MessagePtr message = bus.newSignal();
    if (keventd::appendEvent(message.get(), viewOf(event)) < 0) return 0;
    LoopbackBus::seal(message.get());
    Event got;
    require(keventd::readEvent(message.get(), got) == 1, "what was written can be read");
    require(same(got, event), "it is the same event");
    return 0;
}
