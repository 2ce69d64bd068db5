// Mounts of one mount namespace: source `mount`. Observed: the kernel says only that the table has changed,
// so it is read again and compared, and what comes and goes between two looks is not seen. (Nor is, until
// something else changes, what the kernel does not say of at all: a file system that goes read-only by
// itself.)
//
// Which namespace it is, the open file says. /proc/self/mountinfo of a service with a namespace of its own
// does not show that a mount outside was remounted; /proc/1/mountinfo is readable for everybody, where proc
// is mounted without hidepid=.
#pragma once

#include "daemon/base/rate_limit.h"
#include "daemon/base/unique_fd.h"
#include "daemon/sources/block_devices.h"
#include "daemon/sources/mount_table.h"
#include "daemon/sources/notifications.h"
#include "daemon/sources/observed_source.h"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace keventd {

/// In its statistics, `received` counts looks, `refused` lines that could not be read.
class MountSource : public ObservedSource {
public:
    /// @param mountinfo  /proc/PID/mountinfo, open for reading. It goes on telling of that namespace when the
    ///                   process has ended, and for a reader who could not have opened it
    /// @param devices    where the devices of file systems are found
    /// @throws FatalError if there are no descriptors left
    explicit MountSource(UniqueFd mountinfo, BlockDevices devices = BlockDevices());
    /// @param path  of such a file. If it cannot be opened, nothing comes, and status() says so
    explicit MountSource(const std::string& path, BlockDevices devices = BlockDevices());

    /// Says what was mounted when an earlier daemon of this boot last looked; the first drain() then tells
    /// what has changed since, flagged resync. Without this call the first drain() tells nothing. To be
    /// called before it.
    /// @param known  what present() gave it, and the events that it has told since, in their order
    void begin(const std::vector<Event>& known) override;
    /// Looks now, and tells nothing.
    /// @return as present()
    [[nodiscard]] std::vector<Event> readAll() override;
    /// @return the mounts as of the last look, as events `mount` flagged present, parents not always before
    ///         children
    [[nodiscard]] std::vector<Event> present() const;

    [[nodiscard]] int descriptor() const override { return notifications_.descriptor(); }
    [[nodiscard]] Drained drain(Arrivals& arrivals, std::size_t budget) override;

private:
    void look();
    void lookAgainLater() const;
    [[nodiscard]] std::optional<MountTable> read();
    void findDevices(MountTable& table) const;
    void findChanges(const MountTable& fresh);

    UniqueFd mountinfo_;
    BlockDevices devices_;
    UniqueFd again_; // a timer, for when it could not be read
    Notifications notifications_;
    std::optional<MountTable> table_; // as of the last look; nothing before the first
    bool isResync_ = false;           // the table is of an earlier daemon
    std::deque<Event> found_;         // and not yet told
    RateLimit failureLog_;
};

} // namespace keventd
