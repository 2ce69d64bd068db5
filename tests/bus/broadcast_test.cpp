#include "tests/bus/broadcast_test.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace keventd::test {
namespace {

constexpr const char* UdevdDirectory = "/run/udev";
constexpr int CannotHide = 126;

} // namespace

void hideUdevd() {
    if (access(UdevdDirectory, F_OK) < 0) return;
    if (unshare(CLONE_NEWNS) < 0 || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0 ||
        mount("tmpfs", UdevdDirectory, "tmpfs", 0, nullptr) < 0) {
        _exit(CannotHide);
    }
}

void BroadcastTest::SetUp() {
    BusEventTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    ASSERT_TRUE(waitForName(address(), names::EventsBus)) << daemon().log();
}

std::vector<BroadcastListener::Heard> BroadcastTest::ours(const BroadcastListener& listener) const {
    std::vector<BroadcastListener::Heard> found;
    for (const auto& heard : listener.heard()) {
        if (uevents_.hasWritten(heard.event)) found.push_back(heard);
    }
    return found;
}

std::vector<std::uint64_t> BroadcastTest::numbersHeard(const BroadcastListener& listener) const {
    std::vector<std::uint64_t> numbers;
    for (const auto& heard : ours(listener)) numbers.push_back(numberOf(heard.event));
    return numbers;
}

void BroadcastTest::playUdev(std::uint64_t seqnum, const Properties& properties) {
    Properties all = properties;
    all.emplace_back("SEQNUM", std::to_string(seqnum));
    ASSERT_TRUE(sendToGroup(UdevGroup, udevMessage(all)));
}

} // namespace keventd::test
