#include "client/keventctl/filters.h"

#include "client/keventctl/usage_error.h"
#include "dbus/plain_text.h"

#include <set>
#include <string_view>

namespace keventd::ctl {
namespace {

/// @return where the glob ends that `text` begins with: at a comma without a backslash before it, or the end
std::size_t findEndOfGlob(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == ',') return i;
        if (text[i] == '\\') ++i;
    }
    return text.size();
}

/// The backslash of "\," stays: to fnmatch(3) it is a quoted comma.
std::vector<std::string> splitGlobs(std::string_view text) {
    std::vector<std::string> globs;
    for (;;) {
        const std::size_t end = findEndOfGlob(text);
        globs.emplace_back(text.substr(0, end));
        if (end == text.size()) return globs;
        text.remove_prefix(end + 1);
    }
}

/// @return the list that KEY stands for; null if it is the name of a property
std::vector<std::string>* findList(EventFilter& filter, std::string_view key) {
    if (key == "source") return &filter.sources;
    if (key == "subsystem") return &filter.subsystems;
    if (key == "action") return &filter.actions;
    if (key == "object") return &filter.objects;
    if (key == "attribute") return &filter.attributes;
    return nullptr;
}

void addFilter(EventFilter& filter, const std::string& key, const std::string& argument) {
    std::vector<std::string>* list = findList(filter, key);
    for (const std::string& glob : splitGlobs(std::string_view(argument).substr(key.size() + 1))) {
        if (glob.empty()) throw UsageError("filter '" + argument + "': empty glob");
        if (list != nullptr) {
            list->push_back(glob);
        } else {
            filter.properties.push_back(key + "=" + glob);
        }
    }
}

} // namespace

EventFilter parseFilters(const std::vector<std::string>& arguments) {
    EventFilter filter;
    std::set<std::string> seen;
    for (const std::string& argument : arguments) {
        const std::size_t equals = argument.find('=');
        if (equals == std::string::npos) throw UsageError("filter '" + argument + "': not KEY=GLOB");
        if (equals == 0) throw UsageError("filter '" + argument + "': empty key");
        if (!isPlainText(argument)) {
            throw UsageError("filter '" + argument +
                             "': no text; bytes are written \\xNN, as events show them");
        }
        const std::string key = argument.substr(0, equals);
        if (!seen.insert(key).second) {
            throw UsageError("filter '" + argument + "': " + key + " was given before; write " + key +
                             "=A,B for either");
        }
        addFilter(filter, key, argument);
    }
    return filter;
}

EventFilter parseDeviceFilters(const std::vector<std::string>& arguments) {
    EventFilter filter = parseFilters(arguments);
    for (const std::string& argument : arguments) {
        const std::string key = argument.substr(0, argument.find('='));
        if (key == "source" || key == "action" || key == "attribute") {
            throw UsageError("filter '" + argument + "': a device has no " + key);
        }
    }
    return filter;
}

} // namespace keventd::ctl
