#include "daemon/publish/client_account.h"

#include "daemon/base/text.h"
#include "daemon/publish/bus_error.h"
#include "keventd/names.h"

#include <algorithm>

namespace keventd {
namespace {

/// @param used  after what is asked for
void require(std::size_t used, std::size_t limit, const char* what) {
    if (used > limit) throw BusError(names::error::LimitExceeded, text("more than ", limit, what));
}

} // namespace

ClientAccount::ClientAccount(ConnectionAccount& connection, UserAccount& user, const Limits& limits,
                             Identity identity, const AdminAccess& access)
    : connection_(connection), user_(user), limits_(limits), access_(access), identity_(std::move(identity)) {
    ++user_.clients;
}

// Subscriptions and watches have given back theirs; calls that were never answered have nobody else who
// would.
ClientAccount::~ClientAccount() {
    user_.waitingCalls -= waitingCalls_;
    --user_.clients;
}

bool ClientAccount::hasRoomBeside(std::size_t bytes) const {
    const std::size_t most = limits_.client.unacknowledgedBytes;
    return unacknowledgedBytes_ + bytes < (isScarceBeside(bytes) ? std::min(ScarceBytes, most) : most);
}

bool ClientAccount::isScarceBeside(std::size_t bytes) const {
    if (connection_.unacknowledgedBytes + bytes > ConnectionAccount::Plenty) return true;
    return !identity_.isRoot() && user_.unacknowledgedBytes + bytes > limits_.user.unacknowledgedBytes;
}

void ClientAccount::sent(std::size_t bytes) {
    for (std::size_t* count :
         {&unacknowledgedBytes_, &user_.unacknowledgedBytes, &connection_.unacknowledgedBytes})
        *count += bytes;
    connection_.sentBytes += bytes;
}

void ClientAccount::acknowledged(std::size_t bytes) {
    for (std::size_t* count :
         {&unacknowledgedBytes_, &user_.unacknowledgedBytes, &connection_.unacknowledgedBytes})
        *count -= bytes;
}

void ClientAccount::addSubscription(std::size_t filterBytes) {
    require(subscriptions_ + 1, limits_.client.subscriptions,
            " subscriptions of one client (limits.client.subscriptions)");
    if (!identity_.isRoot()) {
        require(user_.subscriptions + 1, limits_.user.subscriptions,
                " subscriptions of one user (limits.user.subscriptions)");
        require(user_.filterBytes + filterBytes, limits_.user.filterBytes,
                " bytes of globs in all filters of one user (limits.user.filter_bytes)");
    }
    ++subscriptions_;
    ++user_.subscriptions;
    user_.filterBytes += filterBytes;
}

void ClientAccount::removeSubscription(std::size_t filterBytes) {
    --subscriptions_;
    --user_.subscriptions;
    user_.filterBytes -= filterBytes;
}

void ClientAccount::beginCall() {
    require(waitingCalls_ + 1, limits_.client.calls, " calls of one client waiting (limits.client.calls)");
    if (!identity_.isRoot())
        require(user_.waitingCalls + 1, limits_.user.calls, " calls of one user waiting (limits.user.calls)");
    ++waitingCalls_;
    ++user_.waitingCalls;
}

void ClientAccount::endCall() {
    --waitingCalls_;
    --user_.waitingCalls;
}

void ClientAccount::addWatch() {
    require(watches_ + 1, limits_.client.watches,
            " attributes watched by one client (limits.client.watches)");
    if (!identity_.isRoot())
        require(user_.watches + 1, limits_.user.watches,
                " attributes watched by one user (limits.user.watches)");
    ++watches_;
    ++user_.watches;
}

void ClientAccount::removeWatch() {
    --watches_;
    --user_.watches;
}

} // namespace keventd
