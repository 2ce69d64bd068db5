#include "tests/bench/latency_peers.h"

#include "tests/bench/patience.h"
#include "tests/support/bus_client.h"
#include "tests/support/uevent_netlink.h"
#include "tests/support/uevent_writers.h"

#include <array>
#include <charconv>
#include <fcntl.h>
#include <string_view>
#include <sys/socket.h>

namespace keventd::bench {
namespace {

/// @return the number behind SYNTH_ARG_N= in a datagram of this UUID; the greatest there is if it is
/// another's
std::uint64_t numberIn(std::string_view datagram, const std::string& uuid) {
    constexpr std::string_view key = "SYNTH_ARG_N=";
    std::uint64_t number = ~std::uint64_t{0};
    const std::size_t at = datagram.find(key);
    if (at == std::string_view::npos || datagram.find(uuid) == std::string_view::npos) return number;
    std::from_chars(datagram.data() + at + key.size(), datagram.data() + datagram.size(), number);
    return number;
}

int onSignal(sd_bus_message* signal, void* record, sd_bus_error*) {
    const std::int64_t time = now();
    std::uint64_t number = 0;
    if (sd_bus_message_read(signal, "t", &number) > 0)
        note(static_cast<LatencyRecord*>(record)->signalled, number, time);
    return 0;
}

} // namespace

void listen(LatencyRecord& record, const std::string& uuid) {
    const UniqueFd socket = test::openUeventSocket(test::KernelGroup);
    fcntl(socket.get(), F_SETFL, 0); // blocking: the shortest way there is
    std::array<char, 8192> datagram{};
    ++record.ready;
    for (;;) {
        const ssize_t length = recv(socket.get(), datagram.data(), datagram.size(), 0);
        const std::int64_t time = now();
        if (length > 0)
            note(record.heard, numberIn({datagram.data(), static_cast<std::size_t>(length)}, uuid), time);
    }
}

void subscribe(LatencyRecord& record, const std::string& uuid, const Endpoint& endpoint) {
    Client client = connectPatiently(endpoint);
    const std::int64_t suspended = now(CLOCK_BOOTTIME) - now();
    const auto onEvent = [&](const Event& event) {
        const std::int64_t time = now();
        if (!test::isOf(event, uuid)) return;
        note(record.read, test::numberOf(event), event.boottime.count() * 1000 - suspended);
        note(record.delivered, test::numberOf(event), time);
    };
    const ClientSubscription subscription = client.subscribe({}, {onEvent, {}});
    ++record.ready;
    for (;;) client.process(std::chrono::milliseconds(-1));
}

void hearSignals(LatencyRecord& record, const std::string& busAddress) {
    const test::BusClient client(busAddress, test::Via::Broker);
    test::checkBus(sd_bus_match_signal(client.get(), nullptr, nullptr, BareObject, BareInterface, BareMember,
                                       onSignal, &record),
                   "match the bare signal");
    ++record.ready;
    for (;;) {
        if (test::checkBus(sd_bus_process(client.get(), nullptr), "process") == 0)
            test::checkBus(sd_bus_wait(client.get(), UINT64_MAX), "wait");
    }
}

} // namespace keventd::bench
