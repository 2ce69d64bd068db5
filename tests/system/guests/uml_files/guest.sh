# shellcheck shell=sh
# What the scenarios share. Sourced.

results=/results
state=/run/keventd
spool=$state/spool
socket=$state/bus

# A mark for the host.
say() { echo "$*" >/dev/console; }

# wait_until SECONDS COMMAND…: until it succeeds.
wait_until() {
    patience=$(($1 * 20))
    shift
    until "$@"; do
        [ "$patience" -gt 0 ] || { echo "never came true: $*"; return 1; }
        patience=$((patience - 1))
        usleep 50000
    done
}

mount_kernel() {
    mount -t proc proc /proc
    mount -t sysfs sys /sys
}
mount_dev() { mount -t devtmpfs dev /dev; }
mount_run() { mount -t tmpfs -o mode=755 run /run; }

# The number of the newest event. No process is started for it.
seqnum() {
    read -r newest </sys/kernel/uevent_seqnum
    echo "$newest"
}

# change COUNT: so many events, as fast as the kernel can.
change() {
    left=$1
    while [ "$left" -gt 0 ]; do
        for file in /sys/devices/virtual/mem/*/uevent; do
            [ "$left" -gt 0 ] || break
            echo change >"$file"
            left=$((left - 1))
        done
    done
}

# change_until FILE: an event every few milliseconds, until the file is there.
change_until() {
    until [ -e "$1" ]; do
        change 1
        usleep 3000
    done
}

helper_on() { echo "$1" >/sys/kernel/uevent_helper; }

bytes_in() { wc -c <"$1"; }

# settled FILE: it has not grown for a while, and helpers that write into it have come to their end.
settled() {
    before=$(bytes_in "$1")
    usleep 300000
    [ "$(bytes_in "$1")" = "$before" ]
}

# The hand-over, which becomes a daemon. What they say is in the results.
start_recorder() {
    exec keventd-hotplug --hand-over "$spool" keventd --bus=none --sources=none --socket="$socket" --state="$state" \
        2>>"${log:-$results/keventd.log}"
}

serves() { keventctl --socket="$socket" sync 2>/dev/null; }

# wait_until_serving SECONDS: the daemon is there, and has published everything.
wait_until_serving() {
    wait_until "$1" [ -S "$socket" ]
    wait_until "$1" serves
}

# keep_stream NAME: all events, and what the daemon says of itself, as they are when everything has been published.
keep_stream() {
    keventctl --socket="$socket" sync
    seqnum >"$results/$1.last"
    keventctl --socket="$socket" history --json >"$results/$1.events"
    keventctl --socket="$socket" status --json >"$results/$1.status"
}

# keep_devices NAME: what sysfs shows, to be judged by the host.
keep_devices() {
    find /sys/devices -name uevent >"$results/$1.uevent-files"
    find /sys/devices -name subsystem -type l -exec ls -ld {} + >"$results/$1.subsystem-links"
}
