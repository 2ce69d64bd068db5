// Fixture: keventd is run with these arguments, and says why it cannot start.
#pragma once

#include "tests/support/bus_client.h"
#include "tests/support/child_process.h"
#include "tests/support/daemon_process.h"
#include "tests/support/temporary_directory.h"

#include <gtest/gtest.h>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace keventd::test {

inline constexpr int CannotStart = 1;
inline constexpr int WrongUsage = 2;

class CommandLine : public ::testing::Test {
protected:
    [[nodiscard]] const TemporaryDirectory& directory() const { return directory_; }
    [[nodiscard]] std::string socketOption(const std::string& name = "bus") const {
        return "--socket=" + directory_.file(name);
    }
    [[nodiscard]] std::string stateOption(const std::string& name = "state") const {
        return "--state=" + directory_.file(name);
    }

    static Finished keventd(const std::vector<std::string>& arguments) {
        std::vector<std::string> command{DaemonProcess::binary()};
        for (const std::string& argument : arguments) command.push_back(argument);
        return run(std::move(command));
    }

    /// Runs a keventd that has nothing but its own socket.
    [[nodiscard]] Finished start(std::vector<std::string> arguments) const {
        arguments.emplace_back("--bus=none");
        arguments.emplace_back("--config=/dev/null"); // and not what the machine has for its own daemon
        return keventd(arguments);
    }

    /// @return whether a daemon answers there; not if it cannot be connected to, nor if the connection is
    /// closed at once (a CallError), for too many
    static bool canSync(const std::string& address) {
        try {
            BusClient(address).sync();
            return true;
        } catch (const std::runtime_error&) {
            return false;
        }
    }

    static void expectOneLine(const Finished& finished, int status, const std::string& about) {
        EXPECT_EQ(finished.status, status) << finished.err;
        const std::vector<std::string> lines = linesBesideTheBuffers(finished.err);
        ASSERT_EQ(lines.size(), 1U) << finished.err;
        EXPECT_TRUE(lines[0].starts_with("keventd: ")) << finished.err;
        EXPECT_NE(lines[0].find(about), std::string::npos) << finished.err;
        EXPECT_EQ(finished.out, "");
    }

private:
    // Who is not root is warned of small buffers on the way.
    static std::vector<std::string> linesBesideTheBuffers(const std::string& err) {
        std::vector<std::string> lines;
        std::istringstream stream(err);
        for (std::string line; std::getline(stream, line);) {
            if (!line.starts_with("keventd: warning: receive buffer of the ")) lines.push_back(line);
        }
        return lines;
    }

    TemporaryDirectory directory_;
};

} // namespace keventd::test
