// Properties in one flat buffer: "KEY\0VALUE\0KEY\0VALUE\0…".
//
// The kernel sends them so, the history keeps them so, and C libraries can read each string in place:
// one allocation for all instead of two for each. Order is that of appending.
#pragma once

#include "keventd/export.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace keventd {

/// One property; both views are followed by a NUL byte.
struct Property {
    std::string_view key;
    std::string_view value;
};

/// A borrowed list of properties.
class KEVENTD_EXPORT PropertyView {
public:
    class Iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Property;
        using difference_type = std::ptrdiff_t;
        using pointer = const Property*;
        using reference = const Property&;

        Iterator(const char* at, const char* end) : at_(at), end_(end) { read(); }
        [[nodiscard]] reference operator*() const { return current_; }
        Iterator& operator++() {
            at_ = current_.value.data() + current_.value.size() + 1;
            read();
            return *this;
        }
        bool operator==(const Iterator& other) const { return at_ == other.at_; }
        bool operator!=(const Iterator& other) const { return at_ != other.at_; } // for C++17

    private:
        void read() {
            if (at_ == end_) return;
            current_.key = std::string_view(at_);
            current_.value = std::string_view(at_ + current_.key.size() + 1);
        }

        const char* at_;
        const char* end_;
        Property current_;
    };

    PropertyView() = default;
    /// @param bytes whole "KEY\0VALUE\0" pairs
    /// @param count how many pairs there are
    PropertyView(std::string_view bytes, std::size_t count) : bytes_(bytes), count_(count) {}

    [[nodiscard]] Iterator begin() const { return {bytes_.data(), bytes_.data() + bytes_.size()}; }
    [[nodiscard]] Iterator end() const {
        const char* end = bytes_.data() + bytes_.size();
        return {end, end};
    }
    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::string_view bytes() const { return bytes_; }
    /// @return the value of `key`, or nothing
    [[nodiscard]] std::optional<std::string_view> find(std::string_view key) const;

private:
    std::string_view bytes_;
    std::size_t count_ = 0;
};

/// A list of properties that owns its bytes. Keys are unique.
class KEVENTD_EXPORT PropertyList {
public:
    /// Appends a property, or replaces the one of the same key (the kernel's readers let the last win).
    /// @param key, value  without NUL bytes: what follows a NUL is dropped
    void set(std::string_view key, std::string_view value);
    void clear();

    [[nodiscard]] PropertyView view() const { return {bytes_, count_}; }
    // NOLINTNEXTLINE(google-explicit-constructor): a list is its view
    operator PropertyView() const { return view(); }
    [[nodiscard]] PropertyView::Iterator begin() const { return view().begin(); }
    [[nodiscard]] PropertyView::Iterator end() const { return view().end(); }
    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::optional<std::string_view> find(std::string_view key) const {
        return view().find(key);
    }
    void reserve(std::size_t bytes) { bytes_.reserve(bytes); }

private:
    [[nodiscard]] bool mayHold(std::string_view key);

    std::string bytes_;
    std::size_t count_ = 0;
    std::uint64_t keyMarks_ = 0; // a Bloom filter of the keys: spares most searches for one that is not there
};

} // namespace keventd
