// What little of a message bus a private connection needs: org.freedesktop.DBus for one client.
//
// Most libraries say Hello and AddMatch before anything else, because they take every connection for a bus.
// Those that do not are served just the same.
#pragma once

#include "daemon/base/c_handles.h"

#include <string>

namespace keventd {

class DriverObject {
public:
    /// @param uniqueName  what Hello answers: ":1.7"
    explicit DriverObject(std::string uniqueName) : uniqueName_(std::move(uniqueName)) {}
    DriverObject(const DriverObject&) = delete;
    DriverObject& operator=(const DriverObject&) = delete;

    /// Serves the object on a connection, as long as the slot and this object live.
    [[nodiscard]] BusSlotHandle serveOn(sd_bus* bus);

private:
    struct Table;

    void onHello(sd_bus_message* call);
    void onIgnoredMatch(sd_bus_message* call);
    void onGetNameOwner(sd_bus_message* call);
    void onNameHasOwner(sd_bus_message* call);
    void onStartServiceByName(sd_bus_message* call);
    void onListNames(sd_bus_message* call);
    void onListActivatableNames(sd_bus_message* call);
    void onGetId(sd_bus_message* call);

    [[nodiscard]] bool isKnown(const std::string& name) const;

    std::string uniqueName_;
};

} // namespace keventd
