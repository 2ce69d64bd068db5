// What the kernel warns of when somebody reaches a limit of disk space or of files. Pure: a message in, an
// event or a reason out. These events name users: they are for administrators.
#pragma once

#include "daemon/sources/generic_message.h"
#include "keventd/event.h"

#include <variant>

namespace keventd {

inline constexpr const char* QuotaFamily = "VFS_DQUOT";
inline constexpr const char* QuotaGroup = "events";

/// Parses one message of the family. Its sequence number counts the family's messages from 1 on: a number
/// that was left out is a message lost.
/// @return the event: source `quota`, subsystem `block`, object and times left to the caller; or why there is
/// none.
///         Action: `block-` (bytes) or `inode-` (files), followed by `hard-limit` (refused), `soft-limit`
///         (exceeded), `grace-expired` (exceeded for too long, so refused), `below-hard-limit` or
///         `below-soft-limit` (again); `warning-N` if it is none of these. Properties: QUOTA_TYPE (user,
///         group, project, or a number), QUOTA_ID (whose limit it is), QUOTA_CAUSED_ID (the user who did it),
///         QUOTA_WARNING (the kernel's number of the kind), MAJOR and MINOR of the device
/// Source: quota_send_warning(), fs/quota/netlink.c; include/uapi/linux/quota.h (kernel)
[[nodiscard]] std::variant<Event, RefusedMessage> parseQuotaMessage(const GenericMessage& message);

} // namespace keventd
