// Exit statuses of keventctl; keventctl(1) lists them.
#pragma once

namespace keventd::ctl {

enum class ExitStatus {
    Done = 0,       ///< ended as asked
    Connection = 1, ///< connection lost or refused
    Usage = 2,
    TimedOut = 3,
    Lost = 4, ///< events were lost to this reader
    CannotRun = 126,
    NotFound = 127, ///< both of a command that was to be run: as of a shell
};

} // namespace keventd::ctl
