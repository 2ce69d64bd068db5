// One client of the private socket, served by sd-bus in server mode.
#pragma once

#include "daemon/base/c_handles.h"
#include "daemon/base/event_loop.h"
#include "daemon/base/unique_fd.h"
#include "daemon/publish/driver_object.h"
#include "daemon/publish/manager_object.h"

#include <functional>
#include <sys/types.h>

namespace keventd {

class PrivateConnection {
public:
    /// Messages that a client may leave unread beyond what its socket holds; one that lets more pile up is
    /// cut off. Most have 256 KiB at most, and a list of devices is begun when nothing is unread: this bounds
    /// what it costs.
    static constexpr std::uint64_t MaxUnreadMessages = 16;

    /// @param fd      accepted
    /// @param uid     of the client (SO_PEERCRED)
    /// @param serial  distinguishes the client from others: ":1.SERIAL"
    /// @param onGone  called once when the client has gone or is to be cut off; may not destroy the
    ///                connection at once, since that is what calls it
    PrivateConnection(EventLoop& loop, UniqueFd fd, uid_t uid, std::uint64_t serial, ManagerObject& manager,
                      std::function<void()> onGone);
    PrivateConnection(const PrivateConnection&) = delete;
    PrivateConnection& operator=(const PrivateConnection&) = delete;

    [[nodiscard]] sd_bus* bus() const { return bus_.get(); }
    [[nodiscard]] uid_t uid() const { return uid_; }
    [[nodiscard]] bool gone() const { return gone_; }
    /// @return whether the client has sent a message; to have authenticated is not enough
    [[nodiscard]] bool spoke() const { return spoke_; }
    /// To be called after each turn of the loop, until the client's first messages have been served.
    /// @return whether that is still to be done
    bool serveFirstMessages();
    /// Cuts the client off, as if it had gone.
    void end() noexcept;

private:
    void start(EventLoop& loop, UniqueFd fd);
    void addFilter();
    void addMatches();
    [[nodiscard]] BusSlotHandle matchLocal(const char* signal, sd_bus_message_handler_t handler);
    void onFirstMessages();
    [[nodiscard]] bool leavesRepliesUnread() const;

    uid_t uid_;
    std::function<void()> onGone_;
    bool gone_ = false;
    bool spoke_ = false;
    bool isNew_ = true; // messages may lie in sd-bus unseen
    DriverObject driver_;
    BusHandle bus_;
    BusSlotHandle driverSlot_;
    ManagerObject::Serving serving_;
    BusSlotHandle filterSlot_;
    BusSlotHandle connectSlot_;
    BusSlotHandle disconnectSlot_;
    EventLoop::Handle firstMessages_;
};

} // namespace keventd
