// The loop takes turns: nothing that asks to be called again keeps others from being called.

#include "daemon/base/event_loop.h"

#include "daemon/base/unique_fd.h"

#include <gtest/gtest.h>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/eventfd.h>

namespace keventd::test {
namespace {

UniqueFd readableDescriptor() {
    return UniqueFd(eventfd(1, EFD_CLOEXEC));
}

void runTurns(EventLoop& loop, int count) {
    for (int turn = 0; turn < count; ++turn) sd_event_run(loop.get(), 0);
}

TEST(EventLoop, CallsADeferOnceForEachTimeThatItIsAskedFor) {
    EventLoop loop;
    int called = 0;
    const auto deferred = loop.addDefer("test", [&] { ++called; });
    runTurns(loop, 3);
    EXPECT_EQ(called, 0);
    deferred->defer();
    deferred->defer();
    runTurns(loop, 3);
    EXPECT_EQ(called, 1);
    deferred->defer();
    runTurns(loop, 3);
    EXPECT_EQ(called, 2);
}

TEST(EventLoop, LetsNobodyStarveBesideADeferThatGoesOnForEver) {
    EventLoop loop;
    const UniqueFd fd = readableDescriptor();
    int deferredCalls = 0;
    int ioCalls = 0;
    int postCalls = 0;
    EventLoop::Handle deferred;
    deferred = loop.addDefer("goes on", [&] {
        ++deferredCalls;
        deferred->defer();
    });
    const auto io = loop.addIo("ready", fd.get(), EPOLLIN, [&] { ++ioCalls; });
    const auto post = loop.addPost("after", [&] { ++postCalls; });
    deferred->defer();
    constexpr int turns = 300;
    runTurns(loop, turns);
    EXPECT_GE(deferredCalls, turns / 4);
    EXPECT_GE(ioCalls, turns / 4);
    EXPECT_GE(postCalls, turns / 4);
}

TEST(EventLoop, ThrowsWhatAHandlerThrew) {
    EventLoop loop;
    const auto deferred = loop.addDefer("fails", [] { throw std::runtime_error("on purpose"); });
    deferred->defer();
    EXPECT_THROW(loop.run(), std::runtime_error);
}

TEST(EventLoop, LetsAHandlerEndItsOwnRegistration) {
    EventLoop loop;
    int called = 0;
    EventLoop::Handle deferred;
    deferred = loop.addDefer("ends itself", [&] {
        ++called;
        deferred->defer();
        deferred.reset();
    });
    deferred->defer();
    runTurns(loop, 3);
    EXPECT_EQ(called, 1);
}

} // namespace
} // namespace keventd::test
