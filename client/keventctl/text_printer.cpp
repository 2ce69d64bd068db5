#include "client/keventctl/text_printer.h"

#include "client/keventctl/printable.h"
#include "keventd/names.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <optional>
#include <string_view>
#include <utility>

namespace keventd::ctl {
namespace {

using namespace std::chrono_literals;

constexpr const char* ValueKey = "KEVENTD_VALUE"; // of the attribute that the event is about
constexpr std::size_t WidestColumn = 20;          // one odd name does not push all that follows aside

constexpr std::string_view Dim = "2";
constexpr std::string_view Bold = "1";
constexpr std::string_view Red = "31";
constexpr std::string_view Green = "32";
constexpr std::string_view Yellow = "33";
constexpr std::string_view Alarm = "1;31";

constexpr std::pair<std::uint32_t, std::string_view> FlagNames[] = {
    {Late, "late"},       {Synthetic, "synthetic"}, {Injected, "injected"}, {Early, "early"},
    {Present, "present"}, {Resync, "resync"},       {Escaped, "escaped"},   {Queued, "queued"},
};

std::string_view colourOf(const Event& event) {
    const std::string_view action = event.action;
    if (event.source == names::source::Keventd) return Alarm;
    if (action == "add" || action == "bind" || action == "online") return Green;
    if (action == "remove" || action == "unbind" || action == "offline") return Red;
    return Yellow;
}

void appendNumber(std::string& out, std::uint64_t number, std::size_t width, char fill, int base = 10) {
    char digits[24];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), number, base).ptr;
    const auto length = static_cast<std::size_t>(end - digits);
    if (length < width) out.append(width - length, fill);
    out.append(digits, length);
}

std::tm localTime(std::time_t time) {
    std::tm local{};
    ::localtime_r(&time, &local);
    return local;
}

bool isSameDay(const std::tm& a, const std::tm& b) {
    return a.tm_year == b.tm_year && a.tm_yday == b.tm_yday;
}

void appendLimited(std::string& out, const PropertyList& properties) {
    appendPrintable(out, properties.find(names::key::Count).value_or("?"));
    out += " events of ";
    appendPrintable(out, properties.find(names::key::Source).value_or("?"));
    out += " held back by its rate";
}

void appendResynced(std::string& out, const PropertyList& properties) {
    appendPrintable(out, properties.find(names::key::Count).value_or("?"));
    out += " differences of ";
    appendPrintable(out, properties.find(names::key::Source).value_or("?"));
    out += " published";
}

/// Properties that say more than an object does, or instead of one.
struct Details {
    std::string_view source;
    std::array<const char*, 3> keys;
};
constexpr std::array AllDetails{
    Details{names::source::Address, {"ADDRESS"}},
    Details{names::source::Mount, {"MOUNTPOINT"}},
    Details{names::source::Acpi, {"ACPI_DEVICE_CLASS", "ACPI_TYPE", "ACPI_DATA"}},
    Details{names::source::Quota, {"QUOTA_TYPE", "QUOTA_ID"}},
    Details{names::source::Thermal, {"THERMAL_TRIP_ID"}},
};

void appendDetails(std::string& out, const Event& event) {
    for (const Details& details : AllDetails) {
        if (event.source != details.source) continue;
        for (const char* key : details.keys) {
            const auto value = key == nullptr ? std::nullopt : event.properties.find(key);
            if (!value) continue;
            out.append(" ").append(key).append("=");
            appendPrintable(out, *value);
        }
    }
}

void appendWhat(std::string& out, const Event& event) {
    const bool isOfStream = event.source == names::source::Keventd; // has no object
    if (isOfStream && event.action == names::action::Overrun) return appendOverrun(out, event.properties);
    if (isOfStream && event.action == names::action::Resynced) return appendResynced(out, event.properties);
    if (isOfStream && event.action == names::action::Limited) return appendLimited(out, event.properties);
    appendPrintable(out, event.object.empty() ? "-" : std::string_view(event.object));
}

} // namespace

std::string flagNames(std::uint32_t flags) {
    std::string names;
    for (const auto& [bit, name] : FlagNames) {
        if ((flags & bit) == 0) continue;
        names.append(names.empty() ? "" : ",").append(name);
        flags &= ~bit;
    }
    if (flags != 0) {
        names += names.empty() ? "0x" : ",0x";
        appendNumber(names, flags, 1, '0', 16);
    }
    return names;
}

void appendProperties(std::string& out, const PropertyList& properties) {
    for (const Property property : properties) {
        out += "    ";
        appendPrintable(out, property.key);
        out += '=';
        appendPrintable(out, property.value);
        out += '\n';
    }
}

void appendOverrun(std::string& out, const PropertyList& properties) {
    const auto appendValue = [&](const char* key) {
        appendPrintable(out, properties.find(key).value_or("?"));
    };
    appendPrintable(out, properties.find(names::key::Count).value_or("an unknown number of"));
    out += " messages of ";
    appendValue(names::key::Source);
    out += " lost";
    if (!properties.find(names::key::SeqnumFrom)) return; // of a source that has none
    out += ", SEQNUM ";
    appendValue(names::key::SeqnumFrom);
    out += " to ";
    appendValue(names::key::SeqnumTo);
}

void TextPrinter::append(std::string& out, const Event& event) {
    startColour(out, Dim);
    appendTime(out, event.realtime);
    endColour(out);
    appendId(out, event.id);
    appendColumn(out, event.source, source_);
    startColour(out, colourOf(event));
    appendColumn(out, event.action, action_);
    endColour(out);
    appendColumn(out, event.subsystem, subsystem_);
    appendWhat(out, event);
    appendAttribute(out, event);
    appendDetails(out, event);
    appendFlags(out, event.flags);
    out += '\n';
    if (style_.withProperties) appendProperties(out, event.properties);
}

void TextPrinter::appendTime(std::string& out, std::chrono::microseconds realtime) {
    const auto second = std::chrono::floor<std::chrono::seconds>(realtime);
    if (second != clockSecond_) {
        const std::tm local = localTime(second.count());
        const bool isToday = isSameDay(local, localTime(std::time(nullptr)));
        std::strftime(clock_, sizeof clock_, isToday ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &local);
        clockSecond_ = second;
    }
    out += clock_;
    out += '.';
    // Not the difference of the two: the first second that there is begins before the first microsecond.
    const auto within = (realtime % 1s + 1s) % 1s;
    appendNumber(out, static_cast<std::uint64_t>(within.count()), 6, '0');
}

void TextPrinter::appendId(std::string& out, std::uint64_t id) {
    out += ' ';
    const std::size_t start = out.size();
    appendNumber(out, id, id_.width, ' ');
    id_.width = std::max(id_.width, out.size() - start);
    out += "  ";
}

// The value, where the source gave one, belongs to the attribute's name.
void TextPrinter::appendAttribute(std::string& out, const Event& event) const {
    if (event.attribute.empty()) return;
    out += ' ';
    startColour(out, Bold);
    appendPrintable(out, event.attribute);
    endColour(out);
    if (const auto value = event.properties.find(ValueKey)) {
        out += '=';
        appendPrintable(out, *value);
    }
}

void TextPrinter::appendFlags(std::string& out, std::uint32_t flags) const {
    if (flags == 0) return;
    out += ' ';
    startColour(out, Dim);
    out.append("[").append(flagNames(flags)).append("]");
    endColour(out);
}

void TextPrinter::appendColumn(std::string& out, std::string_view text, Column& column) const {
    const std::size_t start = out.size();
    appendPrintable(out, text.empty() ? "-" : text);
    const std::size_t length = out.size() - start;
    column.width = std::max(column.width, std::min(length, WidestColumn));
    out.append(column.width - std::min(length, column.width) + 1, ' ');
}

void TextPrinter::startColour(std::string& out, std::string_view colour) const {
    if (style_.coloured) out.append("\x1b[").append(colour).append("m");
}

void TextPrinter::endColour(std::string& out) const {
    if (style_.coloured) out += "\x1b[0m";
}

} // namespace keventd::ctl
