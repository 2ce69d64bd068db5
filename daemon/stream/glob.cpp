#include "daemon/stream/glob.h"

#include <array>
#include <cstring>
#include <fnmatch.h>

namespace keventd {
namespace {

constexpr std::string_view Special = "*?[\\";
constexpr std::string_view ClassKinds = ":.=";

// Takes a member of a bracket expression off `rest`: a character, a quoted one, or a class as "[:alpha:]".
// @return false if it has no end
bool skipMember(std::string_view& rest) {
    const char first = rest.front();
    rest.remove_prefix(1);
    if (rest.empty()) return false;
    if (first == '\\') {
        rest.remove_prefix(1);
    } else if (first == '[' && ClassKinds.find(rest.front()) != std::string_view::npos) {
        const std::array<char, 2> closing{rest.front(), ']'};
        const std::size_t end = rest.find({closing.data(), closing.size()}, 1);
        if (end == std::string_view::npos) return false;
        rest.remove_prefix(end + closing.size());
    }
    return true;
}

// @return what follows the bracket expression whose "[" has been read, or nothing if it has no end
std::optional<std::string_view> skipBracket(std::string_view rest) {
    if (rest.starts_with('!') || rest.starts_with('^')) rest.remove_prefix(1);
    for (bool first = true; !rest.empty(); first = false) {
        if (rest.front() == ']' && !first) return rest.substr(1); // one that stands first is a member
        if (!skipMember(rest)) return std::nullopt;
    }
    return std::nullopt;
}

bool isWellFormed(std::string_view rest) {
    while (!rest.empty()) {
        const char c = rest.front();
        rest.remove_prefix(1);
        if (c == '[') {
            const auto after = skipBracket(rest);
            if (!after) return false;
            rest = *after;
        } else if (c == '\\') {
            if (rest.empty()) return false;
            rest.remove_prefix(1);
        }
    }
    return true;
}

} // namespace

std::optional<Glob> Glob::parse(std::string_view pattern) {
    if (pattern.empty() || !isWellFormed(pattern)) return std::nullopt;
    const std::size_t special = pattern.find_first_of(Special);
    if (pattern == "*") return Glob(std::string(pattern), Kind::Any);
    if (special == std::string_view::npos) return Glob(std::string(pattern), Kind::Exact);
    if (special == pattern.size() - 1 && pattern.back() == '*') {
        return Glob(std::string(pattern.substr(0, special)), Kind::Prefix);
    }
    return Glob(std::string(pattern), Kind::General);
}

std::string_view Glob::literalHead() const {
    const std::string_view pattern(pattern_);
    switch (kind_) {
    case Kind::Any:
        return {};
    case Kind::Exact:
    case Kind::Prefix:
        return pattern;
    case Kind::General:
        return pattern.substr(0, pattern.find_first_of(Special));
    }
    return {};
}

bool Glob::matches(const char* text) const {
    switch (kind_) {
    case Kind::Any:
        return true;
    case Kind::Exact:
        return pattern_ == text;
    case Kind::Prefix:
        return std::strncmp(pattern_.c_str(), text, pattern_.size()) == 0;
    case Kind::General:
        return fnmatch(pattern_.c_str(), text, 0) == 0;
    }
    return false;
}

} // namespace keventd
