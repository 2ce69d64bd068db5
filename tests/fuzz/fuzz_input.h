// What every fuzz target needs: its entry, its input cut into pieces, and a way to say that something is
// wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

/// What libFuzzer, or replay_main.cpp, calls. @return 0
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace keventd::fuzz {

/// Ends the process, as a crash would: libFuzzer keeps the input.
inline void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

/// An input as text pieces that end in a newline each (so that a corpus can be written by hand).
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

    [[nodiscard]] bool empty() const { return rest_.empty(); }
    /// @return all that is left
    [[nodiscard]] std::string_view rest() const { return rest_; }
    /// @return the next piece; empty after the last
    std::string text() {
        const std::string_view piece = next();
        return std::string(piece.substr(0, piece.find('\0')));
    }
    /// @return a number made of the bytes of the next piece
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (const char c : next()) value = value << 8U | static_cast<unsigned char>(c);
        return value;
    }

private:
    std::string_view next() {
        const std::string_view piece = rest_.substr(0, rest_.find('\n'));
        rest_.remove_prefix(piece.size() < rest_.size() ? piece.size() + 1 : piece.size());
        return piece;
    }

    std::string_view rest_;
};

} // namespace keventd::fuzz
