// Every name of the D-Bus contract, once. The XML beside this file is the prose.
#pragma once

namespace keventd::names {

inline constexpr const char* Bus = "org.keventd1";
inline constexpr const char* Object = "/org/keventd1";
inline constexpr const char* Manager = "org.keventd1.Manager";

/// Owned by the connection that broadcasts, which is another than that of `Bus`.
inline constexpr const char* EventsBus = "org.keventd1.Events";
/// Interfaces of the broadcasts.
inline constexpr const char* Events = "org.keventd1.Events";
inline constexpr const char* KernelEvents = "org.keventd1.KernelEvents";

/// One event on the bus: id, source, action, subsystem, object, attribute, seqnum, boottime, realtime,
/// flags, properties.
inline constexpr const char* EventSignature = "(tssssstttua{ss})";
inline constexpr const char* EventArraySignature = "a(tssssstttua{ss})";
inline constexpr const char* EventStructContents = "tssssstttua{ss}";
/// One event as the arguments of a broadcast: subsystem, action, object, source, attribute (which match rules
/// know as arg0 to arg4), id, seqnum, boottime, realtime, flags, properties.
inline constexpr const char* BroadcastSignature = "sssssttttua{ss}";

namespace method {
inline constexpr const char* Subscribe = "Subscribe";
inline constexpr const char* Unsubscribe = "Unsubscribe";
inline constexpr const char* Acknowledge = "Acknowledge";
inline constexpr const char* GetEvents = "GetEvents";
inline constexpr const char* ListDevices = "ListDevices";
inline constexpr const char* ListSubscriptions = "ListSubscriptions";
inline constexpr const char* Sync = "Sync";
inline constexpr const char* Resync = "Resync";
inline constexpr const char* WatchAttribute = "WatchAttribute";
inline constexpr const char* UnwatchAttribute = "UnwatchAttribute";
} // namespace method

namespace signal {
inline constexpr const char* Events = "Events";
inline constexpr const char* Lost = "Lost";
inline constexpr const char* Event = "Event";
inline constexpr const char* Skipped = "Skipped";
} // namespace signal

namespace property {
inline constexpr const char* Version = "Version";
inline constexpr const char* StreamId = "StreamId";
inline constexpr const char* FirstId = "FirstId";
inline constexpr const char* LastId = "LastId";
inline constexpr const char* Statistics = "Statistics";
inline constexpr const char* Sources = "Sources";
} // namespace property

/// Entries of Statistics that clients depend on; the rest is for people.
namespace statistic {
/// Latest CLOCK_BOOTTIME (microseconds) at which an event was read that is no longer kept; 0 if all are.
inline constexpr const char* DroppedBoottime = "history.dropped_boottime";
} // namespace statistic

/// Keys of the options dictionary of Subscribe and GetEvents.
namespace option {
inline constexpr const char* Sources = "sources";
inline constexpr const char* Subsystems = "subsystems";
inline constexpr const char* Actions = "actions";
inline constexpr const char* Objects = "objects";
inline constexpr const char* Attributes = "attributes";
inline constexpr const char* Properties = "properties";
inline constexpr const char* Stream = "stream";
inline constexpr const char* Since = "since";
inline constexpr const char* SinceBoottime = "since_boottime";
inline constexpr const char* Window = "window";
} // namespace option

/// Keys of each subscription in the answer of ListSubscriptions.
namespace subscription {
inline constexpr const char* Number = "number";
inline constexpr const char* Owner = "owner";
inline constexpr const char* Uid = "uid";
inline constexpr const char* State = "state";
inline constexpr const char* Filter = "filter";
inline constexpr const char* Next = "next";
inline constexpr const char* Lag = "lag";
inline constexpr const char* Lost = "lost";
inline constexpr const char* Window = "window";
inline constexpr const char* Unacknowledged = "unacknowledged";
inline constexpr const char* UnacknowledgedBytes = "unacknowledged_bytes";
} // namespace subscription

namespace error {
inline constexpr const char* InvalidOption = "org.keventd1.Error.InvalidOption";
inline constexpr const char* InvalidFilter = "org.keventd1.Error.InvalidFilter";
inline constexpr const char* StreamChanged = "org.keventd1.Error.StreamChanged";
inline constexpr const char* NoSuchSubscription = "org.keventd1.Error.NoSuchSubscription";
inline constexpr const char* LimitExceeded = "org.keventd1.Error.LimitExceeded";
inline constexpr const char* NoSuchAttribute = "org.keventd1.Error.NoSuchAttribute";
inline constexpr const char* NotAnAttribute = "org.keventd1.Error.NotAnAttribute";
inline constexpr const char* NotPermitted = "org.keventd1.Error.NotPermitted";
inline constexpr const char* NoSuchWatch = "org.keventd1.Error.NoSuchWatch";
} // namespace error

/// Values of Event::source.
namespace source {
inline constexpr const char* Kernel = "kernel";
inline constexpr const char* Hotplug = "hotplug";
inline constexpr const char* Udev = "udev";
inline constexpr const char* Coldplug = "coldplug";
inline constexpr const char* Link = "link";
inline constexpr const char* Address = "address";
inline constexpr const char* Thermal = "thermal";
inline constexpr const char* Acpi = "acpi";
inline constexpr const char* Quota = "quota";
inline constexpr const char* Mount = "mount";
inline constexpr const char* Attribute = "attribute";
inline constexpr const char* Pressure = "pressure";
inline constexpr const char* Power = "power";
inline constexpr const char* Keventd = "keventd";
} // namespace source

/// Of links, beside add, remove and change. Other sources have verbs of their own.
namespace action {
inline constexpr const char* Up = "up";
inline constexpr const char* Down = "down";
inline constexpr const char* Carrier = "carrier";
inline constexpr const char* NoCarrier = "no-carrier";
inline constexpr const char* Rename = "rename";
} // namespace action

/// What keventd says by itself: about the stream (source `keventd`), about what exists (source `coldplug`),
/// and about what it has found after a loss (of the source whose events were lost).
namespace action {
inline constexpr const char* Add = "add";
inline constexpr const char* Remove = "remove";
inline constexpr const char* Change = "change";
inline constexpr const char* Overrun = "overrun";
inline constexpr const char* Resynced = "resynced";
inline constexpr const char* Limited = "limited";
inline constexpr const char* Mount = "mount"; ///< this and the next three: source `mount`
inline constexpr const char* Umount = "umount";
inline constexpr const char* Remount = "remount";
inline constexpr const char* Move = "move";
inline constexpr const char* Resume = "resume"; ///< source `power`
inline constexpr const char* ClockSet = "clock-set";
inline constexpr const char* Some = "some"; ///< source `pressure`, in the kernel's own words
inline constexpr const char* Full = "full";
} // namespace action

/// Properties of source `mount`: fields of proc_pid_mountinfo(5). Of what has changed, …Old is what was
/// before.
namespace mount_key {
inline constexpr const char* Mountpoint = "MOUNTPOINT";
inline constexpr const char* MountpointOld = "MOUNTPOINT_OLD";
inline constexpr const char* Fstype = "FSTYPE";
inline constexpr const char* Source = "SOURCE";
inline constexpr const char* Options = "OPTIONS"; ///< of the mount
inline constexpr const char* OptionsOld = "OPTIONS_OLD";
inline constexpr const char* SuperOptions = "SUPER_OPTIONS"; ///< of the file system
inline constexpr const char* SuperOptionsOld = "SUPER_OPTIONS_OLD";
inline constexpr const char* Root = "ROOT";
inline constexpr const char* Propagation = "PROPAGATION";
inline constexpr const char* MountId = "MOUNT_ID";
inline constexpr const char* ParentId = "PARENT_ID";
inline constexpr const char* ParentIdOld = "PARENT_ID_OLD";
inline constexpr const char* Major = "MAJOR";
inline constexpr const char* Minor = "MINOR";
} // namespace mount_key

/// Properties of source `pressure`, whose value is the kernel's avg10 (Documentation/accounting/psi.rst).
namespace pressure_key {
inline constexpr const char* Avg60 = "AVG60";
inline constexpr const char* Avg300 = "AVG300";
inline constexpr const char* Total = "TOTAL"; ///< microseconds
} // namespace pressure_key

/// Properties that keventd adds.
namespace key {
inline constexpr const char* Source = "KEVENTD_SOURCE";
inline constexpr const char* Count = "KEVENTD_COUNT";
inline constexpr const char* SeqnumFrom = "KEVENTD_SEQNUM_FROM";
inline constexpr const char* SeqnumTo = "KEVENTD_SEQNUM_TO";
inline constexpr const char* Overrun = "KEVENTD_OVERRUN";
inline constexpr const char* Value = "KEVENTD_VALUE";          ///< of the attribute that the event is about
inline constexpr const char* OldValue = "KEVENTD_OLD_VALUE";   ///< the value before, where it is known
inline constexpr const char* Unit = "KEVENTD_UNIT";            ///< of the value: millicelsius, …
inline constexpr const char* StallUsec = "KEVENTD_STALL_USEC"; ///< the threshold of pressure that was passed
inline constexpr const char* WindowUsec = "KEVENTD_WINDOW_USEC";
} // namespace key

/// Values of KEVENTD_UNIT.
namespace unit {
inline constexpr const char* Microseconds = "microseconds";
inline constexpr const char* Percent = "percent";
} // namespace unit

} // namespace keventd::names
