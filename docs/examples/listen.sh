#!/usr/bin/env bash
# Prints events that keventd broadcasts: no subscription, a match rule alone. Needs busctl and jq.
#
#     ./listen.sh [SUBSYSTEM [ADDRESS]]
#
# SUBSYSTEM is "block" if none is given. ADDRESS is that of a bus; without one it is the system bus, which only
# root may monitor so. Others use `gdbus monitor --system --dest org.keventd1.Events`, which takes no rule.
# Ends with Ctrl-C.
set -eu

rule="type='signal',sender='org.keventd1.Events',interface='org.keventd1.Events',member='Event',arg0='${1:-block}'"

# The shell becomes busctl, so that whoever ends this script ends busctl, and jq with it.
exec busctl ${2:+--address="$2"} --json=short --match="$rule" monitor > >(
    jq --unbuffered --raw-output '.payload.data | "\(.[5]) \(.[3]) \(.[1]) \(.[0]) \(.[2])"'
)
