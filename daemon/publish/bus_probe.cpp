#include "daemon/publish/bus_probe.h"

#include "daemon/base/errors.h"
#include "daemon/publish/bus_driver.h"

#include <utility>

namespace keventd {

BusProbe::BusProbe(int patience, std::function<void()> onAnswer)
    : patience_(patience), onAnswer_(std::move(onAnswer)) {}

// Any question does. This one every bus lets everybody ask.
void BusProbe::ask(sd_bus* bus) {
    const auto onReply = [](sd_bus_message* reply, void* self, sd_bus_error*) {
        static_cast<BusProbe*>(self)->take(reply);
        return 0;
    };
    sd_bus_slot* slot = nullptr;
    checkResult(sd_bus_call_method_async(bus, &slot, driver::Name, driver::Path, driver::Name, "GetId",
                                         onReply, this, ""),
                "ask the bus");
    slot_.reset(slot);
    isAsking_ = true;
}

// A broker handles the messages of one sender in their order. An error is as good an answer as any, but for
// the one that sd-bus makes up when none has come for long.
void BusProbe::take(sd_bus_message* reply) {
    isAsking_ = false;
    if (sd_bus_message_is_method_error(reply, SD_BUS_ERROR_NO_REPLY) > 0) return;
    silentTicks_ = 0;
    onAnswer_();
}

void BusProbe::forget() {
    slot_.reset();
    isAsking_ = false;
    silentTicks_ = 0;
}

} // namespace keventd
