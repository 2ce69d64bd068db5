// The source `attribute` on the kernel's own attributes: one that is notified when another virtual terminal
// comes to the front, and those of network devices that come and go.

#include "daemon/sources/attribute_source.h"

#include "daemon/sources/kept_events.h"
#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/support/net_devices.h"
#include "tests/support/sysfs_files.h"
#include "tests/support/virtual_terminals.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <poll.h>
#include <system_error>
#include <vector>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Kind = RefusedAttribute::Kind;

const AttributeName Active{VirtualTerminals::Object, VirtualTerminals::Attribute};

std::string valueOf(const Event& event, const char* key = names::key::Value) {
    return std::string(event.properties.find(key).value_or("(none)"));
}

bool isReady(const AttributeSource& source, int timeout = 0) {
    pollfd descriptor{.fd = source.descriptor(), .events = POLLIN, .revents = 0};
    return poll(&descriptor, 1, timeout) > 0;
}

std::vector<Event> drained(AttributeSource& source) {
    KeptEvents collected;
    EXPECT_TRUE(source.drain(collected, 64).empty);
    return std::move(collected.events);
}

class NotifiedAttribute : public testing::Test {
protected:
    void SetUp() override {
        if (const std::string reason = VirtualTerminals::whyImpossible(); !reason.empty())
            GTEST_SKIP() << reason;
        terminals_.emplace();
        before_ = VirtualTerminals::active();
        ASSERT_FALSE(source_.watch(Active));
    }

    AttributeSource source_;
    std::optional<VirtualTerminals> terminals_;
    std::string before_;
};

TEST_F(NotifiedAttribute, IsTold) {
    const std::string now = terminals_->change();
    ASSERT_TRUE(isReady(source_));
    const auto events = drained(source_);
    ASSERT_THAT(events, SizeIs(1));
    const Event& event = events.front();
    EXPECT_EQ(event.source, "attribute");
    EXPECT_EQ(event.action, "change");
    EXPECT_EQ(event.subsystem, "tty");
    EXPECT_EQ(event.object, Active.object);
    EXPECT_EQ(event.attribute, Active.attribute);
    EXPECT_EQ(event.seqnum, 0U);
    EXPECT_GT(event.boottime.count(), 0);
    EXPECT_GT(event.realtime.count(), 0);
    EXPECT_EQ(valueOf(event), now);
    EXPECT_EQ(valueOf(event, names::key::OldValue), before_);
}

TEST_F(NotifiedAttribute, IsToldEachTimeWithTheValueBefore) {
    std::string old = before_;
    for (int round = 0; round < 5; ++round) {
        const std::string now = terminals_->change();
        const auto events = drained(source_);
        ASSERT_THAT(events, SizeIs(1)) << round;
        EXPECT_EQ(valueOf(events.front(), names::key::OldValue), old);
        EXPECT_EQ(valueOf(events.front()), now);
        old = now;
    }
    EXPECT_EQ(source_.statistics().received, 5U);
}

TEST_F(NotifiedAttribute, IsToldOnceWhenItWasNotifiedSeveralTimes) {
    terminals_->change();
    terminals_->change();
    const std::string now = terminals_->change();
    const auto events = drained(source_);
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_EQ(valueOf(events.front(), names::key::OldValue), before_);
    EXPECT_EQ(valueOf(events.front()), now);
}

// What a reader of the kernel's events is told is that it was notified: that nothing has come of it is for
// the reader to see.
TEST_F(NotifiedAttribute, IsToldWhenItsValueIsThatOfBefore) {
    const std::string before = terminals_->change();
    ASSERT_THAT(drained(source_), SizeIs(1));
    terminals_->change();
    ASSERT_EQ(terminals_->change(), before);
    const auto events = drained(source_);
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_EQ(valueOf(events.front(), names::key::OldValue), before);
    EXPECT_EQ(valueOf(events.front()), before);
}

TEST_F(NotifiedAttribute, IsQuietUntilItIsNotified) {
    EXPECT_FALSE(isReady(source_));
    EXPECT_THAT(drained(source_), IsEmpty());
    terminals_->change();
    ASSERT_THAT(drained(source_), SizeIs(1));
    EXPECT_FALSE(isReady(source_));
    EXPECT_THAT(drained(source_), IsEmpty());
}

TEST_F(NotifiedAttribute, IsNotToldWhenNobodyWatchesIt) {
    source_.unwatch(Active);
    EXPECT_EQ(source_.watched(), 0U);
    terminals_->change();
    EXPECT_FALSE(isReady(source_));
    EXPECT_THAT(drained(source_), IsEmpty());
}

TEST_F(NotifiedAttribute, StaysWhereItIsWhateverIsSaidOfItsDevice) {
    source_.lookAgain("/devices/virtual/tty");
    source_.endIfGone(Active);
    EXPECT_EQ(source_.watched(), 1U);
    EXPECT_TRUE(isReady(source_, 5'000)) << "for the second look";
    EXPECT_THAT(drained(source_), IsEmpty());
    EXPECT_FALSE(isReady(source_));
    terminals_->change();
    EXPECT_THAT(drained(source_), SizeIs(1));
}

// Of the machine. Most tests of these are unit tests, on files of their own.
class AttributeOfSysfs : public testing::Test {
protected:
    [[nodiscard]] std::optional<Kind> refusalOf(const std::string& object, const std::string& attribute) {
        const auto refused = source_.watch({object, attribute});
        source_.unwatch({object, attribute});
        return refused ? std::optional(refused->kind) : std::nullopt;
    }

    AttributeSource source_;
};

TEST_F(AttributeOfSysfs, IsWatchedIfItIsOne) {
    EXPECT_EQ(source_.status().state, SourceState::Running);
    EXPECT_EQ(refusalOf("/devices/virtual/mem/null", "dev"), std::nullopt);
    EXPECT_EQ(refusalOf("/devices/virtual/mem/null", "power/runtime_status"), std::nullopt);
    EXPECT_EQ(refusalOf("/devices/virtual/mem", "null/dev"), std::nullopt);
}

TEST_F(AttributeOfSysfs, IsRefusedByWhatIsWrongWithIt) {
    EXPECT_EQ(refusalOf("/devices/virtual/mem/null", "nothing"), Kind::Missing);
    EXPECT_EQ(refusalOf("/devices/virtual/mem/nothing", "dev"), Kind::Missing);
    EXPECT_EQ(refusalOf("/devices/virtual/mem/null", "uevent"), Kind::NotSuitable);
    EXPECT_EQ(refusalOf("/devices/virtual/mem/null", "power"), Kind::NotSuitable);
    EXPECT_EQ(refusalOf("/devices/virtual/mem/null", "subsystem"), Kind::NotSuitable);
    EXPECT_EQ(refusalOf("/devices/virtual/mem/null", "subsystem/zero/dev"), Kind::NotSuitable);
    EXPECT_EQ(refusalOf("/devices/virtual/mem/null", "../zero/dev"), Kind::NotSuitable);
    EXPECT_EQ(refusalOf("/class/mem/null", "dev"), Kind::NotSuitable);
    EXPECT_EQ(refusalOf("/sys/devices/virtual/mem/null", "dev"), Kind::Missing);
    EXPECT_EQ(refusalOf("devices/virtual/mem/null", "dev"), Kind::NotSuitable);
    EXPECT_EQ(refusalOf("/../proc", "version"), Kind::NotSuitable);
}

TEST_F(AttributeOfSysfs, IsNotOfAFileSystemThatIsMountedThere) {
    namespace fs = std::filesystem;
    for (const char* place : {"/fs/cgroup", "/kernel/debug", "/kernel/security", "/kernel/tracing"}) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(std::string("/sys") + place, error)) {
            const auto refusal = refusalOf(place, entry.path().filename());
            EXPECT_TRUE(refusal == Kind::NotSuitable || refusal == Kind::NotPermitted) << entry.path();
        }
    }
}

// Of a PCI Express device they are as long as a page.
TEST_F(AttributeOfSysfs, IsNotTheRegistersOfAPciDevice) {
    const auto all = findAttributes([](const auto& file) { return file.path().filename() == "config"; });
    if (all.empty()) GTEST_SKIP() << "no PCI device";
    for (const auto& [object, attribute] : all)
        EXPECT_EQ(refusalOf(object, attribute), Kind::NotSuitable) << object;
}

TEST_F(AttributeOfSysfs, IsRefusedIfNotEverybodyMayReadIt) {
    const auto all = findPrivateAttributes();
    if (all.empty()) GTEST_SKIP() << "everybody may read everything";
    for (const auto& [object, attribute] : all)
        EXPECT_EQ(refusalOf(object, attribute), Kind::NotPermitted) << object << " " << attribute;
}

class AttributeOfADevice : public KernelTestWithSysfs {
protected:
    void SetUp() override {
        KernelTestWithSysfs::SetUp();
        if (IsSkipped()) return;
        devices_.emplace();
        devices_->createVeth("watched", "peer");
        source_.emplace();
        source_->whenGone([this](const AttributeName& name) { gone_.push_back(name); });
        ASSERT_FALSE(source_->watch(Mtu));
    }

    static inline const AttributeName Mtu{"/devices/virtual/net/watched", "mtu"};
    std::optional<NetDevices> devices_;
    std::optional<AttributeSource> source_;
    std::vector<AttributeName> gone_;
};

TEST_F(AttributeOfADevice, IsToldToBeGoneWithTheDevice) {
    devices_->remove("watched");
    source_->lookAgain("/devices/virtual/net/watched");
    EXPECT_EQ(source_->watched(), 0U);
    EXPECT_THAT(gone_, ElementsAre(Mtu));
    ASSERT_TRUE(isReady(*source_, 5'000));
    const auto events = drained(*source_);
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_EQ(events.front().source, "attribute");
    EXPECT_EQ(events.front().action, "remove");
    EXPECT_EQ(events.front().subsystem, "net");
    EXPECT_EQ(events.front().object, Mtu.object);
    EXPECT_EQ(events.front().attribute, "mtu");
    EXPECT_EQ(valueOf(events.front(), names::key::OldValue), "1500");
    EXPECT_EQ(valueOf(events.front()), "(none)");
}

TEST_F(AttributeOfADevice, IsToldToBeGoneWithADeviceAbove) {
    devices_->remove("watched");
    source_->lookAgain("/devices/virtual/net");
    EXPECT_THAT(gone_, ElementsAre(Mtu));
}

TEST_F(AttributeOfADevice, IsNotLookedForWhenAnotherDeviceHasGone) {
    devices_->remove("watched");
    source_->lookAgain("/devices/virtual/net/watch");
    source_->lookAgain("/devices/virtual/net/watched2");
    EXPECT_THAT(gone_, IsEmpty());
    source_->lookAgain("/");
    EXPECT_THAT(gone_, ElementsAre(Mtu));
}

// The kernel says of a device that it is removed before it has taken its directory away.
TEST_F(AttributeOfADevice, IsFoundGoneByTheSecondLook) {
    source_->lookAgain("/devices/virtual/net/watched");
    devices_->remove("watched");
    EXPECT_EQ(source_->watched(), 1U);
    std::vector<Event> events;
    for (const Deadline deadline; events.empty() && !deadline.expired();) {
        ASSERT_TRUE(isReady(*source_, 5'000));
        events = drained(*source_);
    }
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_EQ(events.front().action, "remove");
    EXPECT_THAT(gone_, ElementsAre(Mtu));
}

// The file stays, but it is not that of the name any more.
TEST_F(AttributeOfADevice, IsGoneWhenTheDeviceIsRenamed) {
    devices_->rename("watched", "renamed");
    source_->lookAgain("/devices/virtual/net/watched");
    EXPECT_THAT(gone_, ElementsAre(Mtu));
}

TEST_F(AttributeOfADevice, IsGoneWhenAnotherDeviceHasTakenTheName) {
    devices_->remove("watched");
    devices_->createVeth("watched", "peer");
    source_->endIfGone(Mtu);
    EXPECT_THAT(gone_, ElementsAre(Mtu));
    EXPECT_FALSE(source_->watch(Mtu));
    source_->endIfGone(Mtu);
    EXPECT_EQ(source_->watched(), 1U);
}

// The speed of an interface that is down: EINVAL.
TEST_F(AttributeOfADevice, IsWatchedAlsoWhileItCannotBeRead) {
    EXPECT_FALSE(source_->watch({"/devices/virtual/net/watched", "speed"}));
    EXPECT_EQ(source_->watched(), 2U);
    EXPECT_FALSE(isReady(*source_));
}

} // namespace
} // namespace keventd::test
