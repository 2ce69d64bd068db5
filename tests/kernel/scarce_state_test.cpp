// A state directory on a file system of its own: too small, soon full, or one that cannot allocate in
// advance.

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/support/checked_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <sched.h>
#include <sys/mount.h>

namespace keventd::test {
namespace {

using testing::HasSubstr;

/// A file system that only this process and its children see.
class Mounted {
public:
    Mounted(const char* type, const char* options) {
        check(mount(type, path().c_str(), type, 0, options), "mount");
    }
    Mounted(const Mounted&) = delete;
    Mounted& operator=(const Mounted&) = delete;
    ~Mounted() { umount2(path().c_str(), MNT_DETACH); }

    [[nodiscard]] std::string path() const { return directory_.path().string(); }

private:
    TemporaryDirectory directory_;
};

// Runs in an executable of its own: the process stays in the mount namespace.
class ScarceState : public KernelTest {
protected:
    static void SetUpTestSuite() {
        if (unshare(CLONE_NEWNS) < 0) return; // the tests skip themselves for the same reason
        check(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make mounts private");
    }

    static DaemonOptions on(const Mounted& state) { return {.arguments = {"--state=" + state.path()}}; }

    static std::size_t countOf(const BusClient& client, const UeventWriters& writers) {
        return client
            .wholeHistory({.filters = {{names::option::Properties, {"SYNTH_UUID=" + writers.uuid()}}}})
            .size();
    }
};

TEST_F(ScarceState, ThatHasNoRoomIsNamedWithTheReason) {
    const Mounted tiny("tmpfs", "size=64k");
    const TemporaryDirectory directory;
    const Finished finished = run({DaemonProcess::binary(), "--socket=" + directory.file("bus"), "--bus=none",
                                   "--config=/dev/null", "--state=" + tiny.path()});
    EXPECT_EQ(finished.status, 1);
    EXPECT_EQ(finished.err,
              "keventd: error: state file " + tiny.path() + "/state: allocate: No space left on device\n");
    EXPECT_FALSE(std::filesystem::exists(tiny.path() + "/state.new")) << "what was begun is left there";
}

TEST_F(ScarceState, ThatIsSoonFullKeepsFewerEvents) {
    const Mounted small("tmpfs", "size=8m");
    DaemonProcess daemon(on(small));
    const BusClient client(daemon.address());
    UeventWriters first(2, 10'000);
    first.join();
    client.sync(); // what waits has room in the file, too
    UeventWriters last(2, 500);
    last.join();
    client.sync();
    EXPECT_GT(client.number(names::property::FirstId), 1U);
    EXPECT_EQ(countOf(client, last), last.total());
    EXPECT_THAT(daemon.log(), HasSubstr("of history, dropping older events"));
}

TEST_F(ScarceState, ThatIsFullIsTakenUp) {
    const Mounted small("tmpfs", "size=8m");
    UeventWriters writers(2, 10'000);
    std::string stream;
    std::uint64_t last = 0;
    {
        DaemonProcess first(on(small));
        const BusClient client(first.address());
        writers.join();
        stream = client.streamId();
        last = client.sync();
        first.kill();
    }
    DaemonProcess second(on(small));
    const BusClient client(second.address());
    EXPECT_EQ(client.streamId(), stream) << second.log();
    EXPECT_GE(client.sync(), last);
}

TEST_F(ScarceState, ThatCannotAllocateInAdvanceIsWrittenTo) {
    const Mounted simple("ramfs", "");
    std::optional<UeventWriters> writers; // which write when there is somebody to listen
    std::string stream;
    {
        DaemonProcess first(on(simple));
        const BusClient client(first.address());
        writers.emplace(2, 5'000);
        writers->join();
        client.sync();
        stream = client.streamId();
        first.kill();
    }
    DaemonProcess second(on(simple));
    const BusClient client(second.address());
    EXPECT_EQ(client.streamId(), stream) << second.log();
    EXPECT_EQ(countOf(client, *writers), writers->total());
}

} // namespace
} // namespace keventd::test
