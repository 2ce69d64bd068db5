// What a daemon says to libkeventd, in bodies of any bytes: the client hands over what the codec of the other
// end reads out of the same bytes, or says that it was out of contract, and lives on. Input: a letter for the
// message (below), "l" or "B" for the order of bytes, then the body.
#include "dbus/event_codec.h"
#include "keventd/client.h"
#include "keventd/names.h"
#include "tests/fuzz/fake_daemon.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/wire_message.h"
#include "tests/unit/support/events.h"
#include "tests/unit/support/loopback_bus.h"

#include <functional>
#include <optional>
#include <vector>

namespace {

namespace names = keventd::names;

using keventd::Client;
using keventd::Event;
using keventd::fuzz::FakeDaemon;
using keventd::fuzz::require;
using keventd::fuzz::WireHead;
using keventd::test::LoopbackBus;

/// What one end has made of a signal.
struct Taken {
    std::vector<Event> events;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> lost;
    bool isGood = true; ///< false: out of contract, behind what was taken
};

/// A client that has subscribed, and the daemon that it has subscribed at.
class Pair {
public:
    Pair()
        : client_(keventd::privateSocket(daemon_.socketPath()), std::chrono::seconds(10)),
          subscription_(client_.subscribe({}, handlers())) {
        daemon_.waitUntilSubscribed();
    }

    Taken take(WireHead head, std::span<const std::uint8_t> body) {
        taken_ = {};
        head.sender = names::Bus;
        daemon_.send(wireMessage(head, body));
        for (bool isLeft = true; isLeft;) {
            if (!isWithinContract([&] { isLeft = client_.dispatch(); })) taken_.isGood = false;
        }
        daemon_.drain();
        return std::move(taken_);
    }

    /// The reply is there before the call is made: its serial is known.
    /// @return what `call` returns; nothing if the reply was out of contract
    template <typename Call>
    auto answer(WireHead head, std::span<const std::uint8_t> body, const Call& call)
        -> std::optional<decltype(call(std::declval<Client&>()))> {
        head.type = WireHead::Type::Reply;
        head.replySerial = daemon_.lastSerial() + 1;
        head.sender = names::Bus;
        daemon_.send(wireMessage(head, body));
        std::optional<decltype(call(client_))> result;
        isWithinContract([&] { result = call(client_); });
        daemon_.drain();
        return result;
    }

private:
    keventd::EventHandlers handlers() {
        return {.event = [this](const Event& event) { taken_.events.push_back(event); },
                .lost = [this](std::uint64_t from, std::uint64_t to) { taken_.lost.emplace_back(from, to); }};
    }
    /// Any other error is one too many, and ends the process.
    static bool isWithinContract(const std::function<void()>& function) {
        try {
            function();
            return true;
        } catch (const keventd::ProtocolError& error) {
            require(*error.what() != '\0', "it is said what is wrong");
            return false;
        }
    }

    FakeDaemon daemon_;
    Taken taken_;
    Client client_;
    keventd::ClientSubscription subscription_;
};

/// Reads an array of events by the codec of the daemon.
/// @return whether it is in order
bool readEvents(sd_bus_message* message, std::vector<Event>& events) {
    if (sd_bus_message_enter_container(message, 'a', names::EventSignature) < 0) return false;
    Event event;
    int result = 0;
    while ((result = keventd::readEvent(message, event)) > 0) events.push_back(event);
    return result == 0 && sd_bus_message_exit_container(message) >= 0;
}

bool readNumber(sd_bus_message* message, std::uint64_t& number) {
    return sd_bus_message_read_basic(message, 't', &number) > 0;
}

Taken eventsIn(sd_bus_message* message) {
    Taken taken;
    std::uint32_t subscription = 0;
    std::uint64_t next = 0;
    taken.isGood = sd_bus_message_read_basic(message, 'u', &subscription) > 0;
    if (!taken.isGood || subscription != FakeDaemon::Subscription) return taken;
    taken.isGood = readEvents(message, taken.events) && readNumber(message, next);
    return taken;
}

Taken lossIn(sd_bus_message* message) {
    Taken taken;
    std::uint32_t subscription = 0;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    taken.isGood = sd_bus_message_read_basic(message, 'u', &subscription) > 0 && readNumber(message, from) &&
                   readNumber(message, to);
    if (taken.isGood && subscription == FakeDaemon::Subscription) taken.lost.emplace_back(from, to);
    return taken;
}

std::optional<std::vector<Event>> answerIn(sd_bus_message* message, bool isPage) {
    const char* stream = nullptr;
    std::uint64_t number = 0;
    std::vector<Event> events;
    const bool isGood = sd_bus_message_read_basic(message, 's', static_cast<void*>(&stream)) > 0 &&
                        readNumber(message, number) && readEvents(message, events) &&
                        (!isPage || readNumber(message, number));
    return isGood ? std::optional(std::move(events)) : std::nullopt;
}

void checkSame(const std::vector<Event>& got, const std::vector<Event>& wanted) {
    require(got.size() == wanted.size(), "there are as many events");
    for (std::size_t i = 0; i < got.size(); ++i) {
        require(got[i].id == wanted[i].id && keventd::test::isSameButForId(got[i], wanted[i]),
                "they are the same events");
    }
}

void checkSignal(Pair& pair, const LoopbackBus& bus, const WireHead& head, std::span<const std::uint8_t> body,
                 Taken (*read)(sd_bus_message*)) {
    const Taken wanted = read(bus.receiveBytes(wireMessage(head, body)).get());
    const Taken got = pair.take(head, body);
    require(got.isGood == wanted.isGood, "a signal is within the contract, or not");
    require(got.lost == wanted.lost, "the loss is as it was told");
    checkSame(got.events, wanted.events);
}

template <typename Call>
void checkAnswer(Pair& pair, const LoopbackBus& bus, const WireHead& head, std::span<const std::uint8_t> body,
                 bool isPage, const Call& call) {
    const auto wanted = answerIn(bus.receiveBytes(wireMessage(head, body)).get(), isPage);
    const auto got = pair.answer(head, body, call);
    require(got.has_value() == wanted.has_value(), "an answer is within the contract, or not");
    if (got) checkSame(*got, *wanted);
}

void checkMessage(Pair& pair, const LoopbackBus& bus, char kind, WireHead head,
                  std::span<const std::uint8_t> body) {
    switch (kind) {
    case 'e':
        head.signature = "ua(tssssstttua{ss})t";
        return checkSignal(pair, bus, head, body, eventsIn);
    case 'l':
        head.signature = "utt";
        head.member = names::signal::Lost;
        return checkSignal(pair, bus, head, body, lossIn);
    case 'p':
        head.signature = "sta(tssssstttua{ss})t";
        return checkAnswer(pair, bus, head, body, true,
                           [](Client& client) { return client.getEvents({}).events; });
    case 'd':
        head.signature = "sta(tssssstttua{ss})";
        return checkAnswer(pair, bus, head, body, false,
                           [](Client& client) { return client.listDevices().devices; });
    case 's':
        head.signature = "a{sv}";
        pair.answer(head, body, [](Client& client) { return client.status(); });
        return;
    case 'i':
        head.signature = "aa{sv}";
        pair.answer(head, body, [](Client& client) { return client.listSubscriptions(); });
        return;
    case 't':
        head.signature = "v";
        pair.answer(head, body, [](Client& client) { return client.statistics(); });
        return;
    default:
        return;
    }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Pair pair;
    static const LoopbackBus bus;
    if (size < 2) return 0;
    const WireHead head{.isBigEndian = data[1] == 'B'};
    checkMessage(pair, bus, static_cast<char>(data[0]), head, {data + 2, size - 2});
    return 0;
}
