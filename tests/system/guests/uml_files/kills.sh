#!/bin/sh
# Rounds of killing: in each, the helper is on again, and the start from hand-over to service is killed at moments that
# the host has drawn. /test/plan has a line for each: "service" or "recorder", and what is killed when, as kill_at has
# it: "hand-over:start:120000 daemon:early:500".
# shellcheck source=tests/system/guests/uml_files/kill.sh
. /test/kill.sh

mount_kernel
mount_dev
mount_run

# Of the socket, a service manager takes care.
service() { keep_socket sh -eu /test/kills_of_service.sh "$name" "$@"; }

# Without one, nobody listens between two lives, and nothing happens then.
recorder() {
    for kill in "$@"; do
        kill_at "$kill"
    done
    start_recorder &
    wait_until_serving 60
    change 10
    keep_stream "$name"
    kill -TERM "$!"
    wait "$!"
}

PATH=$PATH:/test
round=0
while read -r kind kills <&9; do
    round=$((round + 1))
    begin "$kind-$round"
    seqnum >"$results/$name.before"
    helper_on /sbin/hotplug
    change 40
    # shellcheck disable=SC2086 # a list
    "$kind" $kills 9<&-
    rm -r "$state"
done 9</test/plan
keep_devices kills
