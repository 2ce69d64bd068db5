// Whether this is built with AddressSanitizer, which keeps freed memory for a while (quarantine).
#pragma once

namespace keventd::test {

#if defined(__SANITIZE_ADDRESS__) // GCC
inline constexpr bool UnderAddressSanitizer = true;
#elif defined(__has_feature)
inline constexpr bool UnderAddressSanitizer = __has_feature(address_sanitizer); // Clang
#else
inline constexpr bool UnderAddressSanitizer = false;
#endif

} // namespace keventd::test
