#include "tests/support/bus_client.h"

#include "dbus/event_codec.h"
#include "keventd/names.h"
#include "tests/support/deadline.h"

#include <system_error>

namespace keventd::test {
namespace {

BusHandle connect(const std::string& address, Via via) {
    sd_bus* made = nullptr;
    checkBus(sd_bus_new(&made), "make connection");
    BusHandle bus(made);
    checkBus(sd_bus_set_address(made, address.c_str()), "set address");
    checkBus(sd_bus_set_bus_client(made, via == Via::Broker ? 1 : 0), "set kind of connection");
    const auto patience = std::chrono::microseconds(Patience).count();
    checkBus(sd_bus_set_method_call_timeout(made, static_cast<std::uint64_t>(patience)), "set timeout");
    checkBus(sd_bus_start(made), ("connect to " + address).c_str());
    return bus;
}

void appendStrings(sd_bus_message* call, const std::string& key, const std::vector<std::string>& values) {
    checkBus(sd_bus_message_open_container(call, 'e', "sv"), "append option");
    checkBus(sd_bus_message_append(call, "s", key.c_str()), "append option");
    checkBus(sd_bus_message_open_container(call, 'v', "as"), "append option");
    checkBus(sd_bus_message_open_container(call, 'a', "s"), "append option");
    for (const std::string& value : values)
        checkBus(sd_bus_message_append(call, "s", value.c_str()), "append option");
    for (int depth = 0; depth < 3; ++depth) checkBus(sd_bus_message_close_container(call), "append option");
}

} // namespace

int checkBus(int result, const char* what) {
    if (result < 0) throw std::system_error(-result, std::generic_category(), what);
    return result;
}

void appendWanted(const BusMessageHandle& call, const Wanted& wanted) {
    sd_bus_message* to = call.get();
    checkBus(sd_bus_message_open_container(to, 'a', "{sv}"), "append options");
    for (const auto& [key, values] : wanted.filters) appendStrings(to, key, values);
    if (wanted.stream) {
        checkBus(sd_bus_message_append(to, "{sv}", names::option::Stream, "s", wanted.stream->c_str()),
                 "append");
    }
    if (wanted.since)
        checkBus(sd_bus_message_append(to, "{sv}", names::option::Since, "t", *wanted.since), "append");
    if (wanted.sinceBoottime) {
        checkBus(sd_bus_message_append(to, "{sv}", names::option::SinceBoottime, "t", *wanted.sinceBoottime),
                 "append");
    }
    if (wanted.window)
        checkBus(sd_bus_message_append(to, "{sv}", names::option::Window, "u", *wanted.window), "append");
    checkBus(sd_bus_message_close_container(to), "append options");
}

std::vector<Event> readEvents(sd_bus_message* message) {
    checkBus(sd_bus_message_enter_container(message, 'a', names::EventSignature), "read events");
    std::vector<Event> events;
    Event event;
    while (checkBus(readEvent(message, event), "read event") > 0) events.push_back(event);
    checkBus(sd_bus_message_exit_container(message), "read events");
    return events;
}

BusClient::BusClient(const std::string& address, Via via)
    : destination_(via == Via::Broker ? names::Bus : nullptr), bus_(connect(address, via)) {}

BusMessageHandle BusClient::newCall(const char* method) const {
    sd_bus_message* call = nullptr;
    checkBus(
        sd_bus_message_new_method_call(get(), &call, destination_, names::Object, names::Manager, method),
        "make call");
    return BusMessageHandle(call);
}

BusMessageHandle BusClient::send(const BusMessageHandle& call) const {
    sd_bus_message* reply = nullptr;
    sd_bus_error error = SD_BUS_ERROR_NULL;
    const int result = sd_bus_call(get(), call.get(), 0, &error, &reply);
    if (result >= 0) return BusMessageHandle(reply);
    const std::string name = error.name == nullptr ? "" : error.name;
    const std::string message = error.message == nullptr ? "" : error.message;
    sd_bus_error_free(&error);
    throw CallError(name, message);
}

std::uint64_t BusClient::sync() const {
    const BusMessageHandle reply = send(newCall(names::method::Sync));
    std::uint64_t next = 0;
    checkBus(sd_bus_message_read(reply.get(), "t", &next), "read reply of Sync");
    return next;
}

DeviceList BusClient::listDevices(const Wanted& wanted) const {
    const BusMessageHandle call = newCall(names::method::ListDevices);
    appendWanted(call, wanted);
    const BusMessageHandle reply = send(call);
    DeviceList list;
    const char* stream = nullptr;
    checkBus(sd_bus_message_read(reply.get(), "st", &stream, &list.next), "read reply of ListDevices");
    list.stream = stream;
    list.devices = readEvents(reply.get());
    return list;
}

std::string BusClient::trySubscribe(const Wanted& wanted) const {
    const BusMessageHandle call = newCall(names::method::Subscribe);
    appendWanted(call, wanted);
    try {
        send(call);
        return "";
    } catch (const CallError& error) {
        return error.what();
    }
}

std::string BusClient::tryToWatch(const std::string& object, const std::string& attribute,
                                  const char* method) const {
    const BusMessageHandle call = newCall(method);
    checkBus(sd_bus_message_append(call.get(), "ss", object.c_str(), attribute.c_str()), "append name");
    try {
        send(call);
        return "";
    } catch (const CallError& error) {
        return error.what();
    }
}

Page BusClient::getEvents(const Wanted& wanted, std::uint32_t max) const {
    const BusMessageHandle call = newCall(names::method::GetEvents);
    appendWanted(call, wanted);
    checkBus(sd_bus_message_append(call.get(), "u", max), "append max");
    const BusMessageHandle reply = send(call);
    Page page;
    const char* stream = nullptr;
    checkBus(sd_bus_message_read(reply.get(), "st", &stream, &page.first), "read reply of GetEvents");
    page.stream = stream;
    page.events = readEvents(reply.get());
    checkBus(sd_bus_message_read(reply.get(), "t", &page.next), "read reply of GetEvents");
    return page;
}

std::vector<Event> BusClient::wholeHistory(Wanted wanted) const {
    std::vector<Event> all;
    const std::uint64_t end = number(names::property::LastId) + 1;
    for (wanted.since = wanted.since.value_or(0); *wanted.since < end;) {
        Page page = getEvents(wanted);
        all.insert(all.end(), page.events.begin(), page.events.end());
        wanted.since = page.next;
    }
    return all;
}

BusMessageHandle BusClient::readProperty(const char* property, const char* type) const {
    sd_bus_message* reply = nullptr;
    checkBus(sd_bus_get_property(get(), destination_, names::Object, names::Manager, property, nullptr,
                                 &reply, type),
             property);
    return BusMessageHandle(reply);
}

std::uint64_t BusClient::number(const char* property) const {
    std::uint64_t value = 0;
    checkBus(sd_bus_message_read(readProperty(property, "t").get(), "t", &value), property);
    return value;
}

std::string BusClient::streamId() const {
    const BusMessageHandle reply = readProperty(names::property::StreamId, "s");
    const char* value = nullptr;
    checkBus(sd_bus_message_read(reply.get(), "s", &value), "read StreamId");
    return value;
}

std::map<std::string, std::string> BusClient::sources() const {
    const BusMessageHandle reply = readProperty(names::property::Sources, "a(sss)");
    checkBus(sd_bus_message_enter_container(reply.get(), 'a', "(sss)"), "read Sources");
    std::map<std::string, std::string> states;
    const char* name = nullptr;
    const char* state = nullptr;
    const char* reason = nullptr;
    while (checkBus(sd_bus_message_read(reply.get(), "(sss)", &name, &state, &reason), "read source") > 0)
        states[name] = state;
    return states;
}

std::map<std::string, std::uint64_t> BusClient::statistics() const {
    const BusMessageHandle reply = readProperty(names::property::Statistics, "a{st}");
    checkBus(sd_bus_message_enter_container(reply.get(), 'a', "{st}"), "read Statistics");
    std::map<std::string, std::uint64_t> all;
    const char* name = nullptr;
    std::uint64_t value = 0;
    while (checkBus(sd_bus_message_read(reply.get(), "{st}", &name, &value), "read Statistics") > 0)
        all[name] = value;
    return all;
}

} // namespace keventd::test
