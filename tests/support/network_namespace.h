// A network namespace of one test: its devices are nobody else's, and what is sent to its groups nobody else
// hears.
//
// Uevents of what is in no network namespace (mem devices, disks) arrive in it all the same, other people's
// too.
#pragma once

#include "daemon/base/unique_fd.h"

namespace keventd::test {

class NetworkNamespace {
public:
    /// Takes the calling thread, and what it starts from now on, into a new namespace.
    /// @throws std::system_error if that is not allowed
    NetworkNamespace();
    NetworkNamespace(const NetworkNamespace&) = delete;
    NetworkNamespace& operator=(const NetworkNamespace&) = delete;
    /// Takes the thread, which is the same, back to where it was.
    ~NetworkNamespace();

private:
    UniqueFd before_;
};

/// Of the network namespace that the thread is in: in a new one 127.0.0.1 cannot even refuse a connection.
/// @throws std::system_error if that is not allowed
void bringUpLoopback();

/// Takes the process, which has one thread, for good into a mount namespace of its own, whose /sys shows the
/// network namespace that the thread is in.
/// @throws std::system_error if that is not allowed
void mountOwnSysfs();

/// Takes the process, which has one thread, into a new user and network namespace, in which it is root, for
/// good.
/// @throws std::system_error if that is not allowed
void becomeRootOfNewNamespaces();

} // namespace keventd::test
