#include "daemon/publish/driver_object.h"

#include "daemon/base/errors.h"
#include "daemon/base/text.h"
#include "daemon/publish/bus_driver.h"
#include "daemon/publish/bus_error.h"
#include "daemon/publish/method_call.h"
#include "keventd/names.h"

#include <array>

namespace keventd {
namespace {

std::string readName(sd_bus_message* call) {
    const char* name = nullptr;
    checkRead(sd_bus_message_read_basic(call, 's', static_cast<void*>(&name)));
    return name;
}

void replyString(sd_bus_message* call, const char* value) {
    checkSent(sd_bus_reply_method_return(call, "s", value), "reply");
}

} // namespace

struct DriverObject::Table {
    static const sd_bus_vtable Rows[];
};

const sd_bus_vtable DriverObject::Table::Rows[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Hello", "", "s", (handleCall<DriverObject, &DriverObject::onHello>),
                  SD_BUS_VTABLE_UNPRIVILEGED),
    // Signals are unicast here: there is nothing to match.
    SD_BUS_METHOD("AddMatch", "s", "", (handleCall<DriverObject, &DriverObject::onIgnoredMatch>),
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("RemoveMatch", "s", "", (handleCall<DriverObject, &DriverObject::onIgnoredMatch>),
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("GetNameOwner", "s", "s", (handleCall<DriverObject, &DriverObject::onGetNameOwner>),
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("NameHasOwner", "s", "b", (handleCall<DriverObject, &DriverObject::onNameHasOwner>),
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("ListNames", "", "as", (handleCall<DriverObject, &DriverObject::onListNames>),
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("ListActivatableNames", "", "as",
                  (handleCall<DriverObject, &DriverObject::onListActivatableNames>),
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("StartServiceByName", "su", "u",
                  (handleCall<DriverObject, &DriverObject::onStartServiceByName>),
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("GetId", "", "s", (handleCall<DriverObject, &DriverObject::onGetId>),
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

BusSlotHandle DriverObject::serveOn(sd_bus* bus) {
    sd_bus_slot* slot = nullptr;
    checkResult(sd_bus_add_object_vtable(bus, &slot, driver::Path, driver::Name, Table::Rows, this),
                "serve bus driver");
    return BusSlotHandle(slot);
}

void DriverObject::onHello(sd_bus_message* call) {
    replyString(call, uniqueName_.c_str());
}

void DriverObject::onIgnoredMatch(sd_bus_message* call) {
    checkSent(sd_bus_reply_method_return(call, ""), "reply");
}

bool DriverObject::isKnown(const std::string& name) const {
    return name == names::Bus || name == driver::Name || name == uniqueName_;
}

void DriverObject::onGetNameOwner(sd_bus_message* call) {
    const std::string name = readName(call);
    if (!isKnown(name)) {
        throw BusError(SD_BUS_ERROR_NAME_HAS_NO_OWNER,
                       text("'", name, "' is not on this private connection"));
    }
    // Every message carries the well-known name as its sender, so that is its own unique name here.
    replyString(call, name.c_str());
}

// GDBusProxy asks for it before anything else.
void DriverObject::onStartServiceByName(sd_bus_message* call) {
    constexpr std::uint32_t alreadyRunning = 2; // D-Bus specification, StartServiceByName
    const std::string name = readName(call);
    if (!isKnown(name)) {
        throw BusError(SD_BUS_ERROR_SERVICE_UNKNOWN, text("'", name, "' is not on this private connection"));
    }
    checkSent(sd_bus_reply_method_return(call, "u", alreadyRunning), "reply");
}

void DriverObject::onNameHasOwner(sd_bus_message* call) {
    checkSent(sd_bus_reply_method_return(call, "b", static_cast<int>(isKnown(readName(call)))), "reply");
}

void DriverObject::onListNames(sd_bus_message* call) {
    checkSent(sd_bus_reply_method_return(call, "as", 3, driver::Name, names::Bus, uniqueName_.c_str()),
              "reply");
}

void DriverObject::onListActivatableNames(sd_bus_message* call) {
    checkSent(sd_bus_reply_method_return(call, "as", 0), "reply");
}

void DriverObject::onGetId(sd_bus_message* call) {
    sd_id128_t id{};
    checkResult(sd_bus_get_bus_id(sd_bus_message_get_bus(call), &id), "read bus id");
    std::array<char, SD_ID128_STRING_MAX> digits{};
    replyString(call, sd_id128_to_string(id, digits.data()));
}

} // namespace keventd
