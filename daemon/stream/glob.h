// A glob as of fnmatch(3) without flags ("*" crosses "/", "\" quotes), checked and sorted by kind once.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace keventd {

class Glob {
public:
    /// @return the glob, or nothing if it is malformed: empty, an unclosed "[" or a trailing "\"
    [[nodiscard]] static std::optional<Glob> parse(std::string_view pattern);

    /// @param text  NUL-terminated
    [[nodiscard]] bool matches(const char* text) const;

    /// @return what it was parsed from
    [[nodiscard]] std::string text() const { return kind_ == Kind::Prefix ? pattern_ + "*" : pattern_; }
    /// @return text that everything it matches begins with; all of it if it matches nothing else
    [[nodiscard]] std::string_view literalHead() const;
    [[nodiscard]] std::size_t textBytes() const { return pattern_.size(); }
    /// @return whether it matches one text only
    [[nodiscard]] bool isExact() const { return kind_ == Kind::Exact; }

private:
    enum class Kind { Any, Exact, Prefix, General };

    Glob(std::string pattern, Kind kind) : pattern_(std::move(pattern)), kind_(kind) {}

    std::string pattern_; // of a Prefix, without its "*"
    Kind kind_;
};

} // namespace keventd
