#!/bin/sh
# From the first moment of a boot: what helpers have seen before this line, in each of their three places, the hand-over
# while events go on, what the daemon hears after it; at last a disk, which the host plugs in and pulls out.
# shellcheck source=tests/system/guests/uml_files/guest.sh
. /test/guest.sh

cp /.keventd-hotplug/spool "$results/before-init.spool"
mount_kernel
mount_dev
change 10
wait_until 20 [ -e /dev/.keventd-hotplug/spool ]
mount_run
change 10
wait_until 20 [ -e /run/keventd-hotplug/spool ]
seqnum >"$results/helper-alone.last"

change_until /tmp/enough &
start_recorder &
wait_until_serving 30
cat /sys/kernel/uevent_helper >"$results/uevent_helper"
: >/tmp/enough
change 20

wait_for_disk() {
    keventctl wait --since=oldest --timeout=30s source=kernel subsystem=block DEVNAME=ubdb "action=$1"
}
say "ready for a disk"
wait_for_disk add
say "ready to lose it"
wait_for_disk remove

keventctl sources --json >"$results/sources"
keep_devices early
keep_stream early
