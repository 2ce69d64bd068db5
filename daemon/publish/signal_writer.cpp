#include "daemon/publish/signal_writer.h"

#include "daemon/base/errors.h"
#include "daemon/publish/method_call.h"
#include "dbus/event_codec.h"
#include "keventd/names.h"

namespace keventd {
namespace {

BusMessageHandle newSignal(const Peer& to, const char* member) {
    sd_bus_message* message = nullptr;
    checkResult(sd_bus_message_new_signal(to.bus, &message, names::Object, names::Manager, member),
                "create signal");
    BusMessageHandle handle(message);
    if (!to.name.empty()) {
        checkResult(sd_bus_message_set_destination(message, to.name.c_str()), "address signal");
    }
    return handle;
}

} // namespace

EventsSignal::EventsSignal(const Peer& to, std::uint32_t subscription)
    : message_(newSignal(to, names::signal::Events)), bus_(to.bus) {
    checkResult(sd_bus_message_append_basic(message_.get(), 'u', &subscription), "write signal");
    checkResult(sd_bus_message_open_container(message_.get(), 'a', names::EventSignature), "write signal");
}

bool EventsSignal::add(const EventView& event) {
    const std::size_t size = encodedSize(event);
    if (bytes_ > 0 && bytes_ + size > MaxBytes) return false;
    bytes_ += size;
    checkResult(appendEvent(message_.get(), event), "write event");
    return true;
}

void EventsSignal::send(std::uint64_t next) {
    checkResult(sd_bus_message_close_container(message_.get()), "write signal");
    checkResult(sd_bus_message_append_basic(message_.get(), 't', &next), "write signal");
    checkSent(sd_bus_send(bus_, message_.get(), nullptr), "send signal");
}

void sendLost(const Peer& to, std::uint32_t subscription, std::uint64_t from, std::uint64_t last) {
    const BusMessageHandle message = newSignal(to, names::signal::Lost);
    checkResult(sd_bus_message_append(message.get(), "utt", subscription, from, last), "write signal");
    checkSent(sd_bus_send(to.bus, message.get(), nullptr), "send signal");
}

} // namespace keventd
