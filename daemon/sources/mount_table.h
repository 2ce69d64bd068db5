// The mounts of a mount namespace, by their id, and how they are read from the kernel's text.
#pragma once

#include "daemon/sources/mount.h"

#include <cstddef>
#include <map>
#include <optional>
#include <span>

namespace keventd {

class MountTable {
public:
    using Mounts = std::map<int, Mount>;

    /// Adds a mount, or replaces the one of the same id.
    void set(Mount mount) { mounts_.insert_or_assign(mount.id, std::move(mount)); }
    void remove(int id) { mounts_.erase(id); }

    /// @return the mount of this id, which lies there until the table changes; null if there is none
    [[nodiscard]] const Mount* find(int id) const;
    [[nodiscard]] std::size_t size() const { return mounts_.size(); }
    /// In the order of their ids.
    [[nodiscard]] Mounts::const_iterator begin() const { return mounts_.begin(); }
    [[nodiscard]] Mounts::const_iterator end() const { return mounts_.end(); }
    [[nodiscard]] Mounts::iterator begin() { return mounts_.begin(); }
    [[nodiscard]] Mounts::iterator end() { return mounts_.end(); }

private:
    Mounts mounts_;
};

struct ParsedMounts {
    MountTable table;
    std::size_t refused = 0; ///< lines that are none of mountinfo
};

/// Reads what /proc/PID/mountinfo says, by libmount, which knows how paths are written there. Bytes are kept
/// as they are: a mount point need not be text. (libmount replaces the source /dev/root by the device that
/// the kernel's command line names.)
/// @param text  the whole file. While it is read mounts come and go; one that is moved may then stand in it
///              twice, of which the last counts
/// @return nothing if there is no memory for it
[[nodiscard]] std::optional<ParsedMounts> parseMountinfo(std::span<const char> text);

} // namespace keventd
