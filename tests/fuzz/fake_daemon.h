// The far end of a real socket, for libkeventd: answers what a client asks before it has its subscription,
// and sends whatever it is told to from then on.
#pragma once

#include "daemon/base/c_handles.h"
#include "daemon/base/unique_fd.h"
#include "tests/support/temporary_directory.h"

#include <cstdint>
#include <span>
#include <string>
#include <thread>

namespace keventd::fuzz {

class FakeDaemon {
public:
    static constexpr std::uint32_t Subscription = 1; ///< what Subscribe answers

    FakeDaemon();
    FakeDaemon(const FakeDaemon&) = delete;
    FakeDaemon& operator=(const FakeDaemon&) = delete;
    ~FakeDaemon() { waitUntilSubscribed(); }

    [[nodiscard]] std::string socketPath() const { return directory_.file("bus"); }
    /// To be called when the client has subscribed.
    void waitUntilSubscribed();

    /// Sends bytes to the client.
    void send(std::span<const std::uint8_t> message) const;
    /// Takes what the client has sent off the socket.
    void drain();
    /// @return serial of the last message that the client has sent, of those that drain() has seen
    [[nodiscard]] std::uint32_t lastSerial() const { return lastSerial_; }

private:
    void serve();
    /// Answers calls until the client has subscribed, or gone.
    void serveConnection(UniqueFd socket);
    [[nodiscard]] static int onCall(sd_bus_message* call, void* daemon, sd_bus_error* error);

    test::TemporaryDirectory directory_;
    UniqueFd listening_;
    BusHandle bus_;   // the connection on which the client has subscribed
    int socket_ = -1; // of `bus_`
    bool isSubscribed_ = false;
    std::uint32_t lastSerial_ = 0;
    std::thread thread_; // until the client has subscribed
};

} // namespace keventd::fuzz
