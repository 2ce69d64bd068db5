// keventd: options, run, exit status. The one place that reports what the daemon cannot go on from.

#include "daemon/base/logging.h"
#include "daemon/configuration.h"
#include "daemon/daemon.h"
#include "daemon/inherited_descriptors.h"
#include "daemon/options.h"

#include <cstdlib>
#include <exception>

int main(int argc, char** argv) {
    int exitStatus = EXIT_FAILURE;
    const auto options = keventd::parseCommandLine(argc, argv, exitStatus);
    if (!options) return exitStatus;
    try {
        keventd::Configuration configuration(*options);
        keventd::setLogLevel(configuration.settings().logLevel);
        keventd::Daemon daemon(configuration, keventd::InheritedDescriptors::take());
        daemon.run();
        return EXIT_SUCCESS;
    } catch (const keventd::ConfigError& error) {
        keventd::logErrors(error.complaints());
        return EXIT_FAILURE;
    } catch (const keventd::UsageError& error) {
        keventd::logError(error.what());
        return keventd::ExitUsage;
    } catch (const std::exception& error) {
        keventd::logError(error.what());
        return EXIT_FAILURE;
    }
}
