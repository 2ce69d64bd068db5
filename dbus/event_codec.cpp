#include "dbus/event_codec.h"

#include "keventd/names.h"

#include <cstring>

namespace keventd {
namespace {

// The first failure stays, and all that follows is skipped: what is appended to is dropped anyway.
class Appender {
public:
    explicit Appender(sd_bus_message* message) : message_(message) {}

    void basic(char type, const void* value) {
        if (result_ >= 0) result_ = sd_bus_message_append_basic(message_, type, value);
    }
    void open(char type, const char* contents) {
        if (result_ >= 0) result_ = sd_bus_message_open_container(message_, type, contents);
    }
    void close() {
        if (result_ >= 0) result_ = sd_bus_message_close_container(message_);
    }
    [[nodiscard]] int result() const { return result_ < 0 ? result_ : 0; }

private:
    sd_bus_message* message_;
    int result_ = 0;
};

void appendProperties(Appender& out, PropertyView properties) {
    out.open(SD_BUS_TYPE_ARRAY, "{ss}");
    for (const Property& property : properties) {
        out.open(SD_BUS_TYPE_DICT_ENTRY, "ss");
        out.basic('s', property.key.data());
        out.basic('s', property.value.data());
        out.close();
    }
    out.close();
}

class Reader {
public:
    explicit Reader(sd_bus_message* message) : message_(message) {}

    void text(std::string& into) {
        const char* value = "";
        basic('s', static_cast<void*>(&value));
        if (result_ >= 0) into = value;
    }
    void basic(char type, void* into) {
        if (result_ < 0) return;
        result_ = sd_bus_message_read_basic(message_, type, into);
        if (result_ == 0) result_ = -EBADMSG;
    }
    void time(std::chrono::microseconds& into) {
        std::uint64_t usec = 0;
        basic('t', &usec);
        into = std::chrono::microseconds(usec);
    }
    /// @return false at the end of the surrounding container, or after a failure
    bool enter(char type, const char* contents) {
        if (result_ >= 0) result_ = sd_bus_message_enter_container(message_, type, contents);
        return result_ > 0;
    }
    void exit() {
        if (result_ >= 0) result_ = sd_bus_message_exit_container(message_);
    }
    [[nodiscard]] int result() const { return result_; }

private:
    sd_bus_message* message_;
    int result_ = 0;
};

void readProperties(Reader& in, PropertyList& properties) {
    properties.clear();
    if (!in.enter(SD_BUS_TYPE_ARRAY, "{ss}")) return;
    std::string key;
    std::string value;
    while (in.enter(SD_BUS_TYPE_DICT_ENTRY, "ss")) {
        in.text(key);
        in.text(value);
        in.exit();
        if (in.result() >= 0) properties.set(key, value);
    }
    in.exit();
}

} // namespace

int appendEvent(sd_bus_message* message, const EventView& event) {
    const auto boottime = static_cast<std::uint64_t>(event.boottime.count());
    const auto realtime = static_cast<std::uint64_t>(event.realtime.count());
    Appender out(message);
    out.open(SD_BUS_TYPE_STRUCT, names::EventStructContents);
    out.basic('t', &event.id);
    for (const char* text : {event.source, event.action, event.subsystem, event.object, event.attribute}) {
        out.basic('s', text);
    }
    out.basic('t', &event.seqnum);
    out.basic('t', &boottime);
    out.basic('t', &realtime);
    out.basic('u', &event.flags);
    appendProperties(out, event.properties);
    out.close();
    return out.result();
}

int readEvent(sd_bus_message* message, Event& event) {
    Reader in(message);
    if (!in.enter(SD_BUS_TYPE_STRUCT, names::EventStructContents)) return in.result();
    in.basic('t', &event.id);
    for (std::string* text :
         {&event.source, &event.action, &event.subsystem, &event.object, &event.attribute}) {
        in.text(*text);
    }
    in.basic('t', &event.seqnum);
    in.time(event.boottime);
    in.time(event.realtime);
    in.basic('u', &event.flags);
    readProperties(in, event.properties);
    in.exit();
    return in.result() < 0 ? in.result() : 1;
}

int appendBroadcast(sd_bus_message* message, const EventView& event) {
    const auto boottime = static_cast<std::uint64_t>(event.boottime.count());
    const auto realtime = static_cast<std::uint64_t>(event.realtime.count());
    Appender out(message);
    for (const char* text : {event.subsystem, event.action, event.object, event.source, event.attribute}) {
        out.basic('s', text);
    }
    for (const std::uint64_t number : {event.id, event.seqnum, boottime, realtime}) out.basic('t', &number);
    out.basic('u', &event.flags);
    appendProperties(out, event.properties);
    return out.result();
}

int readBroadcast(sd_bus_message* message, Event& event) {
    Reader in(message);
    for (std::string* text :
         {&event.subsystem, &event.action, &event.object, &event.source, &event.attribute}) {
        in.text(*text);
    }
    in.basic('t', &event.id);
    in.basic('t', &event.seqnum);
    in.time(event.boottime);
    in.time(event.realtime);
    in.basic('u', &event.flags);
    readProperties(in, event.properties);
    return in.result() < 0 ? in.result() : 1;
}

std::size_t encodedSize(const EventView& event) {
    constexpr std::size_t fixed = 4 * 8 + 4 + 4 + 7 + 7; // t, ttt, u, array length; padding before t and ttt
    constexpr std::size_t perString = 4 + 1 + 3;         // length, NUL, padding to the next length
    std::size_t size = fixed;
    for (const char* text : {event.source, event.action, event.subsystem, event.object, event.attribute}) {
        size += std::strlen(text) + perString;
    }
    // bytes() holds each string with its NUL; a dict entry is padded to 8 bytes.
    return size + event.properties.bytes().size() + event.properties.size() * (2 * perString + 8);
}

} // namespace keventd
