// Clients that break the rules harm neither the daemon nor anybody else.

#include "keventd/names.h"
#include "tests/bus/bus_test.h"
#include "tests/bus/hostile_client.h"
#include "tests/support/effective_user.h"

#include <atomic>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <thread>

namespace keventd::test {
namespace {

using testing::HasSubstr;

constexpr int Hundreds = 300;
constexpr int MoreThanAreServed = 600;
constexpr int ConnectionsOfAUser = 128;

class HostileClients : public BusEventTest {
protected:
    void SetUp() override {
        BusEventTest::SetUp();
        if (!IsSkipped()) descriptors_ = descriptorsOf(daemon().pid());
    }

    // After each test: the daemon serves others, and has no descriptor left over.
    void TearDown() override {
        if (IsSkipped() || HasFatalFailure()) return;
        ASSERT_TRUE(waitUntilAllAccepted(socket()));
        expectSubscribersServed();
        EXPECT_TRUE(hasAtMostDescriptors(descriptors_))
            << descriptorsOf(daemon().pid()) << " instead of " << descriptors_;
        EXPECT_TRUE(hasSubscriptions(0));
    }

    void expectSubscribersServed() {
        Subscriber subscriber = subscribe(uevents_.wanted());
        const std::uint64_t first = uevents_.written() + 1;
        uevents_.writeMany(10);
        ASSERT_TRUE(waitForEvents(subscriber, 10)) << daemon().log();
        EXPECT_EQ(numbersOf(subscriber, uevents_), sequence(first, first + 9));
    }

    /// Counted while one connection, of the test, asks.
    [[nodiscard]] bool hasAtMostDescriptors(std::size_t count) {
        return eventually([&] { return descriptorsOf(daemon().pid()) <= count + 1; });
    }

    /// @return a client that has been served
    [[nodiscard]] BusClient connectAs(uid_t uid) const {
        const EffectiveUser user(uid);
        BusClient client = connect();
        static_cast<void>(client.streamId());
        return client;
    }

    [[nodiscard]] std::string socket() { return daemon().socketPath(); }

private:
    std::size_t descriptors_ = 0;
};

TEST_P(HostileClients, ThatNeverAuthenticateKeepNobodyOut) {
    std::vector<HostileClient> silent;
    for (int i = 0; i < MoreThanAreServed; ++i) silent.emplace_back(socket());
    ASSERT_TRUE(waitUntilAllAccepted(socket()));
    expectSubscribersServed();
}

TEST_P(HostileClients, ThatOnlyAuthenticateKeepNobodyOut) {
    std::vector<HostileClient> silent;
    for (int i = 0; i < MoreThanAreServed; ++i) {
        silent.emplace_back(socket());
        silent.back().write(HostileClient::authentication());
        ASSERT_THAT(silent.back().read(), ::testing::StartsWith("OK ")) << "client " << i;
    }
    ASSERT_TRUE(waitUntilAllAccepted(socket()));
    expectSubscribersServed();
}

TEST_P(HostileClients, ThatSendGarbageAreCutOff) {
    for (int i = 0; i < Hundreds; ++i) {
        HostileClient client(socket());
        client.write(std::string(4096, static_cast<char>('A' + i % 64)));
        ASSERT_TRUE(client.waitForHangup()) << "round " << i;
    }
}

TEST_P(HostileClients, ThatSendGarbageAfterAuthenticationAreCutOff) {
    for (int i = 0; i < Hundreds; ++i) {
        HostileClient client(socket());
        client.write(HostileClient::authentication());
        ASSERT_TRUE(client.read().starts_with("OK "));
        client.write(std::string(64, static_cast<char>(i)));
        ASSERT_TRUE(client.waitForHangup()) << "round " << i;
    }
}

TEST_P(HostileClients, ThatSendGarbageTogetherWithAuthenticationAreCutOff) {
    HostileClient client(socket());
    client.write(HostileClient::authentication() + std::string(64, 'A'));
    EXPECT_TRUE(client.waitForHangup());
}

TEST_P(HostileClients, ThatAnnounceAnEndlessMessageAreCutOff) {
    HostileClient client(socket());
    client.write(HostileClient::authentication());
    // Little endian, a method call, version 1, a body and a header of 4 GiB each.
    client.write(std::string_view("l\1\0\1\xff\xff\xff\xff\1\0\0\0\xff\xff\xff\xff", 16));
    EXPECT_TRUE(client.waitForHangup());
}

TEST_P(HostileClients, ThatLeaveInTheMiddleOfAuthenticationCostNothing) {
    for (int i = 0; i < Hundreds; ++i) HostileClient(socket()).write(std::string_view("\0AUTH EXT", 9));
}

TEST_P(HostileClients, ThatLeaveInTheMiddleOfACallCostNothing) {
    for (int i = 0; i < Hundreds; ++i) {
        HostileClient client(socket());
        client.write(HostileClient::authentication());
        client.write(std::string_view("l\1\0\1\x10\0\0\0\1\0\0\0\x70\0\0\0\1\1o\0", 20));
    }
}

TEST_P(HostileClients, ThatSendNoUtf8AreToldSoAndFillNoLog) {
    HostileClient client(socket());
    client.write(HostileClient::authentication());
    client.write(callWithString("/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner", "\xff"));
    std::string answer = client.read();
    while (answer.find("org.freedesktop.DBus.Error") == std::string::npos) {
        const std::string more = client.read();
        ASSERT_FALSE(more.empty()) << answer;
        answer += more;
    }
    EXPECT_NE(answer.find("InvalidArgs"), std::string::npos) << answer;
    EXPECT_EQ(daemon().log().find("failed"), std::string::npos) << daemon().log();
}

// From a user namespace, a client can prove nothing; who it is, the socket's credentials say.
// It begins together with the end of the authentication, and no call wants an answer that would have to be
// read.
TEST_P(HostileClients, ThatNeverStopCallingKeepNobodyOut) {
    std::string call = callWithString(names::Object, names::Manager, "NoSuchMethod", "");
    call[2] = 1; // NO_REPLY_EXPECTED
    std::string calls;
    for (int i = 0; i < 500; ++i) calls += call;
    constexpr std::size_t enough = 1024 * 1024; // not all of it fits into the socket
    std::atomic<std::size_t> written = 0;
    std::atomic<bool> isOver = false;
    std::jthread flood([&] {
        HostileClient client(socket());
        std::string rest = HostileClient::authentication() + calls;
        while (!isOver) {
            const std::size_t took = client.write(rest);
            written += took;
            rest.erase(0, took);
            if (rest.size() < calls.size()) rest += calls;
        }
    });
    EXPECT_TRUE(eventually([&] { return written > enough; }));
    for (int i = 0; i < 10; ++i) EXPECT_NO_THROW(connect().sync());
    expectSubscribersServed();
    const std::size_t before = written;
    EXPECT_TRUE(eventually([&] { return written > before; })) << "it was cut off";
    isOver = true;
}

TEST_P(HostileClients, ThatProveNothingAreServedAllTheSame) {
    HostileClient client(socket());
    client.write(std::string(1, '\0') + "AUTH ANONYMOUS 61\r\n");
    EXPECT_TRUE(client.read().starts_with("OK "));
}

TEST_P(HostileClients, OfOneUserLeaveRoomForOthers) {
    std::vector<BusClient> clients;
    for (int i = 0; i < ConnectionsOfAUser; ++i) ASSERT_NO_THROW(clients.push_back(connectAs(Nobody))) << i;
    EXPECT_ANY_THROW(static_cast<void>(connectAs(Nobody)));
    EXPECT_NE(daemon().log().find("user 65534 has 128 private connections"), std::string::npos)
        << daemon().log();
    expectSubscribersServed();
}

TEST_P(HostileClients, OfManyUsersLeaveRoomForRoot) {
    constexpr uid_t users = 4;
    std::vector<BusClient> clients;
    for (int i = 0; i < ConnectionsOfAUser; ++i) {
        for (uid_t user = 1; user <= users; ++user)
            ASSERT_NO_THROW(clients.push_back(connectAs(user))) << "user " << user << ", " << i;
    }
    const BusClient root = connect(); // which says nothing for a while
    EXPECT_ANY_THROW(static_cast<void>(connectAs(Nobody)));
    EXPECT_NO_THROW(static_cast<void>(root.streamId()));
    EXPECT_NE(daemon().log().find("512 private connections, closing one more, of user 65534"),
              std::string::npos)
        << daemon().log();
    expectSubscribersServed();
}

// Descriptors are short for a while, not because of our connections: there is none that could end.
TEST_P(HostileClients, AreServedWhenDescriptorsAreThereAgain) {
    const BusClient served = connect();
    static_cast<void>(served.streamId());
    rlimit before{};
    ASSERT_EQ(prlimit(daemon().pid(), RLIMIT_NOFILE, nullptr, &before), 0);
    const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
    ASSERT_EQ(prlimit(daemon().pid(), RLIMIT_NOFILE, &none, nullptr), 0);
    const HostileClient waiting(socket());
    for (const Deadline deadline; daemon().log().find("Too many open files") == std::string::npos;) {
        ASSERT_FALSE(deadline.expired()) << daemon().log();
        static_cast<void>(served.streamId());
    }
    ASSERT_EQ(prlimit(daemon().pid(), RLIMIT_NOFILE, &before, nullptr), 0);
    expectSubscribersServed();
}

INSTANTIATE_TEST_SUITE_P(, HostileClients, testing::Values(Road::PrivateSocket), NameOfRoad());

// A client may send its first messages in one go with its authentication, as zbus does.
class HastyClient : public BusTest {};

TEST_P(HastyClient, IsAnsweredWhenItSendsEverythingAtOnce) {
    constexpr std::string_view ping("l\1\0\1\0\0\0\0\1\0\0\0\x4a\0\0\0"
                                    "\1\1o\0\x0d\0\0\0/org/keventd1\0\0\0"
                                    "\3\1s\0\4\0\0\0Ping\0\0\0\0"
                                    "\2\1s\0\x19\0\0\0org.freedesktop.DBus.Peer\0\0\0\0\0\0\0",
                                    96);
    HostileClient client(daemon().socketPath());
    client.write(HostileClient::authentication() + std::string(ping));
    std::string answer = client.read();
    if (const std::size_t end = answer.find("\r\n"); end + 2 == answer.size()) answer += client.read();
    EXPECT_EQ(answer.substr(answer.find("\r\n") + 2, 2), "l\2") << "a method return, little endian";
}

INSTANTIATE_TEST_SUITE_P(, HastyClient, testing::Values(Road::PrivateSocket), NameOfRoad());

class RudeClients : public HostileClients {
protected:
    static void sendWithoutWaiting(const BusClient& client, const BusMessageHandle& call) {
        std::uint64_t cookie = 0;
        sd_bus_send(client.get(), call.get(), &cookie); // that the other end has hung up is no failure
    }

    static void sendGetEvents(const BusClient& client) {
        const BusMessageHandle call = client.newCall(names::method::GetEvents);
        appendWanted(call, {});
        checkBus(sd_bus_message_append(call.get(), "u", 0U), "append max");
        sendWithoutWaiting(client, call);
    }

    /// The same option again and again, which demands nothing, at 28 bytes each.
    static void appendEmptyOptions(const BusMessageHandle& call, int count) {
        checkBus(sd_bus_message_open_container(call.get(), 'a', "{sv}"), "open options");
        for (int i = 0; i < count; ++i)
            checkBus(sd_bus_message_append(call.get(), "{sv}", names::option::Actions, "as", 0),
                     "append option");
        checkBus(sd_bus_message_close_container(call.get()), "close options");
    }

    static void sendSubscribe(const BusClient& client) {
        const BusMessageHandle call = client.newCall(names::method::Subscribe);
        appendWanted(call, {});
        sendWithoutWaiting(client, call);
    }
};

TEST_P(RudeClients, ThatLeaveBeforeTheReplyCostNothing) {
    uevents_.writeMany(1'000);
    for (int i = 0; i < Hundreds; ++i) {
        const BusClient client = connect();
        static_cast<void>(client.streamId());
        sendGetEvents(client);
        sendSubscribe(client);
        sendWithoutWaiting(client, client.newCall(names::method::Sync));
    }
    EXPECT_TRUE(hasSubscriptions(0));
    EXPECT_EQ(daemon().log().find("error: "), std::string::npos) << daemon().log();
}

TEST_P(RudeClients, ThatSend16MiBOfOptionsAreRefusedAndHarmNobody) {
    // When too much waits for a user's clients, dbus-broker hangs up on whichever of them it has a message
    // for.
    const BusClient rude = connectAs(Nobody);
    const std::uint64_t memory = daemon().rssBytes();
    Wanted wanted;
    wanted.filters[names::option::Objects] = std::vector<std::string>(180'000, std::string(90, 'x'));
    EXPECT_THAT(rude.trySubscribe(wanted), HasSubstr(names::error::LimitExceeded));
    const BusMessageHandle call = rude.newCall(names::method::Subscribe);
    appendEmptyOptions(call, 600'000);
    EXPECT_THROW(rude.send(call), CallError);
    expectSubscribersServed();
    EXPECT_LT(daemon().rssBytes(), memory + MemoryAllowance);
}

TEST_P(RudeClients, ThatReadNoRepliesHarmNobody) {
    uevents_.writeMany(5'000);
    const BusClient rude = connectAs(Nobody);
    const std::uint64_t memory = daemon().rssBytes();
    for (int i = 0; i < 3'000; ++i) sendGetEvents(rude);
    expectSubscribersServed();
    EXPECT_LT(daemon().rssBytes(), memory + MemoryAllowance);
}

INSTANTIATE_TEST_SUITE_P(, RudeClients, AllRoads, NameOfRoad());

class RudeClientsOfThePrivateSocket : public RudeClients {};

TEST_P(RudeClientsOfThePrivateSocket, ThatReadNoRepliesAreCutOff) {
    uevents_.writeMany(5'000);
    const BusClient rude = connect();
    static_cast<void>(rude.sync());
    for (int i = 0; i < 3'000; ++i) sendGetEvents(rude);
    EXPECT_TRUE(waitForHangup(sd_bus_get_fd(rude.get())));
    EXPECT_TRUE(
        eventually([this] { return daemon().log().find("does not read its replies") != std::string::npos; }));
}

INSTANTIATE_TEST_SUITE_P(, RudeClientsOfThePrivateSocket, testing::Values(Road::PrivateSocket), NameOfRoad());

} // namespace
} // namespace keventd::test
