#include "tests/bench/patience.h"

#include "tests/support/deadline.h"

#include <stdexcept>
#include <thread>

namespace keventd::bench {

void waitFor(const std::function<bool()>& done, const char* what, std::chrono::milliseconds time,
             std::chrono::milliseconds pause) {
    const test::Deadline deadline(time);
    while (!done()) {
        if (deadline.expired()) throw std::runtime_error(what);
        std::this_thread::sleep_for(pause);
    }
}

Client connectPatiently(const Endpoint& endpoint) {
    const test::Deadline deadline;
    for (;;) {
        try {
            return Client(endpoint);
        } catch (const ConnectionError&) {
            if (deadline.expired()) throw;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
}

} // namespace keventd::bench
