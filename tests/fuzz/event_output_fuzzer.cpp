// Events of any text, as whoever owns the daemon's name may send them, on their way to a terminal, to a
// program that reads JSON, and into the environment of a command. Input: as of event_codec; a carriage return
// in it stands for a newline.
#include "client/keventctl/event_environment.h"
#include "client/keventctl/json.h"
#include "client/keventctl/text_printer.h"
#include "dbus/plain_text.h"
#include "tests/fuzz/fuzz_event.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace {

using keventd::Event;
using keventd::isPlainText;
using keventd::fuzz::require;

std::string textFrom(keventd::fuzz::Input& input) {
    std::string text = input.text();
    std::replace(text.begin(), text.end(), '\r', '\n');
    return text;
}

std::vector<std::string_view> linesOf(std::string_view text) {
    require(text.ends_with('\n'), "the last line is ended");
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        lines.push_back(text.substr(0, text.find('\n')));
        text.remove_prefix(lines.back().size() + 1);
    }
    return lines;
}

void checkText(const Event& event) {
    keventd::ctl::TextPrinter printer({.coloured = false, .withProperties = true});
    std::string out;
    printer.append(out, event);
    const auto lines = linesOf(out);
    require(lines.size() == 1 + event.properties.size(), "an event is a line, and one for each property");
    require(std::all_of(lines.begin(), lines.end(), isPlainText), "nothing that a terminal obeys is shown");
}

void checkField(const nlohmann::json& json, const char* name, const std::string& value) {
    if (isPlainText(value)) require(json.at(name) == value, "text is in JSON what it is");
}

void checkJson(const Event& event) {
    std::string out;
    keventd::ctl::makeJsonPrinter()->append(out, event);
    require(linesOf(out).size() == 1, "an event is one line of JSON");
    const auto json = nlohmann::json::parse(out);
    checkField(json, "source", event.source);
    checkField(json, "action", event.action);
    checkField(json, "subsystem", event.subsystem);
    checkField(json, "object", event.object);
    checkField(json, "attribute", event.attribute);
    require(json.at("id") == event.id && json.at("seqnum") == event.seqnum && json.at("flags") == event.flags,
            "numbers are in JSON what they are");
    require(json.at("boottime") == event.boottime.count() && json.at("realtime") == event.realtime.count(),
            "times are in JSON what they are");
    require(json.at("properties").size() <= event.properties.size(), "no property is made up");
}

void checkEnvironment(const Event& event) {
    const auto isFit = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    for (const std::string& variable : keventd::ctl::environmentOf(event, {"PATH=/bin", "KEVENT_ID=old"})) {
        const std::string name = variable.substr(0, variable.find('='));
        require(name.size() < variable.size() && std::all_of(name.begin(), name.end(), isFit),
                "a variable has a name that a shell takes");
        require(name.starts_with(keventd::ctl::FieldPrefix) || variable == "PATH=/bin",
                "an event reaches its own names only");
        require(variable != "KEVENT_ID=old" || event.id == 0, "what is there is of this event");
    }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Event event = keventd::fuzz::eventFrom({data, size}, textFrom);
    checkText(event);
    checkJson(event);
    checkEnvironment(event);
    return 0;
}
