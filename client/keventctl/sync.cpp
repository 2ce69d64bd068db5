#include "client/keventctl/sync.h"

namespace keventd::ctl {

void Sync::declare(OptionSet&) {}

// No signal is caught: a sync that was broken off must not look like one that succeeded.
ExitStatus Sync::run(const Connector& connector) {
    connector.connect().sync();
    return ExitStatus::Done;
}

} // namespace keventd::ctl
