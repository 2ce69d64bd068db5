// Datagrams of any size, as they land. (Of netlink, no process can make the kernel send such ones.)

#include "daemon/sources/landing_area.h"

#include "daemon/base/errors.h"
#include "daemon/base/mapped_memory.h"
#include "daemon/base/unique_fd.h"

#include <array>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>

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
    /// As another process would, on the same memory.
    void reopen() { landing_.emplace(memory_.bytes(), LandingArea::Uevents); }
    [[nodiscard]] ReceiveResult receive() { return landing_->receive(receiver_.get()); }
    [[nodiscard]] std::string payload(std::size_t index) const {
        const auto bytes = landing_->at(index).payload;
        return {bytes.begin(), bytes.end()};
    }

    MappedMemory memory_{LandingArea::bytes(LandingArea::Uevents), "landing area of a test"};
    std::optional<LandingArea> landing_{std::in_place, memory_.bytes(), LandingArea::Uevents};

private:
    UniqueFd sender_;
    UniqueFd receiver_;
};

TEST_F(LandingAreaTest, IsEmptyWhereNothingCame) {
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    EXPECT_EQ(landing_->size(), 0U);
}

TEST_F(LandingAreaTest, HoldsDatagramsInTheirOrder) {
    send("one");
    send("two");
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    ASSERT_EQ(landing_->size(), 2U);
    EXPECT_EQ(payload(0), "one");
    EXPECT_EQ(payload(1), "two");
}

TEST_F(LandingAreaTest, HoldsAnEmptyDatagram) {
    send("");
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    ASSERT_EQ(landing_->size(), 1U);
    EXPECT_TRUE(landing_->at(0).payload.empty());
    EXPECT_FALSE(landing_->at(0).truncated);
}

TEST_F(LandingAreaTest, HoldsTheLongestUevent) {
    const std::string longest(MaxUevent, 'x');
    send(longest);
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    EXPECT_EQ(payload(0), longest);
    EXPECT_FALSE(landing_->at(0).truncated);
}

TEST_F(LandingAreaTest, TellsThatADatagramWasLonger) {
    send(std::string(MaxUevent + 1, 'x'));
    send("short");
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    EXPECT_TRUE(landing_->at(0).truncated);
    EXPECT_FALSE(landing_->at(1).truncated);
}

TEST_F(LandingAreaTest, ForgetsWhatAnEarlierDatagramLeft) {
    send(std::string(MaxUevent + 1, 'x'));
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    send("short");
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    ASSERT_EQ(landing_->size(), 1U);
    EXPECT_EQ(payload(0), "short");
    EXPECT_FALSE(landing_->at(0).truncated);
}

TEST_F(LandingAreaTest, KnowsTheSenderWhereItIsAskedFor) {
    send("a");
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    EXPECT_EQ(landing_->at(0).credentials, nullptr);
    askForCredentials();
    send("b");
    EXPECT_EQ(receive(), ReceiveResult::Drained);
    ASSERT_NE(landing_->at(0).credentials, nullptr);
    EXPECT_EQ(landing_->at(0).credentials->pid, getpid());
    EXPECT_EQ(landing_->at(0).credentials->uid, geteuid());
}

TEST_F(LandingAreaTest, HoldsForTheNextProcessWhatWasNotForgotten) {
    askForCredentials();
    send("one");
    send("");
    send("three");
    static_cast<void>(receive());
    reopen();
    ASSERT_EQ(landing_->size(), 3U);
    EXPECT_EQ(payload(1), "");
    EXPECT_EQ(payload(2), "three");
    ASSERT_NE(landing_->at(2).credentials, nullptr);
    EXPECT_EQ(landing_->at(2).credentials->pid, getpid());
}

TEST_F(LandingAreaTest, HoldsNothingForTheNextProcessWhenItWasForgotten) {
    send("one");
    send("two");
    static_cast<void>(receive());
    landing_->forget();
    EXPECT_EQ(landing_->size(), 0U);
    reopen();
    EXPECT_EQ(landing_->size(), 0U);
}

TEST_F(LandingAreaTest, CanBeReceivedIntoAgainByTheNextProcess) {
    send("one");
    static_cast<void>(receive());
    reopen();
    send("two");
    send("three");
    static_cast<void>(receive());
    EXPECT_EQ(payload(0), "two");
    reopen();
    ASSERT_EQ(landing_->size(), 2U);
    EXPECT_EQ(payload(1), "three");
}

TEST_F(LandingAreaTest, BelievesNoLengthsThatCannotBe) {
    send("one");
    static_cast<void>(receive());
    for (std::size_t at = 0; at < sizeof(mmsghdr); ++at) {
        const std::byte before = memory_.bytes()[at];
        memory_.bytes()[at] = std::byte{0xff};
        const LandingArea next(memory_.bytes(), LandingArea::Uevents);
        ASSERT_LE(next.size(), 1U);
        for (std::size_t i = 0; i < next.size(); ++i) ASSERT_LE(next.at(i).payload.size(), MaxUevent);
        memory_.bytes()[at] = before;
    }
}

} // namespace
} // namespace keventd::test
