#include "tests/kernel/kernel_test.h"

#include "daemon/sources/kernel_stage.h"

#include <system_error>

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

} // namespace keventd::test
