// Assertions that stay on in release builds: a daemon that has lost its own invariants must not go on.
#pragma once

namespace keventd {

/// Reports on stderr and aborts.
[[noreturn]] void failAssertion(const char* expression, const char* file, int line) noexcept;

} // namespace keventd

/// For our own bugs only, never for input. The expression has no side effects.
#define KEVENTD_ASSERT(expression)                                                                           \
    ((expression) ? static_cast<void>(0) : ::keventd::failAssertion(#expression, __FILE__, __LINE__))
