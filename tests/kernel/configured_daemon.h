// Fixture: a daemon that is configured by a file of the test's own.
#pragma once

#include "keventd/names.h"
#include "tests/support/bus_client.h"
#include "tests/support/daemon_process.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace keventd::test {

class ConfiguredDaemon : public ::testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return directory_.file(name); }
    [[nodiscard]] std::string config() const { return path("keventd.toml"); }

    void write(const std::string& name, const std::string& contents) const {
        std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
        std::ofstream(path(name)) << contents;
    }
    void configure(const std::string& contents) const { write("keventd.toml", contents); }

    [[nodiscard]] DaemonOptions options(std::vector<std::string> arguments = {}) const {
        DaemonOptions options;
        options.arguments = std::move(arguments);
        options.config = config();
        return options;
    }

    /// Subscribes to nothing that ever happens.
    /// @return what the call was refused with; empty if it was not
    static std::string subscribe(const BusClient& client, Wanted wanted = {}) {
        if (wanted.filters.empty()) wanted.filters[names::option::Subsystems] = {"no such subsystem"};
        return client.trySubscribe(wanted);
    }

private:
    TemporaryDirectory directory_;
};

} // namespace keventd::test
