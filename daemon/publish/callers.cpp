#include "daemon/publish/callers.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/publish/bus_driver.h"
#include "daemon/publish/bus_error.h"
#include "daemon/publish/method_call.h"
#include "keventd/names.h"

#include <string_view>
#include <utility>

namespace keventd {
namespace {

void readEntry(sd_bus_message* answer, std::string_view key, Identity& identity) {
    if (key == "UnixUserID") {
        std::uint32_t uid = 0;
        checkResult(sd_bus_message_read(answer, "v", "u", &uid), "read credentials");
        identity.uid = uid;
    } else if (key == "UnixGroupIDs") {
        const void* groups = nullptr;
        std::size_t bytes = 0;
        checkResult(sd_bus_message_enter_container(answer, 'v', "au"), "read credentials");
        checkResult(sd_bus_message_read_array(answer, 'u', &groups, &bytes), "read credentials");
        checkResult(sd_bus_message_exit_container(answer), "read credentials");
        const auto* first = static_cast<const std::uint32_t*>(groups);
        identity.groups.assign(first, first + bytes / sizeof *first);
    } else {
        checkResult(sd_bus_message_skip(answer, "v"), "read credentials");
    }
}

/// @param answer  to GetConnectionCredentials (D-Bus specification)
Identity readIdentity(sd_bus_message* answer) {
    Identity identity;
    checkResult(sd_bus_message_enter_container(answer, 'a', "{sv}"), "read credentials");
    while (checkResult(sd_bus_message_enter_container(answer, 'e', "sv"), "read credentials") > 0) {
        const char* key = nullptr;
        checkResult(sd_bus_message_read_basic(answer, 's', static_cast<void*>(&key)), "read credentials");
        readEntry(answer, key, identity);
        checkResult(sd_bus_message_exit_container(answer), "read credentials");
    }
    return identity;
}

} // namespace

Callers::Callers(Clients& clients) : clients_(clients) {
    clients_.whenGone([this](const Clients::HasGone& hasGone) {
        std::erase_if(unknown_, [&](const auto& entry) { return hasGone(entry.first); });
    });
}

int Callers::serve(sd_bus_message* call, sd_bus_error* error, Handler handler) noexcept {
    return answerCall(
        [&] {
            const Peer caller = senderOf(call);
            if (clients_.knows(caller)) return handler();
            hold(caller, call, std::move(handler));
        },
        error);
}

void Callers::hold(const Peer& caller, sd_bus_message* call, Handler handler) {
    if (!unknown_.contains(caller)) ask(caller);
    Unknown& unknown = unknown_.at(caller);
    if (unknown.held.size() >= clients_.limits().client.calls) {
        throw BusError(names::error::LimitExceeded,
                       text("more than ", clients_.limits().client.calls,
                            " calls of one client waiting (limits.client.calls)"));
    }
    unknown.held.push_back({BusMessageHandle(sd_bus_message_ref(call)), std::move(handler)});
}

void Callers::ask(const Peer& caller) {
    Unknown& unknown = unknown_[caller];
    unknown.callers = this;
    unknown.peer = caller;
    sd_bus_slot* slot = nullptr;
    const int result =
        sd_bus_call_method_async(caller.bus, &slot, driver::Name, driver::Path, driver::Name,
                                 "GetConnectionCredentials", onAnswer, &unknown, "s", caller.name.c_str());
    if (result < 0) unknown_.erase(caller);
    checkResult(result, "ask who calls");
    unknown.question.reset(slot);
}

// A broker that cannot tell makes nobody of the client, and is no reason not to serve it.
int Callers::onAnswer(sd_bus_message* answer, void* data, sd_bus_error*) noexcept {
    auto& unknown = *static_cast<Unknown*>(data);
    Identity identity;
    try {
        if (sd_bus_message_is_method_error(answer, nullptr) == 0) identity = readIdentity(answer);
    } catch (const std::exception& failure) {
        static RateLimit limit;
        logWarning(text("credentials of a client: ", failure.what(), ", taking it for nobody"), limit);
        identity = {};
    }
    unknown.callers->release(Peer(unknown.peer), identity);
    return 0;
}

void Callers::release(const Peer& caller, const Identity& identity) {
    const auto unknown = unknown_.extract(caller);
    clients_.introduce(caller, identity);
    for (const Held& held : unknown.mapped().held)
        static_cast<void>(answerLater(held.call.get(), held.handler));
}

} // namespace keventd
