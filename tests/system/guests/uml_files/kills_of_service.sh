#!/bin/sh
# kills_of_service.sh NAME KILL…: a round with a socket that outlives who reads from it, and events all the time. Run
# by keep_socket.
# shellcheck source=tests/system/guests/uml_files/kill.sh
. /test/kill.sh

# With descriptor 3, as sd_listen_fds(3) tells it.
export LISTEN_FDS=1

begin "$1"
shift
change_until "$state/enough" &
for kill in "$@"; do
    case $kill in
        daemon:*) start hand-over ;; # ExecStartPre=
    esac
    kill_at "$kill"
done
start hand-over
# shellcheck disable=SC2016 # of the shell that becomes the daemon
start daemon exec sh -c 'LISTEN_PID=$$ exec "$@"' sh &
wait_until_serving 60
: >"$state/enough"
keep_stream "$name"
kill -TERM "$!"
wait "$!"
