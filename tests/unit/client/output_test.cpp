#include "client/keventctl/output.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <system_error>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;

namespace keventd::ctl {
namespace {

class OutputTest : public testing::Test {
protected:
    OutputTest() {
        std::signal(SIGPIPE, SIG_IGN);
        EXPECT_EQ(::pipe2(ends_, O_CLOEXEC), 0);
    }
    ~OutputTest() override {
        closeReader();
        ::close(ends_[1]);
    }

    void closeReader() {
        if (ends_[0] >= 0) ::close(ends_[0]);
        ends_[0] = -1;
    }
    [[nodiscard]] int writeEnd() const { return ends_[1]; }
    [[nodiscard]] std::string readUpTo(std::size_t size) const {
        std::string text(size, '\0');
        const ssize_t got = ::read(ends_[0], text.data(), size);
        text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        return text;
    }
    [[nodiscard]] bool isReadable() const {
        pollfd descriptor{ends_[0], POLLIN, 0};
        return ::poll(&descriptor, 1, 0) == 1;
    }

private:
    int ends_[2] = {-1, -1};
};

TEST_F(OutputTest, WritesWhatWasAppendedWhenFlushed) {
    const Interruption interruption;
    Output output(writeEnd(), interruption);
    output.buffer() += "one\n";
    output.flushIfFull();
    EXPECT_FALSE(isReadable());
    output.flush();
    EXPECT_EQ(readUpTo(100), "one\n");
}

TEST_F(OutputTest, WritesByItselfWhenThereIsMuch) {
    const Interruption interruption;
    Output output(writeEnd(), interruption);
    output.buffer().append(64 * 1024, 'x'); // what a pipe holds
    output.flushIfFull();
    EXPECT_TRUE(isReadable());
    EXPECT_TRUE(output.buffer().empty());
}

TEST_F(OutputTest, WaitsForASlowReader) {
    const Interruption interruption;
    Output output(writeEnd(), interruption);
    constexpr std::size_t size = 1024 * 1024;
    std::string got;
    std::jthread reader([&] {
        while (got.size() < size) {
            got += readUpTo(size);
        }
    });
    output.buffer().append(size, 'x');
    output.flush();
    reader.join();
    EXPECT_EQ(got.size(), size);
}

TEST_F(OutputTest, GivesUpAtTheDeadlineIfNobodyReads) {
    const Interruption interruption(20ms);
    Output output(writeEnd(), interruption);
    output.buffer().append(1024 * 1024, 'x');
    output.flush();
    EXPECT_TRUE(output.buffer().empty());
    EXPECT_FALSE(output.isClosed());
    EXPECT_TRUE(output.hasDropped());
    EXPECT_TRUE(interruption.isExpired());
}

TEST_F(OutputTest, GivesUpAtTheEndOfALine) {
    const Interruption interruption(20ms);
    Output output(writeEnd(), interruption);
    const std::string line = std::string(300, 'x') + '\n';
    for (int n = 0; n < 1000; ++n) output.buffer() += line;
    output.flush();
    EXPECT_TRUE(output.hasDropped());
    const std::string got = readUpTo(1024 * 1024);
    EXPECT_GT(got.size(), 0U);
    EXPECT_EQ(got.size() % line.size(), 0U);
}

TEST_F(OutputTest, WritesWhatFitsAlsoAfterTheDeadline) {
    const Interruption interruption(0ms);
    Output output(writeEnd(), interruption);
    output.buffer() += "late\n";
    output.flush();
    EXPECT_EQ(readUpTo(100), "late\n");
    EXPECT_FALSE(output.hasDropped());
}

TEST_F(OutputTest, IsClosedWhenTheReaderHasGone) {
    const Interruption interruption;
    Output output(writeEnd(), interruption);
    closeReader();
    output.buffer() += "one\n";
    output.flush();
    EXPECT_TRUE(output.isClosed());
}

TEST_F(OutputTest, LearnsFromPollThatTheReaderHasGone) {
    const Interruption interruption;
    Output output(writeEnd(), interruption);
    output.onPolled(0);
    EXPECT_FALSE(output.isClosed());
    output.onPolled(POLLERR);
    EXPECT_TRUE(output.isClosed());
}

TEST_F(OutputTest, ThrowsIfItCannotBeWritten) {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    ASSERT_GE(full, 0);
    const Interruption interruption;
    Output output(full, interruption);
    output.buffer() += "one\n";
    EXPECT_THROW(output.flush(), std::system_error);
    ::close(full);
}

} // namespace
} // namespace keventd::ctl
