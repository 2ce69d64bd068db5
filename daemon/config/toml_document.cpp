#include "daemon/config/toml_document.h"

#include "daemon/base/text.h"
#include "daemon/stream/escape.h"
#include "dbus/plain_text.h"

#include <algorithm>
#include <toml++/toml.h>

namespace keventd {
namespace {

constexpr std::size_t MaxShown = 80;

// Text of the file, or about it, as a log can bear it.
std::string plain(std::string_view text) {
    const bool isLong = text.size() > MaxShown;
    if (isLong) text = text.substr(0, MaxShown);
    std::string out;
    if (isPlainText(text)) {
        out = text;
    } else {
        appendEscaped(out, text);
    }
    return isLong ? out + "..." : out;
}

bool isBareKey(std::string_view key) {
    constexpr std::string_view bare = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    return !key.empty() && key.size() <= MaxShown && key.find_first_not_of(bare) == std::string_view::npos;
}

TomlPlace placeOf(const toml::source_region& region) {
    return {region.begin.line, region.begin.column};
}

TomlValue valueOf(const toml::node& node) {
    if (const auto* boolean = node.as_boolean()) return boolean->get();
    if (const auto* integer = node.as_integer()) return integer->get();
    if (const auto* number = node.as_floating_point()) return number->get();
    if (const auto* string = node.as_string()) return string->get();
    if (node.is_table()) return TomlTable{};
    return TomlOther{node.is_array() ? "an array" : "a date or time"};
}

// toml++ bounds how deep a document is nested.
void collect(const toml::table& table, const std::string& prefix, std::vector<TomlEntry>& entries) {
    for (const auto& [key, node] : table) {
        const std::string_view name = key.str();
        const std::string path =
            prefix + (isBareKey(name) ? std::string(name) : text("\"", plain(name), "\""));
        entries.push_back({placeOf(key.source()), path, valueOf(node)});
        if (const toml::table* inner = node.as_table()) collect(*inner, path + ".", entries);
    }
}

} // namespace

std::variant<std::vector<TomlEntry>, TomlError> parseToml(std::string_view text) {
    try {
        std::vector<TomlEntry> entries;
        collect(toml::parse(text), "", entries);
        std::stable_sort(entries.begin(), entries.end(), [](const TomlEntry& a, const TomlEntry& b) {
            return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
        });
        return entries;
    } catch (const toml::parse_error& error) {
        return TomlError{placeOf(error.source()), plain(error.description())};
    }
}

std::string shown(const TomlValue& value) {
    struct Shown {
        std::string operator()(bool boolean) const { return boolean ? "true" : "false"; }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(double number) const { return std::to_string(number); }
        std::string operator()(const std::string& string) const { return text("\"", plain(string), "\""); }
        std::string operator()(TomlTable) const { return "a table"; }
        std::string operator()(const TomlOther& other) const { return std::string(other.kind); }
    };
    return std::visit(Shown{}, value);
}

} // namespace keventd
