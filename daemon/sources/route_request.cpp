#include "daemon/sources/route_request.h"

#include "daemon/base/c_handles.h"

#include <exception>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

namespace keventd {
namespace {

using NetlinkHandle = std::unique_ptr<nl_sock, CDeleter<nl_socket_free>>;

struct Visit {
    const std::function<void(const nlmsghdr&)>& visit;
    std::exception_ptr failure;
};

// Reached from C: nothing may be thrown through libnl.
int onMessage(nl_msg* message, void* visit) noexcept {
    auto& self = *static_cast<Visit*>(visit);
    try {
        self.visit(*nlmsg_hdr(message));
        return NL_OK;
    } catch (...) {
        self.failure = std::current_exception();
        return NL_STOP;
    }
}

// @return a negative error of libnl
int visitAll(nl_sock* socket, int type, Visit& visit) {
    if (const int error = nl_connect(socket, NETLINK_ROUTE); error < 0) return error;
    nl_socket_modify_cb(socket, NL_CB_VALID, NL_CB_CUSTOM, onMessage, &visit);
    rtgenmsg wanted{.rtgen_family = AF_UNSPEC};
    const int sent = nl_send_simple(socket, type, NLM_F_DUMP, &wanted, sizeof wanted);
    return sent < 0 ? sent : nl_recvmsgs_default(socket);
}

} // namespace

std::optional<std::string> visitAllRoutes(int type, const std::function<void(const nlmsghdr&)>& visit) {
    const NetlinkHandle socket(nl_socket_alloc());
    if (!socket) return nl_geterror(NLE_NOMEM);
    Visit visiting{visit, nullptr};
    const int result = visitAll(socket.get(), type, visiting);
    if (visiting.failure) std::rethrow_exception(visiting.failure);
    return result < 0 ? std::optional<std::string>(nl_geterror(result)) : std::nullopt;
}

} // namespace keventd
