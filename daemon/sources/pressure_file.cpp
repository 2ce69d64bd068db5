#include "daemon/sources/pressure_file.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace keventd {
namespace {

bool isPercentage(std::string_view text) {
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction = point == std::string_view::npos ? "0" : text.substr(point + 1);
    return text.size() <= 16 && !whole.empty() && !fraction.empty() &&
           std::all_of(whole.begin(), whole.end(), isDigit) &&
           std::all_of(fraction.begin(), fraction.end(), isDigit);
}

/// The words of a line, one after the other.
class Words {
public:
    explicit Words(std::string_view line) : rest_(line) {}

    [[nodiscard]] std::string_view next() {
        const std::size_t end = std::min(rest_.find(' '), rest_.size());
        const std::string_view word = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        return word;
    }
    /// @return what stands behind "NAME=" in the next word; empty if that is another
    [[nodiscard]] std::string_view value(std::string_view name) {
        const std::string_view word = next();
        const bool isNamed = word.starts_with(name) && word.size() > name.size() && word[name.size()] == '=';
        return isNamed ? word.substr(name.size() + 1) : std::string_view();
    }

private:
    std::string_view rest_;
};

// @param words  behind the first
std::optional<Pressure> pressureIn(Words words) {
    Pressure pressure;
    pressure.avg10 = words.value("avg10");
    pressure.avg60 = words.value("avg60");
    pressure.avg300 = words.value("avg300");
    const std::string_view total = words.value("total");
    const auto [end, error] = std::from_chars(total.data(), total.data() + total.size(), pressure.totalUsec);
    const bool isGood = error == std::errc() && end == total.data() + total.size() &&
                        isPercentage(pressure.avg10) && isPercentage(pressure.avg60) &&
                        isPercentage(pressure.avg300);
    return isGood ? std::optional(std::move(pressure)) : std::nullopt;
}

} // namespace

PressureFile parsePressure(std::string_view text) {
    PressureFile file;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        Words words(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::string_view kind = words.next();
        if (kind == "some") file.some = pressureIn(words);
        if (kind == "full") file.full = pressureIn(words);
    }
    return file;
}

} // namespace keventd
