// Sources whose socket is of no use any more: they say so, go on with another one, and nothing else suffers.

#include "daemon/base/mapped_memory.h"
#include "daemon/sources/generic_source.h"
#include "daemon/sources/kept_events.h"
#include "daemon/sources/link_source.h"
#include "daemon/sources/udev_source.h"
#include "daemon/sources/uevent_source.h"
#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/support/net_devices.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <optional>
#include <unistd.h>
#include <utility>
#include <vector>

namespace keventd::test {
namespace {

constexpr std::size_t Budget = 1000;

NetlinkSocket opened(const NetlinkChannel& channel) {
    return NetlinkSocket::open(channel, 1024 * 1024);
}

// What the source calls its socket is a file from now on.
void breakSocket(const Source& source) {
    const UniqueFd file(open("/dev/null", O_RDWR | O_CLOEXEC));
    ASSERT_GE(dup3(file.get(), source.descriptor(), O_CLOEXEC), 0);
}

/// @return what has arrived
std::vector<Event> drained(Source& source) {
    KeptEvents arrivals;
    const Drained drained = source.drain(arrivals, Budget);
    EXPECT_TRUE(drained.empty);
    EXPECT_FALSE(drained.failed || drained.unknownLoss);
    return arrivals.take();
}

// The first error may be of one message.
void expectFailure(Source& source) {
    KeptEvents arrivals;
    const Drained first = source.drain(arrivals, Budget);
    EXPECT_TRUE(first.unknownLoss);
    EXPECT_FALSE(first.empty || first.failed);
    EXPECT_TRUE(source.drain(arrivals, Budget).failed);
    EXPECT_TRUE(arrivals.events.empty());
    EXPECT_EQ(source.status().state, SourceState::Failed);
    EXPECT_STRNE(source.status().reason, "");
}

// As the intake does.
void openAgain(Source& source) {
    EXPECT_FALSE(source.nextDescriptor());
    ASSERT_TRUE(source.openNext());
    const int next = source.nextDescriptor().value();
    EXPECT_NE(source.moveOn().cookie, 0U);
    EXPECT_EQ(source.descriptor(), next);
}

/// @return bits of all groups that it has joined (NETLINK_LIST_MEMBERSHIPS, netlink(7))
std::vector<std::uint32_t> groupsOf(int socket) {
    std::vector<std::uint32_t> bits(64);
    auto size = static_cast<socklen_t>(bits.size() * sizeof bits.front());
    EXPECT_EQ(getsockopt(socket, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, bits.data(), &size), 0);
    while (!bits.empty() && bits.back() == 0) bits.pop_back();
    return bits;
}

using FailedSocket = KernelTest;

/// That of a source of links which knows what there is.
class FailedLinkSocket : public KernelTest {
protected:
    void SetUp() override {
        KernelTest::SetUp();
        if (IsSkipped()) return;
        source_.emplace(opened(channel::Links), landing_.bytes());
        source_->begin(source_->readAll());
    }
    [[nodiscard]] LinkSource& source() { return *source_; }

private:
    MappedMemory landing_{LinkSource::landingBytes(), "landing area of a test"};
    std::optional<LinkSource> source_;
};

TEST_F(FailedLinkSocket, IsReplacedAndWhatItMissedIsFound) {
    breakSocket(source());
    NetDevices devices;
    devices.createVeth("missed", "peer");
    expectFailure(source());
    openAgain(source());
    EXPECT_EQ(source().status(), SourceStatus{});

    KeptEvents found;
    EXPECT_TRUE(source().compare(found));
    ASSERT_EQ(found.events.size(), 2U);
    EXPECT_EQ(found.events[0].action, names::action::Add);
    devices.remove("missed");
    const std::vector<Event> told = drained(source());
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[0].action, names::action::Remove);
}

TEST_F(FailedLinkSocket, DoesNoHarmToAComparison) {
    breakSocket(source());
    NetDevices devices;
    devices.createVeth("missed", "peer");
    KeptEvents found;
    EXPECT_TRUE(source().compare(found));
    EXPECT_EQ(found.events.size(), 2U);
    EXPECT_TRUE(source().drain(found, Budget).failed);
    EXPECT_EQ(source().status().state, SourceState::Failed);
}

TEST_F(FailedLinkSocket, ThatGivesOneErrorIsReadOnAndTheLossIsTold) {
    const UniqueFd socket(fcntl(source().descriptor(), F_DUPFD_CLOEXEC, 0));
    breakSocket(source());
    KeptEvents arrivals;
    EXPECT_TRUE(source().drain(arrivals, Budget).unknownLoss);
    ASSERT_GE(dup3(socket.get(), source().descriptor(), O_CLOEXEC), 0);
    NetDevices().createVeth("told", "peer");
    EXPECT_EQ(drained(source()).size(), 2U);
    EXPECT_EQ(source().status(), SourceStatus{});
}

// As a source of rtnetlink when the kernel could not make a message.
class OverrunWithoutDrops final : public SocketSource {
public:
    OverrunWithoutDrops() : SocketSource(channel::Links, opened(channel::Links)) {}
    void takeLanded(Arrivals& /*arrivals*/) override {}

protected:
    [[nodiscard]] Drained read(Arrivals& /*arrivals*/, std::size_t /*budget*/) override {
        if (std::exchange(isFirst_, false)) noteOverrun();
        return {};
    }

private:
    bool isFirst_ = true;
};

TEST_F(FailedSocket, ThatSaysSomethingIsLostAndCountsNothingIsBelieved) {
    OverrunWithoutDrops source;
    KeptEvents arrivals;
    EXPECT_TRUE(source.drain(arrivals, Budget).unknownLoss);
    EXPECT_FALSE(source.drain(arrivals, Budget).unknownLoss);
}

TEST_F(FailedSocket, OfUeventsIsReplaced) {
    MappedMemory landing(LandingArea::bytes(LandingArea::Uevents), "landing area of a test");
    UeventSource source(opened(channel::KernelUevents), landing.bytes());
    breakSocket(source);
    expectFailure(source);
    openAgain(source);
    NetDevices devices;
    devices.createVeth("told", "peer");
    EXPECT_FALSE(drained(source).empty());
    EXPECT_EQ(source.status(), SourceStatus{});
}

TEST_F(FailedSocket, OfUdevIsReplaced) {
    MappedMemory landing(UdevLanding::bytes(), "landing area of a test");
    UdevSource source(opened(channel::UdevEvents), landing.bytes());
    const SourceStatus before = source.status();
    breakSocket(source);
    expectFailure(source);
    openAgain(source);
    EXPECT_TRUE(drained(source).empty());
    EXPECT_EQ(source.status(), before);
}

TEST_F(FailedSocket, OfGenericNetlinkJoinsItsGroupsAgain) {
    MappedMemory landing(GenericSource::landingBytes(), "landing area of a test");
    GenericSource source(GenericSource::Quota, opened(channel::Quota), landing.bytes());
    const SourceStatus before = source.status();
    const std::vector<std::uint32_t> groups = groupsOf(source.descriptor());
    EXPECT_FALSE(groups.empty());
    breakSocket(source);
    expectFailure(source);
    openAgain(source);
    EXPECT_TRUE(drained(source).empty());
    EXPECT_EQ(source.status(), before);
    EXPECT_EQ(groupsOf(source.descriptor()), groups);
}

} // namespace
} // namespace keventd::test
