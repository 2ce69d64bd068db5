// The sources beside uevents, as the daemon runs them: their states, and mounts through a restart.

#include "daemon/sources/generic_families.h"
#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/support/mount_namespace.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

TEST(GenericSources, RunWhereTheKernelHasTheirFamilyAndWaitForItElsewhere) {
    DaemonOptions options;
    options.sources = "thermal,acpi,quota";
    const DaemonProcess daemon(options);
    const auto sources = BusClient(daemon.address()).sources();
    const auto expected = [](const char* family) { return findFamily(family) ? "running" : "waiting"; };
    EXPECT_EQ(sources.at("thermal"), expected("thermal"));
    EXPECT_EQ(sources.at("acpi"), expected("acpi_event"));
    EXPECT_EQ(sources.at("quota"), expected("VFS_DQUOT"));
    EXPECT_EQ(sources.at("link"), "disabled");
}

TEST(Sources, ThatCanBeComparedAreComparedWhenSomebodyAsks) {
    DaemonOptions options;
    options.sources = "link,address,acpi,power";
    const DaemonProcess daemon(options);
    const BusClient client(daemon.address());
    client.send(client.newCall(names::method::Resync));
    std::vector<std::string> resynced;
    for (const Event& event : client.wholeHistory({})) {
        if (event.action != names::action::Resynced) continue;
        resynced.emplace_back(event.properties.find(names::key::Source).value_or(""));
        EXPECT_FALSE(event.properties.find(names::key::Overrun)) << "nothing was lost";
    }
    EXPECT_THAT(resynced, UnorderedElementsAre("link", "address", "kernel", "udev"));
}

// Whatever family there is: that of the kernel's own has the number and the group that are fixed.
TEST(GenericFamilies, AreFoundByTheirNames) {
    const auto family = findFamily("nlctrl");
    ASSERT_TRUE(family);
    EXPECT_EQ(family->number, ControlFamily);
    EXPECT_EQ(family->findGroup("notify"), ControlGroup);
    EXPECT_FALSE(findFamily("no-such-family"));
}

class Mounts : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        if (geteuid() == 0) enterMountNamespace();
    }
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "only root may mount";
        std::ofstream(directory_.file("keventd.toml")) << "[sources.mount]\ntable = '/proc/self/mountinfo'\n";
        for (const char* name : {"a", "b"}) std::filesystem::create_directory(directory_.path() / name);
    }
    void TearDown() override {
        for (const char* name : {"a", "b"}) umount2(directory_.file(name).c_str(), MNT_DETACH);
    }
    [[nodiscard]] DaemonOptions options() const {
        DaemonOptions options;
        options.sources = "mount";
        options.config = directory_.file("keventd.toml");
        options.arguments.push_back("--state=" + directory_.path().string());
        return options;
    }
    void mountTmpfs(const char* name) const {
        ASSERT_EQ(mount("none", directory_.file(name).c_str(), "tmpfs", 0, nullptr), 0);
    }
    void unmount(const char* name) const { ASSERT_EQ(umount(directory_.file(name).c_str()), 0); }

    /// Waits until so many have been told.
    /// @return "mount a", and "!" behind what was found by comparison
    [[nodiscard]] std::vector<std::string> told(const DaemonProcess& daemon, std::size_t count) const {
        Subscriber subscriber(daemon.address(), {.since = 0});
        const auto words = [&] {
            std::vector<std::string> all;
            for (const Event& event : subscriber.events()) {
                if (event.source != names::source::Mount) continue;
                const std::filesystem::path place(event.properties.find("MOUNTPOINT").value_or(""));
                const bool isFound = (event.flags & EventFlag::Resync) != 0;
                all.push_back(event.action + " " + place.filename().string() + (isFound ? "!" : ""));
            }
            return all;
        };
        EXPECT_TRUE(subscriber.waitUntil([&] { return words().size() >= count; }));
        return words();
    }

    TemporaryDirectory directory_;
};

TEST_F(Mounts, AreToldAsTheyComeAndGo) {
    const DaemonProcess daemon(options());
    mountTmpfs("a");
    EXPECT_THAT(told(daemon, 1), ElementsAre("mount a"));
    unmount("a");
    EXPECT_THAT(told(daemon, 2), ElementsAre("mount a", "umount a"));
}

TEST_F(Mounts, ThatHaveChangedWhileTheDaemonWasAwayAreToldByTheNextOne) {
    mountTmpfs("a");
    {
        DaemonProcess first(options());
        mountTmpfs("b");
        EXPECT_THAT(told(first, 1), ElementsAre("mount b"));
        first.kill();
    }
    unmount("a");
    {
        DaemonProcess second(options());
        EXPECT_THAT(told(second, 2), ElementsAre("mount b", "umount a!"));
        second.kill();
    }
    const DaemonProcess third(options());
    unmount("b");
    EXPECT_THAT(told(third, 3), ElementsAre("mount b", "umount a!", "umount b"));
}

} // namespace
} // namespace keventd::test
