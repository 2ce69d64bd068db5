// The table of mounts that is meant to be watched: the host's, as far as it can be seen.
#pragma once

#include "daemon/base/unique_fd.h"

#include <optional>
#include <string>

namespace keventd {

/// @param wanted          path; nothing: what keventd.service has mounted in the state directory, because its
/// own
///                        namespace does not show that a mount outside was remounted; else that of process 1;
///                        else one's own
/// @param stateDirectory  of the daemon
/// @return a file of proc(5); none if none can be opened
[[nodiscard]] UniqueFd openMountTable(const std::optional<std::string>& wanted,
                                      const std::string& stateDirectory);

} // namespace keventd
