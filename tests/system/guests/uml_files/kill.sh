# shellcheck shell=sh
# What is killed, and how. Sourced.
# shellcheck source=tests/system/guests/uml_files/guest.sh
. /test/guest.sh

# begin NAME: a round.
begin() {
    name=$1
    state=/run/$name
    socket=$state/bus
    spool=$state/spool
    log=$results/$name.log
    mkdir -p "$state"
}

# start WHAT PREFIX…: the prefix becomes it, or runs it.
start() {
    case $1 in
        hand-over) set -- "$@" keventd-hotplug --hand-over "$spool" ;;
        daemon) set -- "$@" keventd --bus=none --sources=none --socket="$socket" --state="$state" ;;
        recorder)
            set -- "$@" keventd-hotplug --hand-over "$spool" \
                keventd --bus=none --sources=none --socket="$socket" --state="$state"
            ;;
    esac
    shift
    "$@" 2>>"$log"
}

# kill_at WHAT:MOMENT:MICROSECONDS: so long after the moment; steps of the daemon's start are known by what it says.
kill_at() {
    moment=${1#*:}
    case ${moment%:*} in
        start) mark= ;;
        stream) mark=', stream ' ;;
        early) mark=' early events ' ;;
        there) mark=' were there before' ;;
    esac
    start "${1%%:*}" /test/kill_at "$mark" "${1##*:}"
}
