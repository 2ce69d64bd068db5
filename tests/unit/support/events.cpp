#include "tests/unit/support/events.h"

#include <ostream>

namespace keventd::test {
namespace {

Event uevent(const char* source, std::uint64_t seqnum) {
    Event event;
    event.source = source;
    event.action = "change";
    event.subsystem = "mem";
    event.object = "/devices/virtual/mem/null";
    event.seqnum = seqnum;
    return event;
}

template <typename T>
rc::Gen<T> anyOf64Bits() {
    return rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t value) { return T(value); });
}

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts) out += part;
    return out;
}

PropertyList listOf(const std::vector<std::pair<std::string, std::string>>& pairs) {
    PropertyList list;
    for (const auto& [key, value] : pairs) list.set(key, value);
    return list;
}

} // namespace

Event kernel(std::uint64_t seqnum) {
    return uevent("kernel", seqnum);
}

Event udev(std::uint64_t seqnum) {
    return uevent("udev", seqnum);
}

Event other(std::string_view name) {
    Event event;
    event.source = "link";
    event.action = "carrier";
    event.subsystem = "net";
    event.object = name;
    return event;
}

PropertyList properties(std::initializer_list<std::pair<std::string_view, std::string_view>> list) {
    PropertyList out;
    for (const auto& [key, value] : list) out.set(key, value);
    return out;
}

Event fullEvent() {
    Event event = kernel(4711);
    event.attribute = "state";
    event.boottime = std::chrono::microseconds(1'000'001);
    event.realtime = std::chrono::microseconds(1'700'000'000'000'002);
    event.flags = EventFlag::Synthetic | EventFlag::Queued;
    event.properties =
        properties({{"ACTION", "change"}, {"DEVNAME", "null"}, {"EMPTY", ""}, {"SEQNUM", "4711"}});
    return event;
}

testing::AssertionResult isSameButForId(const Event& got, const Event& expected) {
    std::string differ;
    const auto compare = [&differ](const char* field, bool same) {
        if (!same) differ += std::string(" ") + field;
    };
    compare("source", got.source == expected.source);
    compare("action", got.action == expected.action);
    compare("subsystem", got.subsystem == expected.subsystem);
    compare("object", got.object == expected.object);
    compare("attribute", got.attribute == expected.attribute);
    compare("seqnum", got.seqnum == expected.seqnum);
    compare("boottime", got.boottime == expected.boottime);
    compare("realtime", got.realtime == expected.realtime);
    compare("flags", got.flags == expected.flags);
    compare("properties", got.properties.view().bytes() == expected.properties.view().bytes());
    compare("number of properties", got.properties.size() == expected.properties.size());
    if (differ.empty()) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "differ in" << differ << ": " << got << ", expected " << expected;
}

rc::Gen<std::string> anyBytes() {
    const auto byte = rc::gen::weightedOneOf<char>({
        {4, rc::gen::map(rc::gen::inRange(1, 256), [](int value) { return static_cast<char>(value); })},
        {4, rc::gen::inRange<char>('a', 'z')},
        {1, rc::gen::elementOf(std::string("\\x\x1b\x7f\xc2\x80\xed\xef\xbf"))},
    });
    return rc::gen::container<std::string>(byte);
}

rc::Gen<std::string> plainText() {
    const auto character = rc::gen::weightedOneOf<std::string>({
        {8, rc::gen::map(rc::gen::inRange<char>(0x20, 0x7f), [](char c) { return std::string(1, c); })},
        {1,
         rc::gen::element<std::string>("\u00e4", "\u00a0", "\u20ac", "\U0001f50c", "\ufffd", "\U0010fffd")},
    });
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(character), joined);
}

rc::Gen<Event> anyEvent(const rc::Gen<std::string>& text) {
    using Micros = std::chrono::microseconds;
    const auto pairs = rc::gen::resize(
        12, rc::gen::container<std::vector<std::pair<std::string, std::string>>>(rc::gen::pair(text, text)));
    return rc::gen::build<Event>(rc::gen::set(&Event::source, text), rc::gen::set(&Event::action, text),
                                 rc::gen::set(&Event::subsystem, text), rc::gen::set(&Event::object, text),
                                 rc::gen::set(&Event::attribute, text),
                                 rc::gen::set(&Event::seqnum, anyOf64Bits<std::uint64_t>()),
                                 rc::gen::set(&Event::boottime, anyOf64Bits<Micros>()),
                                 rc::gen::set(&Event::realtime, anyOf64Bits<Micros>()),
                                 rc::gen::set(&Event::flags, rc::gen::arbitrary<std::uint32_t>()),
                                 rc::gen::set(&Event::properties, rc::gen::map(pairs, listOf)));
}

} // namespace keventd::test

namespace keventd {

void PrintTo(const Event& event, std::ostream* out) {
    *out << event;
}

std::ostream& operator<<(std::ostream& out, const Event& event) {
    out << '{' << event.source;
    for (const std::string* text : {&event.action, &event.subsystem, &event.object, &event.attribute}) {
        out << ' ' << testing::PrintToString(*text);
    }
    out << " seqnum=" << event.seqnum << " times=" << event.boottime.count() << ',' << event.realtime.count()
        << " flags=" << event.flags;
    for (const Property property : event.properties) {
        out << ' ' << testing::PrintToString(property.key) << '=' << testing::PrintToString(property.value);
    }
    return out << '}';
}

} // namespace keventd
