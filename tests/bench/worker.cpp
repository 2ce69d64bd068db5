#include "tests/bench/worker.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace keventd::bench {
namespace {

constexpr std::chrono::minutes Patience{5};

[[noreturn]] void runAndExit(const std::function<void()>& work) noexcept {
    try {
        work();
        _exit(EXIT_SUCCESS);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        _exit(EXIT_FAILURE);
    }
}

} // namespace

// The benchmarks have no threads, so that a child may do anything.
std::unique_ptr<test::ChildProcess> startWorker(std::function<void()> work) {
    return std::make_unique<test::ChildProcess>(test::ChildOptions{
        .command = {"(worker)"},
        .environment = {},
        .inherited = {},
        .inChild = [work = std::move(work)] { runAndExit(work); },
    });
}

void join(test::ChildProcess& worker) {
    const auto status = worker.wait(test::Deadline(Patience));
    if (!status) throw std::runtime_error("a worker has not ended in time");
    if (*status != EXIT_SUCCESS) throw std::runtime_error("a worker failed: " + worker.err());
}

} // namespace keventd::bench
