#include "daemon/stream/filter.h"

#include "keventd/names.h"

#include <algorithm>

namespace keventd {

const char* textOf(const EventView& event, EventField field) {
    switch (field) {
    case EventField::Source:
        return event.source;
    case EventField::Subsystem:
        return event.subsystem;
    case EventField::Action:
        return event.action;
    case EventField::Object:
        return event.object;
    case EventField::Attribute:
        return event.attribute;
    }
    return "";
}

namespace {

bool anyMatches(const std::vector<Glob>& globs, const char* text) {
    return std::any_of(globs.begin(), globs.end(), [text](const Glob& glob) { return glob.matches(text); });
}

// @return what an object that this glob matches is looked up by; empty if it can be any
std::string_view objectKeyOf(const Glob& glob) {
    const std::string_view head = glob.literalHead();
    return glob.isExact() ? head : head.substr(0, head.rfind('/') + 1);
}

const char* nameOf(EventField field) {
    switch (field) {
    case EventField::Source:
        return "source";
    case EventField::Subsystem:
        return "subsystem";
    case EventField::Action:
        return "action";
    case EventField::Object:
        return "object";
    case EventField::Attribute:
        return "attribute";
    }
    return "";
}

// A comma would end the glob, a blank the term; those that are quoted do not.
void appendQuoted(std::string& out, const std::string& glob) {
    for (std::size_t i = 0; i < glob.size(); ++i) {
        if (glob[i] == ',' || glob[i] == ' ') out += '\\';
        out += glob[i];
        if (glob[i] == '\\' && i + 1 < glob.size()) out += glob[++i];
    }
}

void appendTerm(std::string& out, std::string_view key, const std::vector<Glob>& globs) {
    if (!out.empty()) out += ' ';
    out.append(key) += '=';
    for (std::size_t i = 0; i < globs.size(); ++i) {
        if (i > 0) out += ',';
        appendQuoted(out, globs[i].text());
    }
}

std::vector<std::string> onceEach(std::vector<std::string> texts) {
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    return texts;
}

std::vector<std::string> objectKeysOf(const std::vector<Glob>& globs) {
    std::vector<std::string> keys;
    for (const Glob& glob : globs) {
        const std::string_view key = objectKeyOf(glob);
        if (key.empty()) return {};
        keys.emplace_back(key);
    }
    return onceEach(std::move(keys));
}

std::vector<std::string> exactTextsOf(const std::vector<Glob>& globs) {
    std::vector<std::string> texts;
    for (const Glob& glob : globs) {
        if (!glob.isExact()) return {};
        texts.emplace_back(glob.literalHead());
    }
    return onceEach(std::move(texts));
}

} // namespace

void Filter::addField(EventField field, std::vector<Glob> globs) {
    if (globs.empty()) return;
    for (const Glob& glob : globs) textBytes_ += glob.textBytes();
    if (field == EventField::Object) objectKeys_ = objectKeysOf(globs);
    fields_.emplace_back(field, std::move(globs));
}

void Filter::addProperty(std::string key, Glob glob) {
    textBytes_ += key.size() + glob.textBytes();
    const auto known = std::find_if(properties_.begin(), properties_.end(),
                                    [&key](const auto& property) { return property.first == key; });
    if (known != properties_.end()) {
        known->second.push_back(std::move(glob));
    } else {
        properties_.emplace_back(std::move(key), std::vector<Glob>{std::move(glob)});
    }
}

bool Filter::matchesFields(const EventView& event) const {
    return std::all_of(fields_.begin(), fields_.end(), [&event](const auto& field) {
        return anyMatches(field.second, textOf(event, field.first));
    });
}

bool Filter::matches(const EventView& event) const {
    const auto propertyMatches = [&event](const auto& property) {
        const auto value = event.properties.find(property.first);
        return value && anyMatches(property.second, value->data());
    };
    if (matchesFields(event) && std::all_of(properties_.begin(), properties_.end(), propertyMatches)) {
        return true;
    }
    return passesAll(event);
}

std::vector<std::string> Filter::exactTexts(EventField field) const {
    for (const auto& [demanded, globs] : fields_) {
        if (demanded == field) return exactTextsOf(globs);
    }
    return {};
}

std::string Filter::text() const {
    std::string text;
    for (const auto& [field, globs] : fields_) appendTerm(text, nameOf(field), globs);
    for (const auto& [key, globs] : properties_) appendTerm(text, key, globs);
    return text;
}

bool Filter::passesAll(const EventView& event) {
    if (std::string_view(event.source) != names::source::Keventd) return false;
    const std::string_view action(event.action);
    return action == names::action::Overrun || action == names::action::Resynced ||
           action == names::action::Limited;
}

} // namespace keventd
