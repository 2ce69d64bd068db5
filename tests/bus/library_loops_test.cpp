// libkeventd in loops that are not its own, and the program of its manual.

#include "daemon/base/c_handles.h"
#include "tests/bus/library_test.h"
#include "tests/bus/piped_command.h"
#include "tests/support/net_devices.h"

#include <cstdlib>
#include <filesystem>
#include <sys/epoll.h>
#include <systemd/sd-event.h>

namespace keventd::test {
namespace {

class LibraryInSdEvent : public LibraryTest {
protected:
    void SetUp() override {
        LibraryTest::SetUp();
        if (IsSkipped()) return;
        sd_event* loop = nullptr;
        checkBus(sd_event_new(&loop), "make loop");
        loop_.reset(loop);
    }

    void subscribe() {
        user_.subscribe(options());
        checkBus(
            sd_event_add_io(loop_.get(), nullptr, user_.subscription().fd(), EPOLLIN, onReadable, &user_),
            "watch descriptor");
    }
    /// @return false at the deadline
    [[nodiscard]] bool runUntil(const std::function<bool()>& isTrue) {
        for (const Deadline deadline; !isTrue();) {
            if (deadline.expired()) return false;
            checkBus(sd_event_run(loop_.get(), static_cast<std::uint64_t>(deadline.left().count())),
                     "run loop");
        }
        return true;
    }

private:
    static int onReadable(sd_event_source*, int, std::uint32_t, void* user) noexcept {
        static_cast<LibraryUser*>(user)->subscription().dispatch();
        return 0;
    }

    EventHandle loop_;
};

TEST_P(LibraryInSdEvent, IsDispatchedWhenItsDescriptorIsReadable) {
    subscribe();
    uevents_.writeMany(1'000);
    ASSERT_TRUE(runUntil([this] { return user_.events().size() >= 1'000; }));
    EXPECT_EQ(user_.numbers(), sequence(1, 1'000));
}

TEST_P(LibraryInSdEvent, ConnectsAgain) {
    subscribe();
    daemon().kill();
    ASSERT_TRUE(runUntil([this] { return user_.timesTold("disconnected") == 1; }));
    startDaemon();
    uevents_.write();
    ASSERT_TRUE(runUntil([this] {
        return !user_.events().empty() && uevents_.hasWritten(user_.events().back());
    })) << "beside what nobody has listened to meanwhile";
}

INSTANTIATE_TEST_SUITE_P(, LibraryInSdEvent, AllRoads, NameOfRoad());

// The program finds the daemon by itself, where one would be that its user has started.
class LibraryExample : public testing::Test {
protected:
    LibraryExample() { std::filesystem::create_directory(runtime_.file("keventd")); }

    [[nodiscard]] DaemonOptions options() const { return {.socket = runtime_.file("keventd/bus")}; }
    [[nodiscard]] PipedCommand start() const {
        return PipedCommand({"env", "XDG_RUNTIME_DIR=" + runtime_.path().string(),
                             "DBUS_SYSTEM_BUS_ADDRESS=unix:path=" + runtime_.file("none"), LIBRARY_EXAMPLE});
    }
    /// @return whether it prints this line
    [[nodiscard]] static bool prints(PipedCommand& program, const std::string& wanted) {
        while (const auto line = program.readLine()) {
            if (*line == wanted) return true;
        }
        return false;
    }

    TemporaryDirectory runtime_;
};

TEST_F(LibraryExample, PrintsWhatIsThereAndWhatHappensAcrossARestart) {
    if (const std::string reason = TaggedUevents::whyImpossible(); !reason.empty()) GTEST_SKIP() << reason;
    NetDevices devices;
    std::optional<DaemonProcess> daemon(options());
    devices.createVeth("kevx1", "kevx1p");
    BusClient(daemon->address()).sync();
    PipedCommand program = start();
    EXPECT_TRUE(prints(program, "there is /devices/virtual/net/kevx1"));
    devices.remove("kevx1");
    EXPECT_TRUE(prints(program, "remove /devices/virtual/net/kevx1"));

    daemon.reset();
    EXPECT_TRUE(prints(program, "connection to " + runtime_.file("keventd/bus") + " lost"));
    daemon.emplace(options());
    devices.createVeth("kevx2", "kevx2p");
    bool isTold = false;
    while (const auto line = program.readLine()) {
        isTold = line->ends_with(" /devices/virtual/net/kevx2"); // there, or added
        if (isTold) break;
    }
    EXPECT_TRUE(isTold);
    devices.remove("kevx2");
}

} // namespace
} // namespace keventd::test
