#include "client/keventctl/event_environment.h"

#include <algorithm>

namespace keventd::ctl {
namespace {

/// Without locale, and not of 0 characters: what a shell takes for a name behind our prefix.
bool isPartOfName(std::string_view text) {
    const auto isFit = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !text.empty() && std::all_of(text.begin(), text.end(), isFit);
}

void add(std::vector<std::string>& variables, std::string_view prefix, std::string_view name,
         std::string_view value) {
    variables.push_back(std::string(prefix).append(name).append("=").append(value));
}

void addFields(std::vector<std::string>& variables, const Event& event) {
    const auto addField = [&](std::string_view name, std::string_view value) {
        add(variables, FieldPrefix, name, value);
    };
    addField("ID", std::to_string(event.id));
    addField("SOURCE", event.source);
    addField("ACTION", event.action);
    addField("SUBSYSTEM", event.subsystem);
    addField("OBJECT", event.object);
    addField("ATTRIBUTE", event.attribute);
    addField("SEQNUM", std::to_string(event.seqnum));
    addField("BOOTTIME", std::to_string(event.boottime.count()));
    addField("REALTIME", std::to_string(event.realtime.count()));
    addField("FLAGS", std::to_string(event.flags));
}

} // namespace

std::vector<std::string> environmentOf(const Event& event, const std::vector<std::string_view>& inherited) {
    std::vector<std::string> variables;
    for (const std::string_view variable : inherited) {
        if (!variable.starts_with(FieldPrefix)) variables.emplace_back(variable);
    }
    addFields(variables, event);
    for (const Property property : event.properties) {
        if (isPartOfName(property.key)) add(variables, PropertyPrefix, property.key, property.value);
    }
    return variables;
}

} // namespace keventd::ctl
