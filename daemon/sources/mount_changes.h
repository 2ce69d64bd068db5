// What has happened between two looks at a table of mounts. Pure.
//
// libmount compares tables, too, but by source and mount point: of two file systems on one directory, or one
// that was moved there, it cannot tell which is which. The kernel's ids can.
#pragma once

#include "daemon/sources/mount_table.h"

#include <vector>

namespace keventd {

enum class MountChangeKind {
    Umounted,
    Mounted,
    Moved,     ///< it, or what it is mounted in, is at another place
    Remounted, ///< its options, or those of its file system, are others
};

struct MountChange {
    MountChangeKind kind;
    const Mount* before; ///< in the table before; null if it was mounted
    const Mount* after;  ///< in the table after; null if it was umounted
};

/// Whether both, which have the same id, are one mount, and not another that was given the number. A tmpfs
/// that follows another has its device number, too; so what is at another place has to be alike in all else.
/// So has what has another root: a file that is mounted somewhere may be renamed, or replaced, as resolv.conf
/// is.
[[nodiscard]] bool isSameMount(const Mount& before, const Mount& after);

/// Compares two tables: mounts that are gone, children before parents; then those that are new, moved or
/// remounted, parents before children. Nothing is said of one whose propagation or root alone has
/// changed.
/// @return each change once, pointing into the tables
[[nodiscard]] std::vector<MountChange> compareMounts(const MountTable& before, const MountTable& after);

} // namespace keventd
