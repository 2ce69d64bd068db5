// FILTER arguments of keventctl say what was written; and what the daemon tells of a filter can be given to
// keventctl again. Input: an argument; then a glob; then texts for it, a line each.
#include "client/keventctl/filters.h"
#include "client/keventctl/usage_error.h"
#include "daemon/stream/filter.h"
#include "dbus/plain_text.h"
#include "tests/fuzz/fuzz_input.h"

#include <optional>

namespace {

using keventd::EventField;
using keventd::EventFilter;
using keventd::Filter;
using keventd::Glob;
using keventd::fuzz::require;

std::optional<EventFilter> tryParse(const std::vector<std::string>& arguments) {
    try {
        return keventd::ctl::parseFilters(arguments);
    } catch (const keventd::ctl::UsageError& error) {
        require(std::string_view(error.what()).starts_with("filter '"), "a refusal names the filter");
        return std::nullopt;
    }
}

/// @return the one list that an argument fills, each glob with the KEY that it was given for
std::vector<std::string> globsOf(const EventFilter& filter) {
    const std::pair<const char*, const std::vector<std::string>*> fields[] = {
        {"source=", &filter.sources}, {"subsystem=", &filter.subsystems}, {"action=", &filter.actions},
        {"object=", &filter.objects}, {"attribute=", &filter.attributes}, {"", &filter.properties}};
    std::vector<std::string> globs;
    for (const auto& [key, list] : fields) {
        for (const std::string& glob : *list) globs.push_back(key + glob);
    }
    return globs;
}

void checkArgument(const std::string& argument) {
    const auto filter = tryParse({argument});
    if (!filter) return;
    require(keventd::isPlainText(argument), "a filter is plain text");
    const std::string key = argument.substr(0, argument.find('=') + 1);
    std::string written;
    for (const std::string& glob : globsOf(*filter)) {
        require(glob.starts_with(key) && glob.size() > key.size(), "each glob is of the key, and not empty");
        written += (written.empty() ? key : ",") + glob.substr(key.size());
    }
    require(written == argument, "the globs are what was written");
    require(!tryParse({argument, argument}), "a key is given once");
}

void checkToldFilter(const std::string& pattern, keventd::fuzz::Input texts) {
    const auto glob = Glob::parse(pattern);
    if (!glob) return;
    Filter filter;
    filter.addField(EventField::Object, {*glob});
    if (!keventd::isPlainText(filter.text())) return;
    const auto parsed = tryParse({filter.text()});
    require(parsed && parsed->objects.size() == 1, "what is told is an argument, of one glob");
    const auto again = Glob::parse(parsed->objects.front());
    require(again.has_value(), "it is a glob");
    while (!texts.empty()) {
        const std::string text = texts.text();
        require(again->matches(text.c_str()) == glob->matches(text.c_str()), "it matches the same");
    }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    keventd::fuzz::Input input(data, size);
    checkArgument(input.text());
    const std::string pattern = input.text();
    checkToldFilter(pattern, input);
    return 0;
}
