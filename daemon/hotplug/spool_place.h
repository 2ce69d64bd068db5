// Where the spool may lie: directories of root's alone, in file systems that are memory, opened without
// following anything.
#pragma once

#include "daemon/base/unique_fd.h"

#include <array>

namespace keventd::spool {

/// A directory that is made in a file system which may be there.
struct Place {
    const char* fileSystem; ///< its directory
    const char* name;       ///< of ours in it
    bool isMount;           ///< it counts only when something is mounted on it
};

/// The first that can be used is. /run, when it is mounted: before that, it is a directory that the mount
/// will hide. /dev, when it is mounted: of devtmpfs there is one for the whole system, whatever root it is
/// seen from. The root, as long as it is the initramfs; what is still there when the real root takes its
/// place, is gone.
inline constexpr std::array<Place, 3> Places{{
    {"/run", "keventd-hotplug", true},
    {"/dev", ".keventd-hotplug", true},
    {"/", ".keventd-hotplug", false},
}};

enum class WhenMissing { Make, LeaveIt };

/// @return the file system's directory; none if it is not there, not memory, or not ours alone to write
[[nodiscard]] UniqueFd openFileSystem(const Place& place);

/// @param parent  of openFileSystem()
/// @return the directory; none if it is not there, or cannot be made, or is not ours alone (0700)
[[nodiscard]] UniqueFd openDirectory(int parent, const char* name, WhenMissing whenMissing);

/// @return the directory of a place; none if one of the two above gives none
[[nodiscard]] UniqueFd openDirectory(const Place& place, WhenMissing whenMissing);

/// @return it belongs to the user that this process runs as, and nobody else may write to it
[[nodiscard]] bool isOursAlone(int fd);

/// @return it has no name any more: it was handed over since it was opened
[[nodiscard]] bool isRemoved(int fd);

} // namespace keventd::spool
