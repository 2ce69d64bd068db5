#include "daemon/sources/uevent_parser.h"

#include "keventd/names.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace keventd {
namespace {

// Takes the string before the next NUL off `rest`, which ends in one.
std::string_view takeString(std::string_view& rest) {
    const std::string_view string = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(string.size() + 1);
    return string;
}

bool parseHeader(std::string_view header, Event& event) {
    const std::size_t at = header.find('@');
    if (at == 0 || at == std::string_view::npos || !header.substr(at + 1).starts_with('/')) return false;
    event.action = header.substr(0, at);
    event.object = header.substr(at + 1);
    return true;
}

// Drivers may add any text (kobject_uevent_env()), and one that writes no "KEY=value" has still seen
// something happen: a word without "=" is a key without a value, what has no key is left out.
void parseProperties(std::string_view rest, PropertyList& properties) {
    properties.reserve(rest.size());
    while (!rest.empty()) {
        const std::string_view property = takeString(rest);
        const std::string_view key = property.substr(0, property.find('='));
        if (key.empty()) continue;
        properties.set(key, property.substr(std::min(key.size() + 1, property.size())));
    }
}

bool agreesWithHeader(const Event& event) {
    return event.properties.find("ACTION") == event.action &&
           event.properties.find("DEVPATH") == event.object;
}

std::optional<std::uint64_t> parseSeqnum(const PropertyList& properties) {
    const auto value = properties.find("SEQNUM");
    if (!value) return std::nullopt;
    std::uint64_t seqnum = 0;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), seqnum);
    if (error != std::errc() || end != value->data() + value->size() || seqnum == 0) return std::nullopt;
    return seqnum;
}

} // namespace

std::string_view reasonText(RefusedUevent reason) {
    switch (reason) {
    case RefusedUevent::Empty:
        return "empty datagram";
    case RefusedUevent::TooLong:
        return "datagram too long";
    case RefusedUevent::NotTerminated:
        return "last string not terminated";
    case RefusedUevent::BadHeader:
        return "no ACTION@DEVPATH header";
    case RefusedUevent::Contradiction:
        return "ACTION or DEVPATH differ from the header";
    case RefusedUevent::BadSeqnum:
        return "SEQNUM missing or no number";
    }
    return "";
}

std::variant<Event, RefusedUevent> parseUevent(std::span<const char> datagram) {
    if (datagram.empty()) return RefusedUevent::Empty;
    if (datagram.size() > MaxUevent) return RefusedUevent::TooLong;
    if (datagram.back() != '\0') return RefusedUevent::NotTerminated;

    Event event;
    std::string_view rest(datagram.data(), datagram.size());
    if (!parseHeader(takeString(rest), event)) return RefusedUevent::BadHeader;
    parseProperties(rest, event.properties);
    if (!agreesWithHeader(event)) return RefusedUevent::Contradiction;
    const auto seqnum = parseSeqnum(event.properties);
    if (!seqnum) return RefusedUevent::BadSeqnum;

    event.source = names::source::Kernel;
    event.subsystem = event.properties.find("SUBSYSTEM").value_or("");
    event.seqnum = *seqnum;
    if (event.properties.find("SYNTH_UUID")) event.flags |= EventFlag::Synthetic;
    return event;
}

} // namespace keventd
