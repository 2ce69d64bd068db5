#!/bin/sh
# The first process of a guest: runs one scenario, and sends what that has left in /results to the host, by the disk
# ubda. The kernel's parameter scenario=NAME is in its environment. /test/NAME.sh finds nothing mounted.
export PATH=/sbin:/bin

scenario=${scenario:?}
status=0
sh -eu "/test/$scenario.sh" </dev/null >/results/output 2>&1 || status=$?

[ -e /proc/self ] || mount -t proc proc /proc
[ -b /dev/ubda ] || mount -t devtmpfs dev /dev
dmesg >/results/dmesg
tar -c -f /dev/ubda -C /results .
sync
echo "scenario ended: $status" >/dev/console
poweroff -f
