// A change of a mount as an event of the stream, and back. Pure.
#pragma once

#include "daemon/sources/mount_changes.h"
#include "keventd/event.h"

namespace keventd {

/// @return the event (source `mount`; times and flags left to the caller): its action is mount, umount, move
///         or remount, its object the devpath of the block device, its properties are those of the mount as
///         it is now, or was last; what has changed stands beside it as it was before, named …_OLD
[[nodiscard]] Event mountEvent(const MountChange& change);

/// @return the event `mount` of a mount that is there, flagged present
[[nodiscard]] Event presentMount(const Mount& mount);

/// Lets an event of a mount change the table as it changed the kernel's: so the table of an earlier daemon
/// comes back, from presentMount() of each mount and all events since.
/// @param event  as mountEvent() made it, or as the stream made that (escaped); others change nothing
void applyMountEvent(MountTable& table, const EventView& event);

} // namespace keventd
