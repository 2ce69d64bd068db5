#!/bin/sh
# The hand-over in a storm: a thousand events have been numbered of which helpers have not yet come to their end, and
# more come while it is at work. Each helper is counted by count_hotplug before it becomes one.
# shellcheck source=tests/system/guests/uml_files/guest.sh
. /test/guest.sh

mount_kernel
mount_dev
mount_run
# The name by which --hand-over knows the helper for ours.
ln -s /test/count_hotplug /test/keventd-hotplug
helper_on /test/keventd-hotplug

/test/burst 1100 >"$results/burst"
change 200 &
start_recorder &
wait_until_serving 90
wait_until 90 settled /seen
cp /seen "$results/all.seen"
keep_stream storm
