// A bus that reads no more of what the daemon sends, because one client leaves too much unread: dbus-daemon
// counts it to the sender.

#include "daemon/base/message_ids.h"
#include "keventd/names.h"
#include "tests/bus/bus_test.h"
#include "tests/bus/library_test.h"
#include "tests/support/journal_socket.h"

#include <chrono>
#include <functional>
#include <optional>
namespace keventd::test {
namespace {

constexpr int EventsInALot = 100;

/// A bus that keeps little for a sender, a daemon on it, and somebody who uses the library.
class UnreadBus : public testing::Test {
protected:
    void SetUp() override {
        if (!DbusDaemon::isInstalled()) GTEST_SKIP() << "dbus-daemon is not installed";
        if (const std::string reason = TaggedUevents::whyImpossible(); !reason.empty())
            GTEST_SKIP() << reason;
        broker_.start();
        DaemonOptions options;
        options.bus = broker_.address();
        adjust(options);
        daemon_.emplace(std::move(options));
        ASSERT_TRUE(waitForName(broker_.address())) << daemon_->log();
        uevents_.setPadding(1'500);
        SubscriptionOptions subscription;
        subscription.endpoint = busAt(broker_.address());
        subscription.filter.properties = {uevents_.term()};
        user_.subscribe(subscription);
    }

    virtual void adjust(DaemonOptions& /*options*/) {}

    [[nodiscard]] std::string address() const { return broker_.address(); }
    [[nodiscard]] virtual bool isGivenUp() {
        return daemon_->log().find("does not read what is sent to its clients") != std::string::npos;
    }
    /// Writes events until the daemon has joined the bus anew; `beside` is called before each lot.
    void writeUntilGivenUp(const std::function<void()>& beside) {
        for (const Deadline deadline; !isGivenUp();) {
            ASSERT_FALSE(deadline.expired()) << daemon_->log();
            beside();
            uevents_.writeMany(EventsInALot);
            static_cast<void>(user_.step(100));
        }
    }
    void expectAllOnceInOrder() {
        ASSERT_TRUE(user_.waitForEvents(uevents_.written())) << daemon_->log();
        EXPECT_EQ(user_.numbers(), sequence(1, uevents_.written()));
        EXPECT_GE(user_.timesTold("resumed"), 1U);
        EXPECT_EQ(user_.timesTold("lost"), 0U);
    }

    TaggedUevents uevents_;
    LibraryUser user_;

private:
    DbusDaemon broker_{DbusDaemon::Names::Any, "<limit name=\"max_incoming_bytes\">1048576</limit>\n"};
    std::optional<DaemonProcess> daemon_;
};

TEST_F(UnreadBus, IsJoinedAnewWhenAClientAcknowledgesWithoutReading) {
    Subscriber blind(address(), uevents_.wanted(), Via::Broker);
    writeUntilGivenUp([&] { blind.acknowledge(UINT64_MAX); });
    expectAllOnceInOrder();
}

TEST_F(UnreadBus, IsJoinedAnewWhenAClientReadsNoReplies) {
    uevents_.writeMany(1'000);
    ASSERT_TRUE(user_.waitForEvents(1'000));
    const BusClient rude(address(), Via::Broker);
    rude.sync();
    writeUntilGivenUp([&] {
        const BusMessageHandle call = rude.newCall(names::method::GetEvents);
        appendWanted(call, {});
        checkBus(sd_bus_message_append(call.get(), "u", 0U), "append max");
        std::uint64_t cookie = 0; // without it, no reply is asked for
        checkBus(sd_bus_send(rude.get(), call.get(), &cookie), "send");
    });
    expectAllOnceInOrder();
}

class UnreadBusInTheJournal : public UnreadBus {
protected:
    void adjust(DaemonOptions& options) override { journal_.attach(options); }
    [[nodiscard]] bool isGivenUp() override {
        entry_ = journal_.waitForId(message_id::BusLost.digits, Deadline(std::chrono::milliseconds(0)));
        return !entry_.empty();
    }

    JournalSocket::Entry entry_;

private:
    JournalSocket journal_;
};

TEST_F(UnreadBusInTheJournal, IsFoundByTheIdOfABusThatIsLost) {
    Subscriber blind(address(), uevents_.wanted(), Via::Broker);
    writeUntilGivenUp([&] { blind.acknowledge(UINT64_MAX); });
    EXPECT_EQ(entry_["KEVENTD_BUS"], address());
    EXPECT_EQ(entry_["KEVENTD_NAME"], names::Bus);
}

} // namespace
} // namespace keventd::test
