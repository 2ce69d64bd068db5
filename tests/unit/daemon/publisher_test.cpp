// What is said of subscriptions that events are lost to.

#include "daemon/publish/publisher.h"

#include "tests/unit/stream/history_memory.h"
#include "tests/unit/support/events.h"
#include "tests/unit/support/loopback_bus.h"

#include <gmock/gmock.h>
#include <string>

namespace keventd::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* TooSlow = "is too slow";

class PublisherTest : public testing::Test {
protected:
    PublisherTest() {
        clients_.introduce(client_, {.uid = 0});
        SubscribeOptions options;
        options.window = 1;
        number_ = publisher_.subscribe(client_, std::move(options)).number();
        publish(1);
    }

    /// Puts events into the history, and serves the subscription.
    void publish(std::size_t count, const std::string& object = "/devices/virtual/mem/null") {
        for (std::size_t i = 0; i < count; ++i) {
            Event event = kernel(i + 1);
            event.object = object;
            history_.append(event);
        }
        serve();
    }
    void acknowledgeAll() {
        publisher_.acknowledge(client_, number_, history_.nextId() - 1);
        serve();
    }
    [[nodiscard]] std::uint64_t lost() const { return publisher_.findAfter(0)->lost(); }

private:
    void serve() {
        wake_->defer();
        while (sd_event_run(loop_.get(), 0) > 0) {
        }
    }

    Sysfs sysfs_{"/nonexistent"};
    DeviceTable devices_{sysfs_};
    UdevTable udevDevices_;
    HistoryMemory memory_{History::MinBytes};
    History history_{memory_.span()};
    Stream stream_{"0123456789abcdef0123456789abcdef", {}, history_, devices_, udevDevices_};
    EventLoop loop_;
    Limits limits_;
    Clients clients_{limits_};
    LoopbackBus bus_;
    Peer client_{bus_.sender(), ""};
    Publisher publisher_{loop_, stream_, clients_};
    EventLoop::Handle wake_ = loop_.addDefer("wake", [] {});
    std::uint32_t number_ = 0;
};

TEST_F(PublisherTest, SaysOfASubscriberThatFallsBehindTheHistoryThatItIsTooSlow) {
    publish(5'000);
    testing::internal::CaptureStderr();
    acknowledgeAll();
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr(TooSlow));
    EXPECT_GT(lost(), 0U);
}

// sd-bus refuses text that is not UTF-8, which the history never has otherwise.
TEST_F(PublisherTest, DoesNotSayOfASubscriberThatCannotBeSentAnEventThatItIsTooSlow) {
    acknowledgeAll();
    testing::internal::CaptureStderr();
    publish(1, "\xff");
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                AllOf(HasSubstr("telling what is lost to it"), Not(HasSubstr(TooSlow))));
    EXPECT_EQ(lost(), 1U);
}

} // namespace
} // namespace keventd::test
