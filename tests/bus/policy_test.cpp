// The installed policy on a bus that denies what nobody allows, as a system bus does: dbus-daemon reads the
// file itself. (dbus-broker is handed policies by its launcher, which needs systemd.)

#include "tests/bus/broadcast_test.h"
#include "tests/support/effective_user.h"

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>

namespace keventd::test {
namespace {

constexpr const char* Names[] = {names::Bus, names::EventsBus};

// The installed policy is about a user that this machine may not have: another takes its place.
std::string policyFor(const std::string& user) {
    std::string policy = readFile(POLICY_FILE);
    const std::string keventd = "user=\"keventd\"";
    const std::size_t at = policy.find(keventd);
    EXPECT_NE(at, std::string::npos);
    policy.replace(at, keventd.size(), "user=\"" + user + "\"");
    return policy;
}

class BusPolicy : public testing::Test {
protected:
    void SetUp() override {
        if (!DbusDaemon::isInstalled()) GTEST_SKIP() << "dbus-daemon is not installed";
        if (const std::string reason = TaggedUevents::whyImpossible(); !reason.empty())
            GTEST_SKIP() << reason;
    }

    void startBus(const std::string& policy = readFile(POLICY_FILE)) {
        std::ofstream(directory_.file("org.keventd1.conf")) << policy;
        broker_.emplace(DbusDaemon::Names::System,
                        "<include>" + directory_.file("org.keventd1.conf") + "</include>\n");
        broker_->start();
    }
    void startDaemon() {
        DaemonOptions options;
        options.bus = broker_->address();
        options.arguments = {"--broadcast-rate=1000000"};
        options.inChild = hideUdevd;
        daemon_.emplace(std::move(options));
    }
    /// Of a user who may not get at the file that was built.
    void startDaemonAsNobody() {
        std::filesystem::copy_file(DaemonProcess::binary(), directory_.file("keventd"));
        const std::string state = directory_.file("state");
        std::filesystem::create_directory(state);
        ASSERT_EQ(chown(state.c_str(), Nobody, Nobody), 0);
        nobodys_.emplace(asNobody(
            {directory_.file("keventd"), "--socket=" + state + "/bus", "--bus=" + broker_->address()}));
    }
    [[nodiscard]] bool waitForLogOfNobody(const std::string& text) const {
        for (const Deadline deadline; !deadline.expired(); std::this_thread::yield()) {
            if (nobodys_->err().find(text) != std::string::npos) return true;
        }
        return false;
    }

    [[nodiscard]] std::string address() const { return broker_->address(); }
    TaggedUevents uevents_;

private:
    TemporaryDirectory directory_;
    std::optional<DbusDaemon> broker_;
    std::optional<DaemonProcess> daemon_;
    std::optional<ChildProcess> nobodys_;
};

TEST_F(BusPolicy, GivesTheNamesToRoot) {
    startBus();
    startDaemon();
    for (const char* name : Names) EXPECT_TRUE(waitForName(address(), name)) << name;
}

TEST_F(BusPolicy, GivesTheNamesToItsUser) {
    startBus(policyFor("nobody"));
    ASSERT_NO_FATAL_FAILURE(startDaemonAsNobody());
    for (const char* name : Names) EXPECT_TRUE(waitForName(address(), name)) << name;
}

TEST_F(BusPolicy, GivesTheNamesToNobodyElse) {
    startBus();
    ASSERT_NO_FATAL_FAILURE(startDaemonAsNobody());
    for (const char* name : Names) {
        EXPECT_TRUE(waitForLogOfNobody(std::string("does not give the name ") + name + ":")) << name;
        EXPECT_FALSE(hasOwner(BusClient(address(), Via::Broker), name)) << name;
    }
}

TEST_F(BusPolicy, LetsAnOrdinaryUserCallAndSubscribe) {
    startBus();
    startDaemon();
    ASSERT_TRUE(waitForName(address()));
    const EffectiveUser nobody(Nobody);
    Subscriber subscriber(address(), uevents_.wanted(), Via::Broker);
    const BusClient client(address(), Via::Broker);
    EXPECT_EQ(client.streamId(), subscriber.stream());
    EXPECT_GT(client.sync(), 0U);
    EXPECT_EQ(client.getEvents().stream, subscriber.stream());
    EXPECT_GT(client.statistics().size(), 0U);
}

TEST_F(BusPolicy, LetsAnOrdinaryUserReceive) {
    startBus();
    startDaemon();
    ASSERT_TRUE(waitForName(address()));
    ASSERT_TRUE(waitForName(address(), names::EventsBus));
    std::optional<Subscriber> subscriber;
    std::optional<BroadcastListener> listener;
    {
        const EffectiveUser nobody(Nobody);
        subscriber.emplace(address(), uevents_.wanted(), Via::Broker);
        listener.emplace(address());
    }
    uevents_.write();
    EXPECT_TRUE(waitForEvents(*subscriber, 1));
    EXPECT_TRUE(listener->waitForEvent([&](const Event& e) { return uevents_.hasWritten(e); }));
}

// What the file is for.
TEST_F(BusPolicy, IsNeededForAll) {
    startBus("<busconfig/>");
    startDaemon();
    EXPECT_FALSE(hasOwner(BusClient(address(), Via::Broker), names::Bus));
    const EffectiveUser nobody(Nobody);
    EXPECT_THROW(BusClient(address(), Via::Broker).sync(), CallError);
}

} // namespace
} // namespace keventd::test
