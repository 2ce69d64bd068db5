// The manuals and the programs' own help name the same options; the program that a manual shows is one that
// is tested.

#include "daemon/config/config_keys.h"
#include "tests/support/daemon_process.h"

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>
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
    for (const char* command : {"monitor", "history", "list", "wait", "watch", "sync", "status", "sources"}) {
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

#ifdef HOTPLUG_BINARY
TEST(KeventdHotplugManual, ListsEveryOptionAndNoOther) {
    const Names help = optionsIn(run({HOTPLUG_BINARY, "--help"}).out);
    EXPECT_TRUE(help.contains("--hand-over"));
    const Names ofKeventd = {"--bus", "--socket", "--sources", "--spool", "--state"};
    EXPECT_EQ(without(optionsInManual("keventd-hotplug.8.scd"), ofKeventd), help);
}
#endif

// A key is the first cell of a row, "|  *log.level*", and when it takes effect the last one. Under a heading
// such as "## limits.client: …" they stand without the name of their table.
std::map<std::string, std::string> keysInManual() {
    std::map<std::string, std::string> keys;
    std::istringstream manual(readFile(MANUALS "keventd.toml.5.scd"));
    std::string table;
    std::string key;
    for (std::string line; std::getline(manual, line);) {
        if (line.starts_with("## ")) {
            const std::size_t colon = line.find(':');
            table = colon == std::string::npos ? "" : line.substr(3, colon - 3) + ".";
        } else if (line.starts_with("|  *")) {
            key = table + line.substr(4, line.find('*', 4) - 4);
        } else if (line.starts_with(":  ") && !key.empty()) {
            keys[key] = line.substr(3);
        }
    }
    return keys;
}

TEST(ConfigurationManual, ListsEveryKeyAndNoOtherAndWhenAChangeTakesEffect) {
    std::map<std::string, std::string> known;
    for (const ConfigKey& key : configKeys()) {
        known[key.name] = key.takesEffect == TakesEffect::AtOnce ? "reload" : "start";
    }
    EXPECT_EQ(keysInManual(), known);
}

TEST(LibkeventdManual, ShowsTheExample) {
    const std::string example = readFile(LIBRARY_EXAMPLE_SOURCE);
    ASSERT_NE(example, "");
    EXPECT_EQ(example.find('\\'), std::string::npos) << "which scdoc would eat";
    EXPECT_NE(readFile(MANUALS "libkeventd.3.scd").find("```\n" + example + "```\n"), std::string::npos);
}

} // namespace
} // namespace keventd::test
