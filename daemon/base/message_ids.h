// What the journal knows the daemon's more important messages by: each has an entry in
// systemd/keventd.catalog, which says what happened and what to do about it (journalctl -x).
#pragma once

namespace keventd {

/// @see sd_journal_print(3), MESSAGE_ID=
struct MessageId {
    const char* digits; ///< 128 bits, made once by `systemd-id128 new`
};

namespace message_id {

/// The kernel dropped messages of a source: KEVENTD_SOURCE, KEVENTD_COUNT.
inline constexpr MessageId Overrun{"58d868c37bc34eb09a6d50e7df6073eb"};
/// After a loss, what exists was compared with what was known, and the difference published: KEVENTD_SOURCE,
/// KEVENTD_COUNT.
inline constexpr MessageId Resynced{"9f22eb4f5c5941628968d7a108143565"};
/// A subscriber was too slow: KEVENTD_SUBSCRIPTION, KEVENTD_OWNER, KEVENTD_UID, KEVENTD_COUNT.
inline constexpr MessageId SubscriberLost{"75e24d648a16493081ad0d325b32c3ce"};
/// A bus that had been joined is gone, or reads no more: KEVENTD_BUS, KEVENTD_NAME.
inline constexpr MessageId BusLost{"44f93d02ab8d4834a2a43e9004910a89"};
/// What was kept from before the start could not be believed, and a new stream began: KEVENTD_PATH,
/// KEVENTD_REASON.
inline constexpr MessageId StateReplaced{"153b1a25e357462da00190e9eaa7445f"};

} // namespace message_id
} // namespace keventd
