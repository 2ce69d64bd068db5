#!/usr/bin/env bash
# Prints events as they happen, a line each, with what a program would pick out of the JSON. Needs jq.
#
#     ./follow_events.sh [SUBSYSTEM [ADDRESS]]
#
# SUBSYSTEM is "block" if none is given. ADDRESS is a D-Bus address; without one, keventctl finds keventd.
# Ends with Ctrl-C. The exit status is that of keventctl: 4 says that it was too slow for some events.
set -eu

# The shell becomes keventctl, so that whoever ends this script ends keventctl, and jq with it.
exec keventctl ${2:+--bus="$2"} monitor --json subsystem="${1:-block}" > >(
    jq --unbuffered --raw-output '"\(.id) \(.source) \(.action) \(.subsystem) \(.object)"'
)
