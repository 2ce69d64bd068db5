// The service manager that has started the daemon, as far as sd_notify(3) reaches it: readiness, reloads, the
// end, a status line, and the watchdog. Where nobody listens, nothing is told, and nothing costs anything.
//
// Only the watchdog wakes the daemon: it is there to find out whether the loop still turns. The status line
// is told when the loop is awake anyway, so it may be older than the last event of a storm that has ended.
#pragma once

#include "daemon/base/event_loop.h"
#include "daemon/status_line.h"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace keventd {

class ServiceManager {
public:
    static constexpr std::string_view KeptNamePrefix = "kept-";

    /// Begins to ping the watchdog, if there is one: sd_watchdog_enabled(3).
    /// @param progress  called now and then
    ServiceManager(EventLoop& loop, std::function<Progress()> progress);
    ServiceManager(const ServiceManager&) = delete;
    ServiceManager& operator=(const ServiceManager&) = delete;

    /// The daemon serves: at the start, and when it has reloaded.
    void tellReady();
    /// A reload begins; tellReady() ends it, however it goes.
    void tellReloading() const;
    void tellStopping() const;
    /// Asks it to keep a copy of a descriptor, and to hand it to the next daemon, after a crash also
    /// (FileDescriptorStoreMax= in systemd.service(5)): in the place of that which it has kept under this
    /// name.
    /// @param name  what the descriptor is told by later (LISTEN_FDNAMES in sd_listen_fds(3)), after
    ///              KeptNamePrefix
    void keep(const std::string& name, int fd) const;

private:
    void startWatchdog(EventLoop& loop);
    void ping();
    void onTurn();

    std::function<Progress()> progress_;
    StatusLine status_;
    std::chrono::microseconds pingInterval_{0};
    EventLoop::Handle watchdog_;  // none where nobody watches
    EventLoop::Handle afterTurn_; // none where nobody listens
};

} // namespace keventd
