// What clients may take: of one connection, and of all connections of one user.
//
// The defaults are those of keventd.toml(5), tables limits.client and limits.user. Whoever enforces one reads
// it when it is asked for more, so that a change holds from then on; what was granted before, stays.
#pragma once

#include <cstddef>
#include <cstdint>

namespace keventd {

struct ClientLimits {
    std::size_t subscriptions = 1024;
    std::size_t filterTerms = 256; ///< globs of one filter
    /// Of all globs and keys of one filter. To match them costs no more than this times the length of the
    /// event's text: some milliseconds at the very worst.
    std::size_t filterBytes = 8 * 1024;
    std::size_t unacknowledgedBytes = 4 * 1024 * 1024; ///< of all its subscriptions
    std::uint32_t window = 65'536;                     ///< the largest that may be asked for
    std::size_t calls = 64;                            ///< that wait for their answers
    std::size_t watches = 64;                          ///< attributes that it watches

    friend bool operator==(const ClientLimits&, const ClientLimits&) = default;
};

struct UserLimits {
    std::size_t connections = 128; ///< to the private socket; root may have more
    std::size_t subscriptions = 4096;
    std::size_t calls = 256;
    std::size_t unacknowledgedBytes = 32 * 1024 * 1024;
    std::size_t filterBytes = 1024 * 1024; ///< of all filters that are kept
    std::size_t watches = 256;

    friend bool operator==(const UserLimits&, const UserLimits&) = default;
};

struct Limits {
    ClientLimits client;
    UserLimits user;

    friend bool operator==(const Limits&, const Limits&) = default;
};

} // namespace keventd
