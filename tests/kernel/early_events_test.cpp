// What the helper recorded before the daemon ran, in the daemon's stream: with real events, of which the
// kernel told by the helper, by netlink, or by both.

#include "daemon/base/clock.h"
#include "daemon/hotplug/spool_format.h"
#include "keventd/names.h"
#include "tests/kernel/helper_test.h"
#include "tests/support/effective_user.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace keventd::test {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

/// What the kernel would have run its helper with: the environments of all events since it began.
class HelperEnvironments {
public:
    /// @return of those that have not been taken yet
    std::vector<std::vector<std::string>> take(const std::string& uuid) {
        std::vector<std::vector<std::string>> all;
        std::array<char, 8192> datagram{};
        for (;;) {
            const ssize_t bytes = recv(socket_.get(), datagram.data(), datagram.size(), MSG_DONTWAIT);
            if (bytes <= 0) return all;
            std::string_view rest(datagram.data(), static_cast<std::size_t>(bytes));
            std::vector<std::string> variables;
            for (rest.remove_prefix(rest.find('\0') + 1); !rest.empty();
                 rest.remove_prefix(variables.back().size() + 1))
                variables.emplace_back(rest.substr(0, rest.find('\0')));
            const bool isOurs = std::count(variables.begin(), variables.end(), "SYNTH_UUID=" + uuid) > 0;
            variables.insert(variables.end(), {"HOME=/", "PATH=/sbin:/bin:/usr/sbin:/usr/bin"});
            if (isOurs) all.push_back(std::move(variables));
        }
    }

private:
    UniqueFd socket_ = openUeventSocket(KernelGroup);
};

bool has(const Event* event, std::uint32_t flag) {
    return (event->flags & flag) != 0;
}

class EarlyEvents : public HandOverTest {
protected:
    void SetUp() override {
        HandOverTest::SetUp();
        if (!IsSkipped()) environments_ = std::make_unique<HelperEnvironments>();
    }

    [[nodiscard]] std::string handedOver() const { return root().path("/run/keventd/spool"); }
    [[nodiscard]] DaemonOptions options(std::vector<std::string> arguments = {}) const {
        arguments.push_back("--spool=" + handedOver());
        arguments.push_back("--state=" + state_.path().string());
        return {.arguments = std::move(arguments)};
    }

    /// Has the kernel tell of events by the helper: all at once, in any order.
    void writeEarly(UeventWriter& writer, std::uint64_t count) const {
        writer.write(count);
        runHelpers(environments_->take(writer.uuid()));
    }
    void runHelpers(std::vector<std::vector<std::string>> environments) const {
        std::mt19937 random(4711);
        std::shuffle(environments.begin(), environments.end(), random);
        std::vector<pid_t> pids;
        for (const auto& environment : environments) pids.push_back(root().start(environment));
        for (const pid_t pid : pids) EXPECT_EQ(reap(pid), 0);
    }
    void handOver() const {
        const Finished finished = root().handOver();
        ASSERT_EQ(finished.status, 0) << finished.err;
    }

    static std::vector<const Event*> overruns(const Events& events) {
        return select(events, [](const Event& event) { return event.action == names::action::Overrun; });
    }

private:
    TemporaryDirectory state_;
    std::unique_ptr<HelperEnvironments> environments_;
};

TEST_F(EarlyEvents, ArePublishedOnceInOrderAndFlagged) {
    UeventWriter writer;
    writeEarly(writer, 100);
    handOver();
    DaemonProcess daemon(options());
    const BusClient client(daemon.address());
    writer.write(10);
    client.sync();
    const Events all = everything(client);
    expectSoundStream(all);
    expectWrittenInOrder(all, writer);
    const auto ours = writtenBy(all, writer.uuid());
    ASSERT_EQ(ours.size(), 110U);
    for (std::size_t i = 0; i < ours.size(); ++i)
        EXPECT_EQ(ours[i]->flags & ~EventFlag::Synthetic, i < 100 ? EventFlag::Early : 0U);
    EXPECT_TRUE(overruns(all).empty());
    EXPECT_TRUE(fs::is_empty(handedOver()));
    EXPECT_EQ(daemon.log().find("warning"), std::string::npos) << daemon.log();
}

// Three thirds: by the helper alone, by both, by netlink alone.
TEST_F(EarlyEvents, AreSortedTogetherWithWhatWaitedInTheSocketWhichWins) {
    UeventWriter writer;
    writeEarly(writer, 50);
    const UniqueFd socket = openUeventSocket(KernelGroup);
    writeEarly(writer, 50);
    writer.write(50);
    handOver();
    DaemonOptions withSocket = options();
    withSocket.inherited = {socket.get()};
    DaemonProcess daemon(withSocket);
    const Events all = everything(BusClient(daemon.address()));
    expectSoundStream(all);
    expectWrittenInOrder(all, writer);
    const auto ours = writtenBy(all, writer.uuid());
    ASSERT_EQ(ours.size(), 150U);
    for (std::size_t i = 0; i < ours.size(); ++i) {
        EXPECT_EQ(has(ours[i], EventFlag::Early), i < 50) << i;
        EXPECT_EQ(has(ours[i], EventFlag::Queued), i >= 50) << i;
        EXPECT_FALSE(has(ours[i], EventFlag::Late)) << i;
    }
}

TEST_F(EarlyEvents, HaveTheTimeOfTheHelper) {
    const auto before = readClock(CLOCK_BOOTTIME);
    UeventWriter writer;
    writeEarly(writer, 1);
    handOver();
    const auto after = readClock(CLOCK_BOOTTIME);
    DaemonProcess daemon(options());
    const Events all = everything(BusClient(daemon.address()));
    const auto ours = writtenBy(all, writer.uuid());
    ASSERT_EQ(ours.size(), 1U);
    EXPECT_GE(ours[0]->boottime, before);
    EXPECT_LE(ours[0]->boottime, after);
    const auto now = readTimeNow();
    EXPECT_NEAR(static_cast<double>((now.realtime - ours[0]->realtime).count()),
                static_cast<double>((now.boottime - ours[0]->boottime).count()), 1e6);
}

TEST_F(EarlyEvents, ReachADaemonWithoutPrivilege) {
    ASSERT_EQ(chown(root().path("/run/keventd").c_str(), Nobody, Nobody), 0);
    UeventWriter writer;
    writeEarly(writer, 10);
    handOver();
    std::unique_ptr<DaemonProcess> daemon;
    {
        const EffectiveUser nobody(Nobody); // whose directories it uses
        daemon = std::make_unique<DaemonProcess>(
            DaemonOptions{.arguments = {"--spool=" + handedOver()}, .inChild = [] {
                              if (setresuid(Nobody, Nobody, Nobody) < 0) _exit(1);
                          }});
    }
    const Events all = everything(BusClient(daemon->address()));
    EXPECT_EQ(writtenBy(all, writer.uuid()).size(), 10U) << daemon->log();
    EXPECT_TRUE(fs::is_empty(handedOver()));
}

TEST_F(EarlyEvents, ThatWereDroppedAreToldWithTheirExactNumber) {
    UeventWriter writer;
    root().mount("/run/keventd", "mode=755");
    ASSERT_EQ(mount(nullptr, root().path("/run").c_str(), nullptr, MS_REMOUNT, "size=20k"), 0);
    const std::uint64_t refused = countFailures(root().startAtOnce(300));
    ASSERT_GT(refused, 0U);
    handOver();
    DaemonProcess daemon(options());
    const Events all = everything(BusClient(daemon.address()));
    expectSoundStream(all);
    ASSERT_EQ(overruns(all).size(), 1U) << daemon.log();
    const Event& told = *overruns(all).front();
    EXPECT_EQ(numberIn(told, names::key::Count), refused);
    EXPECT_EQ(told.properties.find(names::key::Source), "kernel");
    EXPECT_EQ(told.properties.find(names::key::SeqnumFrom), "1");
    EXPECT_EQ(
        std::count_if(all.begin(), all.end(), [](const Event& event) { return event.subsystem == "test"; }),
        static_cast<std::ptrdiff_t>(300 - refused));
}

// As if it had been killed before it could remove the spool.
TEST_F(EarlyEvents, AreNotRepeatedWhenTheirSpoolIsReadAgainNorIsTheirLoss) {
    UeventWriter writer;
    writeEarly(writer, 20);
    std::fstream file(root().path("/run/keventd-hotplug/spool"),
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(offsetof(spool::Header, dropped));
    file.put(7);
    file.close();
    handOver();
    const std::string kept = root().path("/kept");
    fs::copy(handedOver(), kept);
    Events before;
    {
        DaemonProcess first(options());
        before = everything(BusClient(first.address()));
        first.kill();
    }
    fs::copy(kept, handedOver());
    DaemonProcess second(options());
    const Events all = everything(BusClient(second.address()));
    expectSoundStream(all);
    ASSERT_GE(all.size(), before.size());
    EXPECT_EQ(writtenBy(all, writer.uuid()).size(), 20U);
    const auto told = select(all, [](const Event& event) { return numberIn(event, names::key::Count) == 7; });
    EXPECT_EQ(told.size(), 1U);
    EXPECT_TRUE(fs::is_empty(handedOver()));
}

TEST_F(EarlyEvents, AreThereOnceHoweverOftenTheDaemonIsKilledWhileItTakesThemUp) {
    UeventWriter writer;
    writeEarly(writer, 300);
    handOver();
    DaemonOptions killed = options();
    killed.coldplug = true;
    killAtItsStart(killed);
    DaemonProcess last(options());
    const Events all = everything(BusClient(last.address()));
    expectSoundStream(all);
    expectWrittenInOrder(all, writer);
    EXPECT_EQ(writtenBy(all, writer.uuid()).size(), 300U);
    EXPECT_TRUE(fs::is_empty(handedOver()));
}

TEST_F(EarlyEvents, AreTakenBesideWhatIsNoSpoolWhichIsNamed) {
    UeventWriter writer;
    writeEarly(writer, 10);
    handOver();
    fs::create_symlink("/etc/passwd", handedOver() + "/1.spool");
    ASSERT_EQ(mkfifo((handedOver() + "/2.spool").c_str(), 0600), 0);
    std::ofstream(handedOver() + "/3.spool") << std::string(100, '\xa5');
    DaemonProcess daemon(options());
    EXPECT_THAT(daemon.log(), HasSubstr("spool " + handedOver() + "/1.spool: a symbolic link, ignoring"));
    EXPECT_THAT(daemon.log(), HasSubstr("spool " + handedOver() + "/2.spool: no regular file, ignoring"));
    EXPECT_THAT(daemon.log(),
                HasSubstr("spool " + handedOver() + "/3.spool: no spool of keventd-hotplug, ignoring"));
    const Events all = everything(BusClient(daemon.address()));
    EXPECT_EQ(writtenBy(all, writer.uuid()).size(), 10U);
}

} // namespace
} // namespace keventd::test
