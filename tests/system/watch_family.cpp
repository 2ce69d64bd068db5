// In a guest: runs the source of generic netlink for any family, and says what its state is and what comes.
// The families that keventd reads are part of the kernels that the guests have; this one may come and go.
//
//   watch-family FAMILY GROUP

#include "daemon/base/mapped_memory.h"
#include "daemon/sources/generic_source.h"
#include "daemon/sources/kept_events.h"
#include "keventd/names.h"

#include <cstdio>
#include <exception>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <variant>

namespace {

using namespace keventd;

constexpr std::size_t Budget = 64;

std::variant<Event, RefusedMessage> parseAny(const GenericMessage& message) {
    Event event;
    event.source = names::source::Quota;
    event.action = "command-" + std::to_string(message.command);
    return event;
}

void say(const char* what) {
    std::puts(what);
    std::fflush(stdout);
}

[[noreturn]] void watch(GenericSource& source) {
    std::optional<SourceState> said;
    for (;;) {
        KeptEvents arrivals;
        if (source.drain(arrivals, Budget).failed) throw std::runtime_error("the socket has failed");
        for (const Event& event : arrivals.events) say(event.action.c_str());
        const SourceState state = source.status().state;
        if (said != state) say(state == SourceState::Running ? "running" : "waiting");
        said = state;
        pollfd input{.fd = source.descriptor(), .events = POLLIN, .revents = 0};
        poll(&input, 1, -1);
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    try {
        const GenericSource::Kind kind{channel::Quota, argv[1], argv[2], {SourceState::Waiting, "no family"},
                                       false,          parseAny};
        const MappedMemory landing(GenericSource::landingBytes(), "landing area");
        GenericSource source(kind, NetlinkSocket::open(kind.channel, 65'536), landing.bytes());
        watch(source);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "watch-family: %s\n", error.what());
        return 1;
    }
}
