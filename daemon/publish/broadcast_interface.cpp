#include "daemon/publish/broadcast_interface.h"

#include "daemon/base/errors.h"
#include "daemon/publish/method_call.h"
#include "dbus/event_codec.h"
#include "keventd/names.h"

#include <algorithm>

namespace keventd {
namespace {

// What stands around the arguments: the fixed part, path, interface, member, signature, sender.
constexpr std::size_t MaxHeaderBytes = 256;

// Kept in step with dbus/org.keventd1.Events.xml and dbus/org.keventd1.KernelEvents.xml by a test.
const sd_bus_vtable Rows[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_SIGNAL_WITH_NAMES(names::signal::Event, names::BroadcastSignature,
                             SD_BUS_PARAM(subsystem) SD_BUS_PARAM(action) SD_BUS_PARAM(object)
                                 SD_BUS_PARAM(source) SD_BUS_PARAM(attribute) SD_BUS_PARAM(id)
                                     SD_BUS_PARAM(seqnum) SD_BUS_PARAM(boottime) SD_BUS_PARAM(realtime)
                                         SD_BUS_PARAM(flags) SD_BUS_PARAM(properties),
                             0),
    SD_BUS_SIGNAL_WITH_NAMES(names::signal::Skipped, "tt", SD_BUS_PARAM(from) SD_BUS_PARAM(to), 0),
    SD_BUS_VTABLE_END,
};

} // namespace

BusSlotHandle BroadcastInterface::serveOn(sd_bus* bus) const {
    sd_bus_slot* slot = nullptr;
    checkResult(sd_bus_add_object_vtable(bus, &slot, names::Object, name_, Rows, nullptr),
                "serve /org/keventd1");
    return BusSlotHandle(slot);
}

void BroadcastInterface::skip(const Range& ids) {
    if (!skipped_) {
        skipped_ = ids;
        return;
    }
    skipped_->from = std::min(skipped_->from, ids.from);
    skipped_->to = std::max(skipped_->to, ids.to);
}

std::size_t BroadcastInterface::tellSkipped(sd_bus* bus) {
    if (!skipped_) return 0;
    const BusMessageHandle signal = newSignal(bus, names::signal::Skipped);
    checkResult(sd_bus_message_append(signal.get(), "tt", skipped_->from, skipped_->to), "write signal");
    checkSent(sd_bus_send(bus, signal.get(), nullptr), "send signal");
    skipped_.reset();
    return MaxHeaderBytes;
}

std::size_t BroadcastInterface::send(sd_bus* bus, const EventView& event) {
    const std::size_t bytesOfWord = tellSkipped(bus);
    const BusMessageHandle signal = newSignal(bus, names::signal::Event);
    checkResult(appendBroadcast(signal.get(), event), "write signal");
    checkSent(sd_bus_send(bus, signal.get(), nullptr), "send signal");
    return bytesOfWord + MaxHeaderBytes + encodedSize(event);
}

BusMessageHandle BroadcastInterface::newSignal(sd_bus* bus, const char* member) const {
    sd_bus_message* signal = nullptr;
    checkResult(sd_bus_message_new_signal(bus, &signal, names::Object, name_, member), "create signal");
    return BusMessageHandle(signal);
}

} // namespace keventd
