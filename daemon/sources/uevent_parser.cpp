#include "daemon/sources/uevent_parser.h"

#include "daemon/sources/property_strings.h"
#include "keventd/names.h"

namespace keventd {
namespace {

bool parseHeader(std::string_view header, Event& event) {
    const std::size_t at = header.find('@');
    if (at == 0 || at == std::string_view::npos || !header.substr(at + 1).starts_with('/')) return false;
    event.action = header.substr(0, at);
    event.object = header.substr(at + 1);
    return true;
}

bool agreesWithHeader(const Event& event) {
    return event.properties.find("ACTION") == event.action &&
           event.properties.find("DEVPATH") == event.object;
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
    parsePropertyStrings(rest, event.properties);
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
