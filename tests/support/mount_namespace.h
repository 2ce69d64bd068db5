// Mounts that are nobody else's.
#pragma once

namespace keventd::test {

/// Takes the process, which has one thread, for good into a mount namespace of its own, to which nothing
/// propagates, and from which nothing does.
/// @throws std::system_error if that is not allowed
void enterMountNamespace();

} // namespace keventd::test
