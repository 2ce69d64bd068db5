// Fixture: the source `mount` on the kernel's own mounts, in a mount namespace of the program's own.
#pragma once

#include "daemon/sources/kept_events.h"
#include "daemon/sources/mount_source.h"
#include "tests/support/checked_call.h"
#include "tests/support/mount_namespace.h"
#include "tests/support/temporary_directory.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <poll.h>
#include <string>
#include <sys/mount.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace keventd::test {

inline constexpr const char* MountTable = "/proc/self/mountinfo";

/// @return what was told, as "mount NAME": the mount point below `directory`
[[nodiscard]] inline std::vector<std::string> told(const std::vector<Event>& events,
                                                   const std::string& directory) {
    std::vector<std::string> lines;
    for (const Event& event : events) {
        const std::string place(event.properties.find("MOUNTPOINT").value_or("none"));
        lines.push_back(event.action + " " +
                        (place.starts_with(directory) ? place.substr(directory.size()) : place));
    }
    return lines;
}

class MountSourceTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        if (geteuid() == 0) enterMountNamespace();
    }
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root, to mount";
        check(mount("none", top().c_str(), "tmpfs", 0, nullptr), "mount " + top());
        source_ = std::make_unique<MountSource>(std::string(MountTable));
        EXPECT_THAT(look(), ::testing::IsEmpty());
    }
    void TearDown() override { umount2(top().c_str(), MNT_DETACH); }

    [[nodiscard]] std::string top() const { return directory_.path().string(); }
    [[nodiscard]] std::string place(const std::string& name) const {
        std::filesystem::create_directories(top() + name);
        return top() + name;
    }
    /// @return the mount point
    std::string mountTmpfs(const std::string& name, const char* options = nullptr) const {
        check(mount("none", place(name).c_str(), "tmpfs", 0, options), "mount " + name);
        return place(name);
    }
    void umountAt(const std::string& name) const {
        check(umount2((top() + name).c_str(), 0), "umount " + name);
    }

    [[nodiscard]] bool isReadable() const {
        pollfd input{.fd = source_->descriptor(), .events = POLLIN, .revents = 0};
        return poll(&input, 1, 0) == 1;
    }
    /// @return everything that one turn of the loop would bring, and the next ones
    std::vector<Event> look() {
        KeptEvents arrivals;
        while (!source_->drain(arrivals, 64).empty) {
        }
        return std::move(arrivals.events);
    }
    std::vector<std::string> tell() { return told(look(), top()); }

    TemporaryDirectory directory_;
    std::unique_ptr<MountSource> source_;
};

} // namespace keventd::test
