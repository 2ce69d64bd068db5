// A root of its own for the hotplug helper: file systems of memory as in early boot, which only this test
// sees, and the helper in it, run as the kernel runs it.
#pragma once

#include "daemon/sources/spool_record.h"
#include "tests/support/child_process.h"
#include "tests/support/temporary_directory.h"

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace keventd::test {

/// Takes the process, which has one thread, for good into a mount namespace of its own.
/// @throws std::system_error if that is not allowed
void enterMountNamespace();

class HelperRoot {
public:
    static constexpr const char* Helper = "/sbin/keventd-hotplug";

    /// Nothing is mounted but the root, as in an initramfs: /run, /dev and /sys/kernel are directories in it.
    HelperRoot();
    HelperRoot(const HelperRoot&) = delete;
    HelperRoot& operator=(const HelperRoot&) = delete;
    ~HelperRoot();

    /// @return the path of a file, as it is seen from outside
    [[nodiscard]] std::string path(const std::string& inside) const {
        return directory_.path().string() + inside;
    }
    /// @param options  of tmpfs(5), "size=64k"
    void mount(const std::string& directory, const std::string& options = "mode=755");

    /// Starts the helper with no descriptor open, in this root.
    /// @param gate  nothing, or a descriptor: it begins when that is at its end
    /// @return its pid; the caller reaps it
    [[nodiscard]] pid_t start(const std::vector<std::string>& environment,
                              const std::string& subsystem = "mem", int gate = -1) const;
    /// @return exit status of one that runs alone
    int run(const std::vector<std::string>& environment, const std::string& subsystem = "mem") const;
    /// Starts as many at the same moment, as with uevent() of 1 to `count`.
    [[nodiscard]] std::vector<pid_t> startAtOnce(std::uint64_t count) const;

    /// Runs `keventd-hotplug --hand-over`.
    [[nodiscard]] Finished handOver(const std::string& directory = "/run/keventd/spool") const;
    [[nodiscard]] ChildOptions handingOver(const std::string& directory = "/run/keventd/spool") const;

    /// @param directory  where the helper has its spool
    [[nodiscard]] SpoolContents spool(const std::string& directory = "/run/keventd-hotplug") const;

private:
    TemporaryDirectory directory_;
    std::vector<std::string> mounts_;
};

/// @return the environment of a uevent with this number, as the kernel gives it
[[nodiscard]] std::vector<std::string> ueventEnvironment(std::uint64_t seqnum);

/// @return the bytes of a spool, read as it is now
[[nodiscard]] SpoolContents contentsOfSpool(const std::string& file);
/// @return SEQNUMs, sorted
[[nodiscard]] std::vector<std::uint64_t> sortedSeqnums(const std::vector<Event>& events);

/// @return exit status, or 128 + signal
int reap(pid_t pid);
/// Reaps them all.
/// @return how many have not ended with 0
[[nodiscard]] std::uint64_t countFailures(const std::vector<pid_t>& pids);

} // namespace keventd::test
