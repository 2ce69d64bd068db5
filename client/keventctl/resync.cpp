#include "client/keventctl/resync.h"

#include "client/keventctl/answer.h"

#include <string>

namespace keventd::ctl {

void Resync::declare(OptionSet&) {}

// No signal is caught, as in sync.
ExitStatus Resync::run(const Connector& connector) {
    const std::uint64_t differences = connector.connect().resync();
    printAnswer(differences == 0 ? "nothing was missed\n"
                                 : std::to_string(differences) + " differences have been published\n");
    return ExitStatus::Done;
}

} // namespace keventd::ctl
