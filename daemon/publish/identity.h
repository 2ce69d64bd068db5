// Whose a client is, as the kernel or the broker says it; what a client says of itself counts for nothing.
#pragma once

#include <algorithm>
#include <optional>
#include <sys/types.h>
#include <vector>

namespace keventd {

struct Identity {
    std::optional<uid_t>
        uid; ///< nothing if it could not be told: one who has no rights and shares with others
    std::vector<gid_t> groups; ///< that it is in, as far as that is known

    [[nodiscard]] bool isRoot() const { return uid == uid_t{0}; }
    [[nodiscard]] bool isIn(gid_t group) const {
        return std::find(groups.begin(), groups.end(), group) != groups.end();
    }
};

} // namespace keventd
