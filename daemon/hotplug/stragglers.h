// Helpers that are under way when their spool is to be handed over. The kernel numbers an event, puts its
// helper into a queue, and does not wait: a thousand may be there that have not even become a program.
//
// What has to be known of it: the path of the helper is looked up when its turn comes, not when the event is
// numbered (argv[0] points to what is read in /sys/kernel/uevent_helper: init_uevent_argv() in
// lib/kobject_uevent.c). To switch the helper off is to cancel all that are in the queue. So they are waited
// for before.
#pragma once

namespace keventd::spool {

/// To be called while the helper is on, and netlink is listened to. Waits until it has recorded all that the
/// kernel had numbered by the time of the call: from the lowest number that is recorded on, there is no hole,
/// and nothing has been recorded for 300 ms. As numbers are also used by events for which no helper is run
/// (of other network namespaces), it does not wait for a hole when nothing has been recorded for 3 seconds,
/// nor longer than a minute.
void waitForQueue();

/// To be called when the helper is off. Waits for those that run: until nothing has been recorded for 100 ms,
/// but a second at most.
void waitForRunning();

/// @return whether anything is recorded
[[nodiscard]] bool isAnythingRecorded();

} // namespace keventd::spool
