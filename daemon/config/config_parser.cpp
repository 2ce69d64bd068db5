#include "daemon/config/config_parser.h"

#include "daemon/base/text.h"
#include "daemon/config/config_keys.h"

#include <algorithm>
#include <optional>

namespace keventd {
namespace {

std::string at(std::string_view file, const TomlPlace& place) {
    return text(file, ":", place.line, ":", place.column, ": ");
}

bool isTable(const TomlEntry& entry) {
    return std::holds_alternative<TomlTable>(entry.value);
}

// What is not known is told beside what is, in the nearest table that is.
std::string complaintOfUnknown(const TomlEntry& entry) {
    const std::size_t dot = entry.key.rfind('.');
    const std::string parent = dot == std::string::npos ? "" : entry.key.substr(0, dot);
    return text("unknown ", isTable(entry) ? "table" : "key", ", must be one of ", contentsOfTable(parent));
}

/// @return what is wrong with it; nothing if it could be set
std::optional<std::string> take(const TomlEntry& entry, Settings& settings) {
    if (const ConfigKey* key = findConfigKey(entry.key)) {
        if (key->set(entry.value, settings)) return std::nullopt;
        return text(shown(entry.value), ": must be ", key->allowed);
    }
    const std::string contents = contentsOfTable(entry.key);
    if (contents.empty()) return complaintOfUnknown(entry);
    if (isTable(entry)) return std::nullopt;
    return text(shown(entry.value), ": must be a table, with ", contents);
}

bool isInOneOf(const std::vector<std::string>& tables, const TomlEntry& entry) {
    return std::any_of(tables.begin(), tables.end(),
                       [&entry](const std::string& table) { return entry.key.starts_with(table); });
}

} // namespace

std::vector<std::string> parseConfig(std::string_view contents, std::string_view file, Settings& settings) {
    const auto parsed = parseToml(contents);
    if (const auto* error = std::get_if<TomlError>(&parsed)) {
        return {text(at(file, error->place), "not TOML: ", error->reason)};
    }
    std::vector<std::string> complaints;
    std::vector<std::string> refused; // tables; what is in one is no further mistake
    for (const TomlEntry& entry : std::get<std::vector<TomlEntry>>(parsed)) {
        if (isInOneOf(refused, entry)) continue;
        const auto wrong = take(entry, settings);
        if (!wrong) continue;
        complaints.push_back(text(at(file, entry.place), entry.key, ": ", *wrong));
        if (isTable(entry)) refused.push_back(entry.key + ".");
    }
    return complaints;
}

} // namespace keventd
