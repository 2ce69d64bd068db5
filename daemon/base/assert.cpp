#include "daemon/base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace keventd {

void failAssertion(const char* expression, const char* file, int line) noexcept {
    std::fprintf(stderr, "keventd: %s:%d: assertion failed: %s\n", file, line, expression);
    std::abort();
}

} // namespace keventd
