// Unix stream sockets of the tests themselves.
#pragma once

#include "daemon/base/unique_fd.h"

#include <string>
#include <vector>

namespace keventd::test {

/// @return a unix stream socket that is bound, and refuses connections until somebody listens on it
[[nodiscard]] UniqueFd bindAt(const std::string& path);

/// @param backlog  as of listen(2)
/// @return a bound and listening unix stream socket that everybody may connect to
[[nodiscard]] UniqueFd listenAt(const std::string& path, int backlog = 128);

/// @return a connection; none if the backlog is full
[[nodiscard]] UniqueFd connectTo(const std::string& path);

/// Connects until nobody else can, since the listener does not accept.
[[nodiscard]] std::vector<UniqueFd> fillBacklog(const std::string& path);

} // namespace keventd::test
