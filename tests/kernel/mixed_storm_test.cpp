// A storm of several sources at once: uevents, an interface that changes, and mounts that come and go. What
// each of them promises must hold beside the others.

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/kernel/resync_events.h"
#include "tests/support/checked_call.h"
#include "tests/support/links.h"
#include "tests/support/mount_namespace.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <set>
#include <sstream>
#include <string>
#include <sys/mount.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace keventd::test {
namespace {

constexpr const char* MountTable = "/proc/self/mountinfo";
constexpr int FirstMtu = 1'000;
constexpr int ChangesOfHalf = 5'000;
constexpr int EndOfMtus = FirstMtu + 2 * ChangesOfHalf;
constexpr std::size_t MountCount = 1'000;
constexpr std::uint64_t EventsOfEachWriter = 15'000;

// Mount points; each as often as it is there.
using Places = std::multiset<std::string>;

// Each to the next, and not to `end`.
void changeMtus(int begin, int end) {
    Mtu mtu("left");
    for (int value = begin; value < end; ++value) mtu.set(value);
}

// @return what was told of lost messages of links: "overrun", "resynced", …
std::vector<std::string> lossesIn(const Events& events) {
    std::vector<std::string> losses;
    for (const Event& event : events) {
        const bool isSaid = isOverrun(event) || isAbout(event, names::action::Resynced);
        if (isSaid && textIn(event, names::key::Source) == names::source::Link)
            losses.push_back(event.action);
    }
    return losses;
}

// Until the last value has been told, and what was found missing, if anything was.
void waitForMtus(Subscriber& subscriber) {
    EXPECT_TRUE(subscriber.waitUntil([&subscriber] {
        const std::vector<std::string> told = valuesOf(subscriber.events(), "mtu");
        const std::vector<std::string> losses = lossesIn(subscriber.events());
        const bool isCompared = losses.empty() || losses.back() == names::action::Resynced;
        return isCompared && !told.empty() && told.back() == std::to_string(EndOfMtus - 1);
    }));
}

void expectEachMtu(const std::vector<std::string>& told) {
    std::vector<std::string> expected;
    for (int value = FirstMtu; value < EndOfMtus; ++value) expected.push_back(std::to_string(value));
    EXPECT_EQ(told, expected);
}

// Each value once and in order; or the loss is told, and at last the value that is there.
void expectMtusOrTheirLoss(const Events& events) {
    const std::vector<std::string> told = valuesOf(events, "mtu");
    const std::vector<std::string> losses = lossesIn(events);
    if (losses.empty()) return expectEachMtu(told);
    EXPECT_EQ(losses.front(), names::action::Overrun);
    EXPECT_EQ(losses.back(), names::action::Resynced);
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told.back(), std::to_string(EndOfMtus - 1));
}

Places placesIn(const Events& events, const char* action) {
    Places places;
    for (const Event& event : events) {
        if (event.source == names::source::Mount && event.action == action)
            places.insert(textIn(event, "MOUNTPOINT"));
    }
    return places;
}

// Until as many as there are have been told to have come, or to have gone.
void waitForMounts(Subscriber& subscriber, const char* action) {
    std::size_t told = 0;
    const auto isLast = [&](const Event& event) {
        const bool isWanted = event.source == names::source::Mount && event.action == action;
        return isWanted && ++told == MountCount;
    };
    EXPECT_NE(subscriber.waitForEvent(isLast), nullptr) << told << " of " << action;
}

// Half of it: uevents, an MTU from `mtu` on, and mounts that are changed so that each is told by `action`.
void storm(WatchedDaemon& daemon, int mtu, const char* action, const std::function<void()>& changeMounts) {
    UeventWriters uevents(2, EventsOfEachWriter);
    std::jthread links(changeMtus, mtu, mtu + ChangesOfHalf);
    changeMounts();
    waitForMounts(daemon.subscriber(), action);
    links.join();
    uevents.join();
    daemon.expectComplete();
    expectWrittenInOrder(daemon.events(), uevents);
}

class MixedStorm : public KernelTest {
protected:
    static void SetUpTestSuite() {
        if (geteuid() == 0) enterMountNamespace();
    }
    void SetUp() override {
        KernelTest::SetUp();
        if (IsSkipped()) return;
        check(mount("none", top().c_str(), "tmpfs", 0, nullptr), "mount " + top());
        for (std::size_t i = 0; i < MountCount; ++i) std::filesystem::create_directory(place(i));
        std::ofstream(config()) << "[sources.mount]\ntable = '" << MountTable << "'\n";
        addPair();
    }
    void TearDown() override { umount2(top().c_str(), MNT_DETACH); }

    [[nodiscard]] DaemonOptions options() const {
        DaemonOptions options;
        options.sources = "link,address,mount";
        options.config = config();
        options.arguments = {"--history=4G"}; // room for all; allocated as used
        return options;
    }

    void mountAll() const {
        for (std::size_t i = 0; i < MountCount; ++i)
            check(mount("none", place(i).c_str(), "tmpfs", 0, nullptr), "mount " + place(i));
    }
    void unmountAll() const {
        for (std::size_t i = 0; i < MountCount; ++i) check(umount(place(i).c_str()), "umount " + place(i));
    }

    /// @return what the kernel has mounted there
    [[nodiscard]] Places mounted() const {
        Places places;
        std::ifstream table(MountTable);
        for (std::string line; std::getline(table, line);) {
            std::istringstream fields(line);
            std::string place;
            for (int field = 0; field < 5; ++field) fields >> place;
            if (place.starts_with(top() + "/")) places.insert(place);
        }
        return places;
    }

    void expectAllToldBy(DaemonOptions options) const {
        WatchedDaemon daemon(std::move(options));
        storm(daemon, FirstMtu, names::action::Mount, [this] { mountAll(); });
        const Places places = mounted();
        storm(daemon, FirstMtu + ChangesOfHalf, names::action::Umount, [this] { unmountAll(); });
        waitForMtus(daemon.subscriber());

        expectMtusOrTheirLoss(daemon.events());
        EXPECT_EQ(places.size(), MountCount);
        EXPECT_EQ(placesIn(daemon.events(), names::action::Mount), places);
        EXPECT_EQ(placesIn(daemon.events(), names::action::Umount), places);
        EXPECT_EQ(mounted(), Places());
    }

private:
    [[nodiscard]] std::string top() const { return directory_.path().string(); }
    [[nodiscard]] std::string config() const { return directory_.file("keventd.toml"); }
    [[nodiscard]] std::string place(std::size_t number) const {
        return directory_.file(std::to_string(number));
    }

    TemporaryDirectory directory_;
};

TEST_F(MixedStorm, IsToldOnceAndInTheOrderOfEachSource) {
    expectAllToldBy(options());
}

// By a socket with room for a few messages.
TEST_F(MixedStorm, LosesNoChangeOfALinkSilently) {
    const UniqueFd links = openRouteSocket(LinkGroups, 8192);
    DaemonOptions small = options();
    small.inherited = {links.get()};
    expectAllToldBy(std::move(small));
}

TEST_F(MixedStorm, OfUeventsThatDoesNotEndLetsOtherSourcesSpeak) {
    const DaemonProcess daemon(options());
    Subscriber subscriber(daemon.address(),
                          {.filters = {{names::option::Sources, {names::source::Link}}}, .since = 0});
    const PacedWriters writers(2, std::chrono::milliseconds(0));
    Mtu mtu("left");
    for (int value = FirstMtu; value < FirstMtu + 5; ++value) {
        mtu.set(value);
        ASSERT_NE(waitForLink(subscriber, "left", "change mtu=" + std::to_string(value)), nullptr);
    }
}

} // namespace
} // namespace keventd::test
