#include "keventd/properties.h"

namespace keventd {
namespace {

std::string_view upToNul(std::string_view text) {
    return text.substr(0, text.find('\0'));
}

} // namespace

std::optional<std::string_view> PropertyView::find(std::string_view key) const {
    for (const Property& property : *this) {
        if (property.key == key) return property.value;
    }
    return std::nullopt;
}

void PropertyList::set(std::string_view key, std::string_view value) {
    key = upToNul(key);
    value = upToNul(value);
    if (const auto old = mayHold(key) ? find(key) : std::nullopt) {
        bytes_.replace(static_cast<std::size_t>(old->data() - bytes_.data()), old->size(), value);
        return;
    }
    bytes_.append(key).push_back('\0');
    bytes_.append(value).push_back('\0');
    ++count_;
}

// Marks the key.
// @return false if it is certainly new
bool PropertyList::mayHold(std::string_view key) {
    if (key.empty()) return true;
    const auto mix = key.size() * 29 + static_cast<unsigned char>(key.front()) * 7U +
                     static_cast<unsigned char>(key.back()) +
                     static_cast<unsigned char>(key[key.size() / 2]) * 3U;
    const std::uint64_t mark = std::uint64_t{1} << (mix % 64);
    const bool marked = (keyMarks_ & mark) != 0;
    keyMarks_ |= mark;
    return marked;
}

void PropertyList::clear() {
    bytes_.clear();
    count_ = 0;
    keyMarks_ = 0;
}

} // namespace keventd
