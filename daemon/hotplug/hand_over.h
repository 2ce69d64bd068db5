// The step between the helper, which is root's, and the daemon, which need not be: waits for those that the
// kernel has in its queue, switches the helper off, waits for those that run, and gives the daemon what they
// have recorded.
//
// Each step can be done again. The spool is first moved aside in its own directory, so that nobody appends to
// it any more, then copied under a temporary name, given to its reader, moved into place, and only then
// removed. Killed in between, the next one goes on with what was moved aside, and a copy that is made twice
// has the same name twice. A copy, because /run, /dev and the root are three file systems.
#pragma once

namespace keventd::spool {

/// @param directory  where the daemon looks for it (--spool); made if it is missing, and given to whom the
/// directory
///                   belongs that it lies in
/// @return whether all went well; if not, it has said why on standard error, and what could not be handed
/// over is
///         where it was
[[nodiscard]] bool handOver(const char* directory);

} // namespace keventd::spool
