// A daemon whose users have limits of the test's own, and clients of several users.
#pragma once

#include "tests/bus/bus_test.h"
#include "tests/support/effective_user.h"
#include "tests/support/temporary_directory.h"

#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace keventd::test {

class LimitedUsers : public BusTest {
protected:
    /// @param configuration  keventd.toml(5)
    explicit LimitedUsers(std::string configuration) : configuration_(std::move(configuration)) {}

    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root, to be somebody else for a while";
        BusTest::SetUp();
    }
    void adjust(DaemonOptions& options) override {
        options.config = directory_.file("keventd.toml");
        std::ofstream(options.config) << configuration_;
    }
    /// @return a connection of this user
    [[nodiscard]] BusClient connectAs(uid_t user) const {
        const EffectiveUser somebody(user);
        return connect();
    }

private:
    std::string configuration_;
    TemporaryDirectory directory_;
};

} // namespace keventd::test
