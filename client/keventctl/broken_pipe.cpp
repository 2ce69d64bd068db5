#include "client/keventctl/broken_pipe.h"

#include <csignal>

namespace keventd::ctl {
namespace {

struct sigaction before {};

} // namespace

void ignoreBrokenPipes() {
    struct sigaction ignored {};
    ignored.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignored, &before);
}

void restoreBrokenPipes() {
    ::sigaction(SIGPIPE, &before, nullptr);
}

void endByBrokenPipe() {
    restoreBrokenPipes();
    static_cast<void>(::raise(SIGPIPE));
}

} // namespace keventd::ctl
