#include "keventd/endpoint.h"

#include "client/lib/probe.h"
#include "client/lib/unique_fd.h"
#include "keventd/errors.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace keventd {
namespace {

/// A directory, an environment and a listening socket of the test's own.
class EndpointTest : public testing::Test {
protected:
    EndpointTest() {
        char name[] = "/tmp/keventd-endpoint-XXXXXX";
        directory_ = ::mkdtemp(name);
        ::setenv("XDG_RUNTIME_DIR", directory_.c_str(), 1);
        ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
        ::unsetenv("DBUS_SESSION_BUS_ADDRESS");
    }
    ~EndpointTest() override { std::filesystem::remove_all(directory_); }

    [[nodiscard]] std::string path(const std::string& name) const { return directory_ + "/" + name; }

    static int bindTo(const std::string& socketPath) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, socketPath.c_str(), sizeof address.sun_path - 1);
        const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        EXPECT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        return fd;
    }
    static int listenAt(const std::string& socketPath) {
        const int fd = bindTo(socketPath);
        EXPECT_EQ(::listen(fd, 1), 0);
        return fd;
    }

    static std::string errorOf(const Endpoint& endpoint) {
        try {
            requireAnswer(endpoint, std::chrono::milliseconds(0));
        } catch (const ConnectionError& error) {
            return error.what();
        }
        return {};
    }

private:
    std::string directory_;
};

TEST_F(EndpointTest, AcceptsASocketThatAnswers) {
    const UniqueFd listener(listenAt(path("bus")));
    std::thread server([&] {
        const UniqueFd client(::accept(listener.get(), nullptr, nullptr));
        EXPECT_GT(::send(client.get(), "REJECTED EXTERNAL\r\n", 19, MSG_NOSIGNAL), 0);
    });
    EXPECT_NO_THROW(requireAnswer(privateSocket(path("bus")), std::chrono::minutes(1)));
    server.join();
}

TEST_F(EndpointTest, TellsOneThatDoesNotAnswerFromOneThatDoesNotListen) {
    const UniqueFd listener(listenAt(path("bus")));
    EXPECT_THROW(requireAnswer(privateSocket(path("bus")), std::chrono::milliseconds(1)), TimeoutError);
}

TEST_F(EndpointTest, NamesThePathAndTheReasonIfThereIsNoSocket) {
    EXPECT_EQ(errorOf(privateSocket(path("bus"))),
              "cannot connect to " + path("bus") + ": No such file or directory");
}

TEST_F(EndpointTest, NamesThePathAndTheReasonIfNobodyListens) {
    const UniqueFd bound(bindTo(path("bus")));
    EXPECT_EQ(errorOf(privateSocket(path("bus"))),
              "cannot connect to " + path("bus") + ": Connection refused");
}

TEST_F(EndpointTest, RefusesAPathThatIsTooLongForASocket) {
    const std::string longPath = "/" + std::string(200, 'x');
    EXPECT_EQ(errorOf(privateSocket(longPath)), "cannot connect to " + longPath + ": File name too long");
}

TEST_F(EndpointTest, DoesNotTryWhatIsNotASocket) {
    EXPECT_EQ(errorOf(busAt("tcp:host=nowhere.invalid,port=1")), "");
}

TEST_F(EndpointTest, TakesTheSystemBusFromTheEnvironment) {
    EXPECT_EQ(systemBus().address, "unix:path=/run/dbus/system_bus_socket");
    ::setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/elsewhere", 1);
    EXPECT_EQ(systemBus().address, "unix:path=/elsewhere");
}

TEST_F(EndpointTest, FindsTheSessionBusInTheRuntimeDirectory) {
    EXPECT_EQ(sessionBus().address, "unix:path=" + path("bus"));
    ::setenv("DBUS_SESSION_BUS_ADDRESS", "unix:abstract=x", 1);
    EXPECT_EQ(sessionBus().address, "unix:abstract=x");
}

TEST_F(EndpointTest, SaysSoIfTheEnvironmentNamesNoSessionBus) {
    ::unsetenv("XDG_RUNTIME_DIR");
    EXPECT_THROW((void)sessionBus(), ConnectionError);
}

TEST_F(EndpointTest, PrefersAPrivateSocketThatAnswers) {
    if (std::filesystem::exists("/run/keventd/bus")) GTEST_SKIP() << "a daemon runs on this machine";
    std::filesystem::create_directory(path("keventd"));
    const UniqueFd listener(listenAt(path("keventd/bus")));
    const Endpoint endpoint = defaultEndpoint();
    EXPECT_TRUE(endpoint.isPrivate);
    EXPECT_EQ(endpoint.description, path("keventd/bus"));
}

TEST_F(EndpointTest, FallsBackToTheSystemBusAndSaysWhy) {
    if (std::filesystem::exists("/run/keventd/bus")) GTEST_SKIP() << "a daemon runs on this machine";
    const Endpoint endpoint = defaultEndpoint();
    EXPECT_FALSE(endpoint.isPrivate);
    EXPECT_EQ(endpoint.address, systemBus().address);
    EXPECT_EQ(endpoint.description,
              "the system bus (no daemon answers at /run/keventd/bus or " + path("keventd/bus") + ")");
}

} // namespace
} // namespace keventd
