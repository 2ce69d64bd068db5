// keventd: options, run, exit status. The one place that reports what the daemon cannot go on from.

#include "daemon/base/logging.h"
#include "daemon/daemon.h"
#include "daemon/inherited_descriptors.h"
#include "daemon/options.h"

#include <cstdlib>
#include <exception>

int main(int argc, char** argv) {
    int exitStatus = EXIT_FAILURE;
    const auto options = keventd::parseCommandLine(argc, argv, exitStatus);
    if (!options) return exitStatus;
    keventd::startLogging(options->logLevel);
    try {
        keventd::Daemon daemon(*options, keventd::InheritedDescriptors::take());
        daemon.run();
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        keventd::logError(error.what());
        return EXIT_FAILURE;
    }
}
