#include "daemon/publish/resync_calls.h"

#include "daemon/publish/bus_error.h"
#include "daemon/publish/method_call.h"
#include "keventd/names.h"

#include <utility>

namespace keventd {

ResyncCalls::ResyncCalls(const Stream& stream, Reconciler& reconciler, Clients& clients)
    : stream_(stream), reconciler_(reconciler), clients_(clients) {
    clients_.whenGone([this](const Clients::HasGone& hasGone) {
        for (std::list<Call>* calls : {&waiting_, &answered_})
            std::erase_if(*calls, [&](const Call& call) { return hasGone(call.caller); });
    });
}

void ResyncCalls::add(sd_bus_message* call) {
    const Peer caller = senderOf(call);
    ClientAccount& account = clients_.accountOf(caller);
    if (!account.seesAdmin())
        throw BusError(SD_BUS_ERROR_ACCESS_DENIED, "only root and the admin group may resynchronise");
    account.beginCall();
    waiting_.push_back({caller, BusMessageHandle(sd_bus_message_ref(call))});
    if (!isComparing_) compare();
}

void ResyncCalls::compare() {
    isComparing_ = true;
    answered_ = std::exchange(waiting_, {});
    reconciler_.compareAll([this](std::size_t differences) { answer(differences); });
}

void ResyncCalls::answer(std::uint64_t differences) {
    isComparing_ = false;
    for (const Call& call : std::exchange(answered_, {})) {
        replyLater(call.message.get(), "tt", stream_.history().nextId(), differences);
        clients_.accountOf(call.caller).endCall();
    }
    if (!waiting_.empty()) compare();
}

} // namespace keventd
