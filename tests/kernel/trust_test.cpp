// Whose message it is: the kernel's own, one that a process had the kernel send, or a forgery.

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"

#include <gtest/gtest.h>

namespace keventd::test {
namespace {

class Trust : public KernelTest {
protected:
    [[nodiscard]] static Properties someEvent(const std::string& devpath) {
        return {{"ACTION", "change"}, {"DEVPATH", devpath}, {"SUBSYSTEM", "keventd-test"}};
    }

    // A genuine event, behind everything that was sent before it: when it is there, the rest has been looked
    // at.
    [[nodiscard]] static bool streamGoesOn(WatchedDaemon& daemon) {
        UeventWriter writer;
        writer.write();
        return daemon.subscriber().waitForEvent(
                   [&](const Event& event) { return isOf(event, writer.uuid()); }) != nullptr;
    }
};

TEST_F(Trust, IsDeniedToAMessageThatAProcessMulticasts) {
    WatchedDaemon daemon;
    Properties forged = someEvent("/devices/forged");
    forged.emplace_back("SEQNUM", std::to_string(newestSeqnum() + 1));
    ASSERT_TRUE(sendToGroup(KernelGroup, kernelMessage(forged)));
    EXPECT_TRUE(streamGoesOn(daemon));
    daemon.expectComplete();
    for (const Event& event : daemon.events()) EXPECT_NE(event.object, "/devices/forged");
    EXPECT_EQ(daemon.process().statistics().at("kernel.refused"), 1U);
}

TEST_F(Trust, IsDeniedToADatagramLongerThanAnyUevent) {
    WatchedDaemon daemon;
    Properties forged = someEvent("/devices/forged");
    forged.emplace_back("LONG", std::string(10'000, 'x'));
    ASSERT_TRUE(sendToGroup(KernelGroup, kernelMessage(forged)));
    EXPECT_TRUE(streamGoesOn(daemon));
    EXPECT_EQ(daemon.process().statistics().at("kernel.refused"), 1U);
}

TEST_F(Trust, IsDeniedToAnEmptyDatagram) {
    WatchedDaemon daemon;
    if (!sendToGroup(KernelGroup, "")) GTEST_SKIP() << "this kernel lets no empty message through";
    EXPECT_TRUE(streamGoesOn(daemon));
    EXPECT_EQ(daemon.process().statistics().at("kernel.refused"), 1U);
}

TEST_F(Trust, IsDeniedToAnInjectedMessageWithoutHeader) {
    WatchedDaemon daemon;
    injectMessage("nonsense");
    EXPECT_TRUE(streamGoesOn(daemon));
    EXPECT_EQ(daemon.process().statistics().at("kernel.refused"), 1U);
}

TEST_F(Trust, IsDeniedToAnInjectedMessageThatContradictsItsHeader) {
    WatchedDaemon daemon;
    const std::string message = "add@/devices/one" + std::string(1, '\0') + "ACTION=add" +
                                std::string(1, '\0') + "DEVPATH=/devices/other" + std::string(1, '\0');
    injectMessage(message);
    EXPECT_TRUE(streamGoesOn(daemon));
    EXPECT_EQ(daemon.process().statistics().at("kernel.refused"), 1U);
}

TEST_F(Trust, IsDeniedAThousandTimesWithOneLineInTheLog) {
    WatchedDaemon daemon;
    for (int i = 0; i < 1'000; ++i)
        ASSERT_TRUE(sendToGroup(KernelGroup, kernelMessage(someEvent("/devices/forged"))));
    EXPECT_TRUE(streamGoesOn(daemon));
    EXPECT_EQ(daemon.process().statistics().at("kernel.refused"), 1'000U);
    const std::string log = daemon.process().log();
    EXPECT_EQ(log.find("refused"), log.rfind("refused")) << log;
}

// The kernel adds its SEQNUM to nothing at all, and sends that.
TEST_F(Trust, IsDeniedToAnEmptyInjectedMessage) {
    WatchedDaemon daemon;
    injectMessage("");
    EXPECT_TRUE(streamGoesOn(daemon));
    EXPECT_EQ(daemon.process().statistics().at("kernel.refused"), 1U);
}

TEST_F(Trust, FlagsAnEventThatAProcessHadTheKernelSend) {
    WatchedDaemon daemon;
    injectUevent(someEvent("/devices/injected"));
    const Event* event =
        daemon.subscriber().waitForEvent([](const Event& e) { return e.object == "/devices/injected"; });
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(event->flags, EventFlag::Injected);
    EXPECT_EQ(event->source, names::source::Kernel);
    EXPECT_EQ(daemon.process().statistics().at("kernel.injected"), 1U);
    daemon.expectComplete();
}

TEST_F(Trust, TakesTheKernelsSeqnumFromAnInjectedEventThatBringsItsOwn) {
    WatchedDaemon daemon;
    Properties lying = someEvent("/devices/injected");
    lying.emplace_back("SEQNUM", "18446744073709551615");
    injectUevent(lying);
    const Event* event =
        daemon.subscriber().waitForEvent([](const Event& e) { return e.object == "/devices/injected"; });
    ASSERT_NE(event, nullptr);
    EXPECT_LE(event->seqnum, newestSeqnum());
    daemon.expectComplete();
}

TEST_F(Trust, FlagsAnEventThatWasWrittenToAUeventFile) {
    WatchedDaemon daemon;
    UeventWriter writer;
    writer.write();
    const Event* event =
        daemon.subscriber().waitForEvent([&](const Event& e) { return isOf(e, writer.uuid()); });
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(event->flags, EventFlag::Synthetic);
}

} // namespace
} // namespace keventd::test
