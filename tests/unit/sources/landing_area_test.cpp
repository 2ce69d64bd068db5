// Datagrams of any size, as they land. (Of netlink, no process can make the kernel send such ones.)

#include "daemon/sources/landing_area.h"

#include "daemon/base/errors.h"
#include "daemon/base/unique_fd.h"

#include <array>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

namespace keventd::test {
namespace {

class LandingAreaTest : public testing::Test {
protected:
    LandingAreaTest() {
        std::array<int, 2> fds{};
        checkErrno(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds.data()),
                   "socketpair");
        sender_.reset(fds[0]);
        receiver_.reset(fds[1]);
    }

    void send(const std::string& bytes) const {
        checkErrno(static_cast<int>(::send(sender_.get(), bytes.data(), bytes.size(), 0)), "send");
    }
    void askForCredentials() const {
        const int wanted = 1;
        checkErrno(setsockopt(receiver_.get(), SOL_SOCKET, SO_PASSCRED, &wanted, sizeof wanted),
                   "setsockopt");
    }
    [[nodiscard]] ReceiveResult receive() { return landing_.receive(receiver_.get()); }
    [[nodiscard]] std::string payload(std::size_t index) const {
        const auto bytes = landing_.at(index).payload;
        return {bytes.begin(), bytes.end()};
    }

    LandingArea landing_;

private:
    UniqueFd sender_;
    UniqueFd receiver_;
};

TEST_F(LandingAreaTest, IsEmptyWhereNothingCame) {
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    EXPECT_EQ(landing_.size(), 0U);
}

TEST_F(LandingAreaTest, HoldsDatagramsInTheirOrder) {
    send("one");
    send("two");
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    ASSERT_EQ(landing_.size(), 2U);
    EXPECT_EQ(payload(0), "one");
    EXPECT_EQ(payload(1), "two");
}

TEST_F(LandingAreaTest, HoldsAnEmptyDatagram) {
    send("");
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    ASSERT_EQ(landing_.size(), 1U);
    EXPECT_TRUE(landing_.at(0).payload.empty());
    EXPECT_FALSE(landing_.at(0).truncated);
}

TEST_F(LandingAreaTest, HoldsTheLongestUevent) {
    const std::string longest(MaxUevent, 'x');
    send(longest);
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    EXPECT_EQ(payload(0), longest);
    EXPECT_FALSE(landing_.at(0).truncated);
}

TEST_F(LandingAreaTest, TellsThatADatagramWasLonger) {
    send(std::string(MaxUevent + 1, 'x'));
    send("short");
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    EXPECT_TRUE(landing_.at(0).truncated);
    EXPECT_FALSE(landing_.at(1).truncated);
}

TEST_F(LandingAreaTest, ForgetsWhatAnEarlierDatagramLeft) {
    send(std::string(MaxUevent + 1, 'x'));
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    send("short");
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    ASSERT_EQ(landing_.size(), 1U);
    EXPECT_EQ(payload(0), "short");
    EXPECT_FALSE(landing_.at(0).truncated);
}

TEST_F(LandingAreaTest, KnowsTheSenderWhereItIsAskedFor) {
    send("a");
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    EXPECT_EQ(landing_.at(0).credentials, nullptr);
    askForCredentials();
    send("b");
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    ASSERT_NE(landing_.at(0).credentials, nullptr);
    EXPECT_EQ(landing_.at(0).credentials->pid, getpid());
    EXPECT_EQ(landing_.at(0).credentials->uid, geteuid());
}

} // namespace
} // namespace keventd::test
