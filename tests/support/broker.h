// A real message bus of one test: dbus-daemon or dbus-broker, private, ended by its pid, never the machine's
// own.
//
// It listens at a path that stays the same, so that it can be killed and come back while others hold its
// address.
#pragma once

#include "daemon/base/c_handles.h"
#include "tests/support/child_process.h"
#include "tests/support/temporary_directory.h"

#include <csignal>
#include <memory>
#include <string>
#include <utility>

namespace keventd::test {

class Broker {
public:
    virtual ~Broker() = default;
    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;

    [[nodiscard]] const std::string& socketPath() const { return socket_; }
    [[nodiscard]] std::string address() const { return "unix:path=" + socket_; }
    /// @return of the broker, while it runs
    [[nodiscard]] pid_t pid() const { return process_->pid(); }

    /// Starts it; clients can connect when this returns.
    /// @throws std::runtime_error if it ends, or does not say in time that it listens
    virtual void start() = 0;
    /// Kills it and removes its socket.
    virtual void kill();
    /// SIGSTOP: it holds its connections, and reads nothing.
    void freeze() { process_->signal(SIGSTOP); }
    void thaw() { process_->signal(SIGCONT); }

protected:
    Broker();

    [[nodiscard]] std::string file(const std::string& name) const { return directory_.file(name); }

    std::unique_ptr<ChildProcess> process_;

private:
    TemporaryDirectory directory_;
    std::string socket_;
};

/// The reference bus, dbus-daemon(1).
class DbusDaemon final : public Broker {
public:
    enum class Names {
        Any,    ///< everybody may own any name
        None,   ///< nobody may own one
        System, ///< nobody may own one, or call anybody but the bus, as on a system bus without more policies
    };
    /// @param more  elements of the configuration, in XML: what is said last, counts
    explicit DbusDaemon(Names names = Names::Any, std::string more = {})
        : names_(names), more_(std::move(more)) {}

    [[nodiscard]] static bool isInstalled();
    void start() override;

private:
    Names names_;
    std::string more_;
};

/// dbus-broker(1), without its launcher, which needs systemd: the test itself is the controller, which hands
/// it the listening socket and a policy that allows everything.
class DbusBroker final : public Broker {
public:
    [[nodiscard]] static bool isInstalled();
    void start() override;
    void kill() override;

private:
    BusHandle controller_; // it ends with this connection
};

} // namespace keventd::test
