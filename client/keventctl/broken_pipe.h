// SIGPIPE: what becomes of it in this process, and in a program that takes its place.
#pragma once

namespace keventd::ctl {

/// A reader that goes away is told by EPIPE, and ends the command quietly. Called once, at the start.
void ignoreBrokenPipes();

/// Undoes that: a program that is run ends, or not, as if it had been started without us.
void restoreBrokenPipes();

/// Ends the process by SIGPIPE, unless that was ignored when it was started.
void endByBrokenPipe();

} // namespace keventd::ctl
