// Activation by a bus that starts services itself: the file that is installed, and dbus-daemon, which reads
// it. (Where systemd runs, the bus leaves it to that: SystemdService=.)

#include "keventd/client.h"
#include "keventd/names.h"
#include "keventd/subscription.h"
#include "tests/support/broker.h"
#include "tests/support/bus_client.h"
#include "tests/support/daemon_process.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>

namespace keventd::test {
namespace {

void replace(std::string& text, const std::string& what, const std::string& with) {
    const std::size_t at = text.find(what);
    ASSERT_NE(at, std::string::npos) << "no '" << what << "' in:\n" << text;
    text.replace(at, what.size(), with);
}

class Activation : public testing::Test {
protected:
    void SetUp() override {
        if (!DbusDaemon::isInstalled()) GTEST_SKIP() << "dbus-daemon is not installed";
        std::filesystem::create_directory(directory_.file("services"));
        broker_.emplace(DbusDaemon::Names::Any,
                        "<servicedir>" + directory_.file("services") + "</servicedir>\n");
    }

    /// @param program  what takes the place of the installed daemon
    void startBus(const std::string& program) {
        ASSERT_NO_FATAL_FAILURE(installService(program));
        broker_->start();
    }

    [[nodiscard]] std::string address() const { return broker_->address(); }

    /// Ends who has the name.
    static void endOwner(const BusClient& client) {
        sd_bus_creds* creds = nullptr;
        checkBus(sd_bus_get_name_creds(client.get(), names::Bus, SD_BUS_CREDS_PID, &creds),
                 "ask for the owner");
        pid_t pid = 0;
        const int result = sd_bus_creds_get_pid(creds, &pid);
        sd_bus_creds_unref(creds);
        checkBus(result, "read the owner's pid");
        EXPECT_EQ(kill(pid, SIGTERM), 0);
    }

private:
    // What is started is what was built, with a bus and a socket of the test's own. dbus-daemon lets go of
    // what it has started, so a limit ends it if the test cannot.
    void installService(const std::string& program) const {
        std::string service = readFile(ACTIVATION_FILE);
        replace(service, "Exec=" SBINDIR "/keventd", "Exec=/usr/bin/timeout 60 " + program);
        replace(service, "--socket=/run/keventd/bus",
                "--socket=" + directory_.file("bus") + " --config=/dev/null --bus=" + broker_->address());
        std::ofstream(directory_.file("services/org.keventd1.service")) << service;
    }

    TemporaryDirectory directory_;
    std::optional<DbusDaemon> broker_;
};

TEST_F(Activation, StartsTheDaemonForTheFirstWhoCalls) {
    ASSERT_NO_FATAL_FAILURE(startBus(DaemonProcess::binary()));
    const BusClient client(address(), Via::Broker);
    EXPECT_FALSE(client.streamId().empty());
    EXPECT_GT(client.sync(), 0U);
    endOwner(client);
}

// That it may be started later is for who waits to find out.
TEST_F(Activation, ThatFailsIsAFailureToConnect) {
    ASSERT_NO_FATAL_FAILURE(startBus("/bin/false"));
    try {
        const Client client(busAt(address()));
        ADD_FAILURE() << "has connected";
    } catch (const ConnectionError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("cannot be started"));
    }
    SubscriptionOptions patient;
    patient.endpoint = busAt(address());
    patient.waitForDaemon = true;
    const Subscription subscription(patient, {.event = [](const Event&) {}});
    EXPECT_FALSE(subscription.isConnected());
    EXPECT_THAT(subscription.reason(), testing::HasSubstr("cannot be started"));
}

} // namespace
} // namespace keventd::test
