// What a process has used, exactly and without a profiler: /proc/PID.
//
// CPU time is /proc/PID/task/*/schedstat, in nanoseconds: utime and stime of /proc/PID/stat come in ticks of
// 10 ms.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace keventd::bench {

/// @return time on a CPU, in user space and in the kernel, of all threads
[[nodiscard]] std::chrono::nanoseconds cpuTime(pid_t pid);

/// @return how often its threads have left the CPU, by their own will (each is a wake-up to come) or not
[[nodiscard]] std::uint64_t contextSwitches(pid_t pid);

/// @return a memory field of /proc/PID/status ("VmRSS", "RssAnon") in bytes
[[nodiscard]] std::uint64_t memoryField(pid_t pid, const std::string& field);

/// Waits until none of the processes runs or has run for a while: they have done all they had to do.
/// @throws std::runtime_error if that is not the case after five minutes, or if one is gone
void waitUntilIdle(const std::vector<pid_t>& processes);

/// The netlink sockets of the uevent family in this network namespace.
struct UeventSockets {
    std::size_t count = 0;   ///< bound to a group
    std::uint64_t drops = 0; ///< messages that did not fit into their buffers
};
/// Source: /proc/net/netlink
[[nodiscard]] UeventSockets ueventSockets();

} // namespace keventd::bench
