// keventd-hotplug: the kernel's hotplug helper, which records one uevent for a daemon that does not run yet.
//
// The kernel runs it for each uevent, many at once and in any order, without waiting: with the uevent as
// environment, the subsystem as first argument, as root, with no descriptor open, perhaps before anything is
// mounted. So it has nothing but itself: linked statically, with the C library alone, no heap, no locale, a
// buffer on the stack; and nothing to wait for. Nobody hears of its errors, and its exit status is seen by
// people alone.
//
// The C library, although some 10 KB would do without one: with it, the program has 700 KB, of which some 40
// pages are touched, and takes 0.3 ms, most of which is the C library's beginning. System calls of our own,
// for each architecture, are not worth a tenth of a second in a boot of 600 events.

#include "daemon/hotplug/complaint.h"
#include "daemon/hotplug/hand_over.h"
#include "daemon/hotplug/payload.h"
#include "daemon/hotplug/recorder.h"
#include "daemon/hotplug/spool_file.h"
#include "daemon/hotplug/spool_place.h"

#include <cstdlib>
#include <string_view>
#include <unistd.h>

namespace {

using namespace keventd::spool;

constexpr int ExitUsage = 2;

// Of all that it calls, nothing waits for anybody. Should that be wrong somewhere, a thousand of them do not
// stay. But a thousand of them, all of which only want a processor, may take some seconds together: one was
// too short in a boot of user-mode-linux, and ended a third of 600.
constexpr unsigned MaxSeconds = 60;

/// In the first place that can be used, or counted there.
Appended recordOnce(RecordBuffer& buffer, std::size_t bytes) {
    for (const Place& place : Places) {
        const auto directory = openDirectory(place, WhenMissing::Make);
        if (!directory) continue;
        const auto spool = openSpool(directory.get(), WhenMissing::Make);
        if (spool) return append(spool.get(), buffer, bytes);
        if (isRemoved(directory.get())) return Appended::Nowhere;
    }
    return Appended::Dropped;
}

bool record(const char* subsystem, const char* const* environment) {
    alarm(MaxSeconds);
    RecordBuffer buffer;
    const std::size_t bytes =
        writePayload(environment, subsystem, std::span<char, MaxPayload>(buffer.payload.data(), MaxPayload));
    if (bytes == 0) return false;
    constexpr int enough = 16;
    for (int attempt = 0; attempt < enough; ++attempt) {
        const Appended result = recordOnce(buffer, bytes);
        if (result != Appended::Nowhere) return result == Appended::Whole;
    }
    return false;
}

int say(std::string_view text, int exitStatus) {
    const int to = exitStatus == EXIT_SUCCESS ? STDOUT_FILENO : STDERR_FILENO;
    return write(to, text.data(), text.size()) < 0 ? EXIT_FAILURE : exitStatus;
}

// Without a command, for a daemon that has its sockets from the service manager. With one, whatever goes
// wrong with the spool is no reason not to begin to listen.
int handOverTo(const char* directory, char* const* command) {
    const bool isToRecord = command[0] != nullptr;
    const bool hasSocket = isToRecord && openRecordersSocket();
    const bool isHandedOver = handOver(directory);
    const bool hasEnded = endRecorder();
    if (isToRecord) return hasEnded && becomeRecorder(command, hasSocket) ? EXIT_SUCCESS : EXIT_FAILURE;
    return isHandedOver && hasEnded ? EXIT_SUCCESS : EXIT_FAILURE;
}

// No subsystem begins with a dash: the kernel never comes here.
int runCommand(int argc, char** argv) {
    constexpr std::string_view usage =
        "Usage: keventd-hotplug SUBSYSTEM         (run by the kernel: records the uevent in its "
        "environment)\n"
        "       keventd-hotplug --hand-over DIR [COMMAND]   (run before keventd: gives it what was "
        "recorded;\n"
        "                                         COMMAND starts it, where no service manager does)\n"
        "       keventd-hotplug --version | --help\n";
    const std::string_view command(argv[1]);
    if (command == "--hand-over" && argc >= 3) return handOverTo(argv[2], argv + 3);
    if (command == "--version" && argc == 2)
        return say("keventd-hotplug " KEVENTD_VERSION "\n", EXIT_SUCCESS);
    if (command == "--help" && argc == 2) return say(usage, EXIT_SUCCESS);
    return say(usage, ExitUsage);
}

} // namespace

int main(int argc, char** argv) {
    if (argc > 1 && argv[1][0] == '-') return runCommand(argc, argv);
    return record(argc > 1 ? argv[1] : nullptr, environ) ? EXIT_SUCCESS : EXIT_FAILURE;
}
