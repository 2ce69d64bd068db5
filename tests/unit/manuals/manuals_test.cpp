// The manuals and the programs' own help name the same options.

#include "tests/support/daemon_process.h"

#include <gtest/gtest.h>
#include <set>
#include <string_view>

namespace keventd::test {
namespace {

using Names = std::set<std::string>;

Names optionsIn(std::string_view text) {
    constexpr std::string_view ofOptions = "-abcdefghijklmnopqrstuvwxyz";
    Names options;
    for (std::size_t start = text.find("--"); start != std::string_view::npos; start = text.find("--")) {
        text.remove_prefix(start);
        const std::string_view option = text.substr(0, text.find_first_not_of(ofOptions));
        if (option.find_first_not_of('-') == 2) options.emplace(option);
        text.remove_prefix(option.size());
    }
    return options;
}

Names optionsInManual(const std::string& name) {
    return optionsIn(readFile(MANUALS + name));
}

Names optionsOfKeventd() {
    return optionsIn(run({DaemonProcess::binary(), "--help"}).out);
}

Names optionsOfKeventctl() {
    Names options = optionsIn(run({KEVENTCTL_BINARY, "--help"}).out);
    for (const char* command : {"monitor", "history", "sync", "status"}) {
        options.merge(optionsIn(run({KEVENTCTL_BINARY, command, "--help"}).out));
    }
    return options;
}

Names without(Names names, const Names& others) {
    for (const std::string& other : others) names.erase(other);
    return names;
}

TEST(KeventctlManual, ListsEveryOption) {
    EXPECT_EQ(without(optionsOfKeventctl(), optionsInManual("keventctl.1.scd")), Names());
}

TEST(KeventctlManual, ListsNoOptionThatDoesNotExist) {
    const Names known =
        without(without(optionsInManual("keventctl.1.scd"), optionsOfKeventctl()), optionsOfKeventd());
    EXPECT_EQ(known, Names{"--option"}) << "which stands for any";
}

TEST(KeventdManual, ListsEveryOption) {
    EXPECT_EQ(without(optionsOfKeventd(), optionsInManual("keventd.8.scd")), Names());
}

TEST(KeventdManual, ListsNoOptionThatDoesNotExist) {
    EXPECT_EQ(without(optionsInManual("keventd.8.scd"), optionsOfKeventd()), Names());
}

} // namespace
} // namespace keventd::test
