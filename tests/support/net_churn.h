// Pairs of network devices that come, are renamed, and go, until it is stopped; some stay.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

namespace keventd::test {

class NetChurn {
public:
    /// Begins, in the calling thread's network namespace.
    NetChurn() : thread_([this] { run(); }) {}
    NetChurn(const NetChurn&) = delete;
    NetChurn& operator=(const NetChurn&) = delete;
    ~NetChurn() { stop(); }

    void stop();
    /// Removes those that have stayed, when it is stopped.
    void removeAll();
    /// @return pairs made by now; each sends about 20 uevents while it lives
    [[nodiscard]] std::size_t made() const { return made_; }

private:
    void run();

    std::atomic<bool> stopped_ = false;
    std::atomic<std::size_t> made_ = 0;
    std::vector<std::string> left_;
    std::thread thread_; // last: it uses the others
};

} // namespace keventd::test
