#include "daemon/service_manager.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"

#include <cstdlib>
#include <systemd/sd-daemon.h>
#include <utility>

namespace keventd {
namespace {

using Clock = std::chrono::steady_clock;

// It may have gone; that is no reason not to serve.
void notify(const std::string& state) {
    sd_notify(0, state.c_str());
}

bool isListening() {
    return std::getenv("NOTIFY_SOCKET") != nullptr;
}

} // namespace

ServiceManager::ServiceManager(EventLoop& loop, std::function<Progress()> progress)
    : progress_(std::move(progress)) {
    if (!isListening()) return;
    startWatchdog(loop);
    afterTurn_ = loop.addPost("status line", [this] { onTurn(); });
}

// At half the interval, as sd_watchdog_enabled(3) recommends.
void ServiceManager::startWatchdog(EventLoop& loop) {
    std::uint64_t usec = 0;
    const int result = sd_watchdog_enabled(0, &usec);
    if (result < 0) logWarning(text("watchdog: WATCHDOG_USEC: ", errorText(-result), ", going on without"));
    if (result <= 0) return;
    pingInterval_ = std::chrono::microseconds(usec / 2);
    watchdog_ = loop.addTimer("watchdog", [this] { ping(); });
    watchdog_->armAt(Clock::now() + pingInterval_);
}

// From within the loop: one that is stuck in a turn is to be found out.
void ServiceManager::ping() {
    notify("WATCHDOG=1");
    watchdog_->armAt(Clock::now() + pingInterval_);
}

void ServiceManager::onTurn() {
    const Clock::time_point now = Clock::now();
    if (!status_.isDue(now)) return;
    if (const auto line = status_.tellIfNew(progress_(), now)) notify("STATUS=" + *line);
}

void ServiceManager::tellReady() {
    notify("READY=1\nSTATUS=" + status_.tell(progress_(), Clock::now()));
}

// As Type=notify-reload wants it (systemd.service(5)): the time tells this reload from an earlier one.
void ServiceManager::tellReloading() const {
    const auto now = Clock::now().time_since_epoch();
    notify(text("RELOADING=1\nMONOTONIC_USEC=",
                std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
}

void ServiceManager::tellStopping() const {
    notify("STOPPING=1");
}

// It would look whether a descriptor has an error, and if so, close it: an overrun is one.
void ServiceManager::keep(const std::string& name, int fd) const {
    const std::string fdName = text("FDNAME=", KeptNamePrefix, name);
    notify("FDSTOREREMOVE=1\n" + fdName);
    sd_pid_notify_with_fds(0, 0, ("FDSTORE=1\nFDPOLL=0\n" + fdName).c_str(), &fd, 1);
}

} // namespace keventd
