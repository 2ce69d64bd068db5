#!/usr/bin/env bash
# Prints what has happened so far, page by page, one event a line in JSON. Needs busctl and jq.
#
#     ./read_history.sh [SUBSYSTEM [ADDRESS]]
#
# SUBSYSTEM is "block" if none is given. ADDRESS is a D-Bus address; without one it is the system bus.
# keventd's own socket needs no bus: unix:path=/run/keventd/bus. `keventctl history --json` does it, too.
set -euo pipefail
subsystem=${1:-block}

keventd() { # COMMAND MEMBER [ARGUMENT…]
    local command=$1
    shift
    busctl ${address:+--address="$address"} --json=short "$command" org.keventd1 /org/keventd1 org.keventd1.Manager "$@"
}

address=${2:-}
end=$(keventd get-property LastId | jq .data)
next=0 # from the oldest kept
while ((next <= end)); do
    page=$(keventd call GetEvents 'a{sv}u' 2 since t "$next" subsystems as 1 "$subsystem" 0)
    jq --compact-output '.data[2][] | {id: .[0], source: .[1], action: .[2], subsystem: .[3], object: .[4]}' <<<"$page"
    next=$(jq '.data[3]' <<<"$page")
done
