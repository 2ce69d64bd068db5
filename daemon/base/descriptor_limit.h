// How many descriptors this process may have.
#pragma once

namespace keventd {

/// Takes as many as the administrator allows: the soft limit becomes the hard one (getrlimit(2)). If that
/// fails, the limit stays as it is.
void raiseDescriptorLimit() noexcept;

} // namespace keventd
