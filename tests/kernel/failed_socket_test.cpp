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
#include <unistd.h>

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
    EXPECT_FALSE(drained.failed);
    return arrivals.take();
}

void expectFailure(Source& source) {
    KeptEvents arrivals;
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

using FailedSocket = KernelTest;

TEST_F(FailedSocket, OfLinksIsReplacedAndWhatItMissedIsFound) {
    MappedMemory landing(LinkSource::landingBytes(), "landing area of a test");
    LinkSource source(opened(channel::Links), landing.bytes());
    source.begin(source.readAll());
    breakSocket(source);
    NetDevices devices;
    devices.createVeth("missed", "peer");
    expectFailure(source);
    openAgain(source);
    EXPECT_EQ(source.status(), SourceStatus{});

    KeptEvents found;
    source.compare(found);
    ASSERT_EQ(found.events.size(), 2U);
    EXPECT_EQ(found.events[0].action, names::action::Add);
    devices.remove("missed");
    const std::vector<Event> told = drained(source);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[0].action, names::action::Remove);
}

TEST_F(FailedSocket, OfLinksDoesNoHarmToAComparison) {
    MappedMemory landing(LinkSource::landingBytes(), "landing area of a test");
    LinkSource source(opened(channel::Links), landing.bytes());
    source.begin(source.readAll());
    breakSocket(source);
    NetDevices devices;
    devices.createVeth("missed", "peer");
    KeptEvents found;
    source.compare(found);
    EXPECT_EQ(found.events.size(), 2U);
    expectFailure(source);
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
    breakSocket(source);
    expectFailure(source);
    openAgain(source);
    EXPECT_TRUE(drained(source).empty());
    EXPECT_EQ(source.status(), before);
    sockaddr_nl address{};
    socklen_t size = sizeof address;
    ASSERT_EQ(getsockname(source.descriptor(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    EXPECT_NE(address.nl_groups & (1U << (ControlGroup - 1)), 0U);
}

} // namespace
} // namespace keventd::test
