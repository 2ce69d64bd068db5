#include "daemon/publish/client_account.h"

#include "daemon/base/text.h"
#include "daemon/publish/bus_error.h"
#include "keventd/names.h"

namespace keventd {

void ClientAccount::beginCall() {
    if (waitingCalls_ >= limits_.calls) {
        throw BusError(
            names::error::LimitExceeded,
            text("more than ", limits_.calls, " calls of one client waiting (limits.client.calls)"));
    }
    ++waitingCalls_;
}

} // namespace keventd
