#include "daemon/publish/client_account.h"

#include "daemon/base/text.h"
#include "daemon/publish/bus_error.h"
#include "keventd/names.h"

namespace keventd {

void ClientAccount::beginCall() {
    if (waitingCalls_ >= MaxWaitingCalls) {
        throw BusError(names::error::LimitExceeded,
                       text("more than ", MaxWaitingCalls, " calls of one client waiting"));
    }
    ++waitingCalls_;
}

} // namespace keventd
