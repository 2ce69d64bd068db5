#include "tests/kernel/kernel_test.h"

#include "daemon/sources/kernel_stage.h"

#include <chrono>
#include <csignal>
#include <system_error>
#include <thread>

namespace keventd::test {

void KernelTest::SetUp() {
    std::string reason;
    if (!canWriteUevents(reason)) GTEST_SKIP() << reason;
    try {
        namespace_.emplace();
    } catch (const std::system_error& error) {
        GTEST_SKIP() << error.what();
    }
}

void KernelTestWithSysfs::SetUp() {
    KernelTest::SetUp();
    if (IsSkipped()) return;
    try {
        mountOwnSysfs();
    } catch (const std::system_error& error) {
        GTEST_SKIP() << error.what();
    }
}

WatchedDaemon::WatchedDaemon(DaemonOptions options)
    : daemon_(std::move(options)), subscriber_(daemon_.address(), {.since = 0}),
      startSeqnum_(newestSeqnum()) {}

void WatchedDaemon::expectComplete() {
    const std::set<std::uint64_t> sent = witness_.seqnums();
    EXPECT_TRUE(subscriber_.waitForSync());
    EXPECT_TRUE(subscriber_.lost().empty());
    expectSoundStream(events());
    expectAllOf(events(), sent, startSeqnum_);
    expectNoneBut(events(), witness_.seqnums(), startSeqnum_); // other people's may have come meanwhile
}

DaemonOptions patient() {
    return {.arguments = {"--reorder-wait=5000"}};
}

std::vector<const Event*> writtenBy(const Events& events, const std::string& uuid, const char* source) {
    const auto isFromThere = [source](const Event& event) {
        return event.source == source ||
               (source == std::string(names::source::Kernel) && isOfKernelStage(event.source));
    };
    return select(events, [&](const Event& event) { return isFromThere(event) && isOf(event, uuid); });
}

Events everything(const BusClient& client) {
    const std::vector<Event> events = client.wholeHistory();
    return {events.begin(), events.end()};
}

void killAtItsStart(const DaemonOptions& options) {
    const TemporaryDirectory own;
    ChildOptions child{.command = {DaemonProcess::binary(), "--socket=" + own.file("bus"), "--bus=none",
                                   "--config=/dev/null", "--sources=" + options.sources},
                       .environment = options.environment,
                       .inherited = options.inherited};
    if (!options.coldplug) child.command.emplace_back("--coldplug=no");
    child.command.insert(child.command.end(), options.arguments.begin(), options.arguments.end());
    for (int kills = 0; kills < 60; ++kills) {
        ChildProcess daemon(child);
        std::this_thread::sleep_for(std::chrono::microseconds(kills * 997 % 40'000));
        daemon.signal(SIGKILL);
        daemon.wait();
    }
}

} // namespace keventd::test
