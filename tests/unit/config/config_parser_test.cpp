// The text of a configuration file: what each key sets, and how each kind of mistake is told.

#include "daemon/config/config_parser.h"

#include "daemon/config/config_keys.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keventd::test {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Complaints = std::vector<std::string>;

Complaints complaintsOf(std::string_view contents) {
    Settings settings;
    return parseConfig(contents, "k.toml", settings);
}

// One that has no mistake.
Settings parsed(std::string_view contents) {
    Settings settings;
    EXPECT_THAT(parseConfig(contents, "k.toml", settings), IsEmpty());
    return settings;
}

TEST(ConfigParser, LeavesTheDefaultsWhereNothingIsSaid) {
    EXPECT_EQ(parsed(""), Settings());
    EXPECT_EQ(parsed("[log]\n[limits]\n[limits.client]\n[limits.user]\n# nothing\n"), Settings());
}

TEST(ConfigParser, SetsWhatHasAName) {
    const Settings settings = parsed(R"(
        [log]
        level = "debug"
        [history]
        size = "128M"
        [order]
        reorder_wait_ms = 10000
        [bus]
        address = "unix:path=/run/other"
        [socket]
        path = "/run/other/socket"
        [state]
        directory = "/var/lib/other"
        [stream]
        coldplug = false
        [access]
        admin_group = "adm"
        [broadcast]
        rate = 0
        kernel = "never"
    )");
    EXPECT_EQ(settings.logLevel, LogLevel::Debug);
    EXPECT_EQ(settings.historyBytes, 128U << 20U);
    EXPECT_EQ(settings.reorderWait, milliseconds(10'000));
    EXPECT_EQ(settings.bus, "unix:path=/run/other");
    EXPECT_EQ(settings.socket, "/run/other/socket");
    EXPECT_EQ(settings.stateDirectory, "/var/lib/other");
    EXPECT_FALSE(settings.coldplug);
    EXPECT_EQ(settings.adminGroup, "adm");
    EXPECT_EQ(settings.broadcast.ratePerSecond, 0U);
    EXPECT_EQ(settings.broadcast.kernel, BroadcastOptions::Kernel::Never);
}

TEST(ConfigParser, SetsEveryLimit) {
    const Limits limits = parsed(R"(
        [limits.client]
        subscriptions = 1
        filter_terms = 2
        filter_bytes = 300
        unacknowledged_bytes = "64K"
        window = 5
        calls = 6
        watches = 10
        [limits.user]
        connections = 7
        subscriptions = 8
        calls = 9
        unacknowledged_bytes = "1G"
        filter_bytes = "2M"
        watches = 11
    )")
                              .limits;
    EXPECT_EQ(limits.client, (ClientLimits{.subscriptions = 1,
                                           .filterTerms = 2,
                                           .filterBytes = 300,
                                           .unacknowledgedBytes = 64U << 10U,
                                           .window = 5,
                                           .calls = 6,
                                           .watches = 10}));
    EXPECT_EQ(limits.user, (UserLimits{.connections = 7,
                                       .subscriptions = 8,
                                       .calls = 9,
                                       .unacknowledgedBytes = 1U << 30U,
                                       .filterBytes = 2U << 20U,
                                       .watches = 11}));
}

TEST(ConfigParser, KnowsEveryWordOfAChoice) {
    EXPECT_EQ(parsed("log.level = 'info'").logLevel, LogLevel::Info);
    EXPECT_EQ(parsed("log.level = 'warning'").logLevel, LogLevel::Warning);
    EXPECT_EQ(parsed("log.level = 'error'").logLevel, LogLevel::Error);
    EXPECT_EQ(parsed("broadcast.kernel = 'auto'").broadcast.kernel, BroadcastOptions::Kernel::Auto);
    EXPECT_EQ(parsed("broadcast.kernel = 'always'").broadcast.kernel, BroadcastOptions::Kernel::Always);
    for (const char* bus : {"system", "session", "none"}) {
        EXPECT_EQ(parsed("bus.address = '" + std::string(bus) + "'").bus, bus);
    }
}

TEST(ConfigParser, TakesASizeAsANumberOfBytesToo) {
    EXPECT_EQ(parsed("history.size = 1048576").historyBytes, 1'048'576U);
    EXPECT_EQ(parsed("history.size = '1048576'").historyBytes, 1'048'576U);
}

TEST(ConfigParser, KeepsWhatAnEarlierFileSaidKeyByKey) {
    Settings settings;
    EXPECT_THAT(parseConfig("limits.client = {subscriptions = 3, calls = 3}", "a", settings), IsEmpty());
    EXPECT_THAT(parseConfig("limits.client.calls = 4", "b", settings), IsEmpty());
    EXPECT_EQ(settings.limits.client.subscriptions, 3U);
    EXPECT_EQ(settings.limits.client.calls, 4U);
}

TEST(ConfigParser, GoesBackToWhatDependsOnTheMachineByAuto) {
    Settings settings;
    settings.reorderWait = milliseconds(5);
    settings.socket = settings.stateDirectory = "/run/x";
    const Complaints complaints = parseConfig(
        "order.reorder_wait_ms = 'auto'\nsocket.path = 'auto'\nstate.directory = 'auto'", "k", settings);
    EXPECT_THAT(complaints, IsEmpty());
    EXPECT_EQ(settings, Settings());
}

TEST(ConfigParser, NamesAnUnknownTableAndTheKnownOnes) {
    EXPECT_THAT(complaintsOf("\n[colours]\nred = 1\n[colours.dark]\nblue = 2\n"),
                ElementsAre("k.toml:2:2: colours: unknown table, must be one of log, history, order, bus, "
                            "socket, state, stream, access, broadcast, sources, limits"));
    EXPECT_THAT(complaintsOf("[limits.cleint]\n"),
                ElementsAre("k.toml:1:9: limits.cleint: unknown table, must be one of client, user"));
}

TEST(ConfigParser, NamesAnUnknownKeyAndTheKnownOnes) {
    EXPECT_THAT(complaintsOf("[broadcast]\nrate = 5\n  rates = 5\n"),
                ElementsAre("k.toml:3:3: broadcast.rates: unknown key, must be one of rate, kernel"));
    EXPECT_THAT(complaintsOf("level = 'info'"), ElementsAre(StartsWith("k.toml:1:1: level: unknown key, ")));
}

TEST(ConfigParser, TakesAQuotedDotForNoDot) {
    EXPECT_THAT(complaintsOf("\"log.level\" = 'info'"),
                ElementsAre(StartsWith("k.toml:1:1: \"log.level\": unknown key, ")));
}

TEST(ConfigParser, NamesAWrongTypeAndTheRightOne) {
    EXPECT_THAT(
        complaintsOf("[limits.client]\nwindow = \"64\"\n"),
        ElementsAre("k.toml:2:1: limits.client.window: \"64\": must be a whole number of 1 to 1000000"));
    EXPECT_THAT(complaintsOf("log.level = 3"),
                ElementsAre("k.toml:1:5: log.level: 3: must be debug, info, warning or error"));
    EXPECT_THAT(
        complaintsOf("history.size = [1]"),
        ElementsAre("k.toml:1:9: history.size: an array: must be a size of at least 256K, such as 64M"));
    EXPECT_THAT(complaintsOf("broadcast.rate = true"),
                ElementsAre(HasSubstr("broadcast.rate: true: must be")));
    EXPECT_THAT(complaintsOf("broadcast.rate = 1.5"), ElementsAre(HasSubstr("broadcast.rate: 1.5")));
    EXPECT_THAT(complaintsOf("broadcast.rate = 2026-01-01"),
                ElementsAre(HasSubstr("a date or time: must be")));
}

TEST(ConfigParser, NamesAKeyThatShouldBeATableAndOneThatIsOne) {
    EXPECT_THAT(complaintsOf("limits = 3"),
                ElementsAre("k.toml:1:1: limits: 3: must be a table, with client, user"));
    EXPECT_THAT(complaintsOf("[[limits]]\n"),
                ElementsAre("k.toml:1:3: limits: an array: must be a table, with client, user"));
    EXPECT_THAT(complaintsOf("[log.level]\nx = 1\n"),
                ElementsAre("k.toml:1:6: log.level: a table: must be debug, info, warning or error"));
}

TEST(ConfigParser, NamesAnUnknownWordAndTheKnownOnes) {
    EXPECT_THAT(complaintsOf("log.level = 'loud'"),
                ElementsAre("k.toml:1:5: log.level: \"loud\": must be debug, info, warning or error"));
    EXPECT_THAT(complaintsOf("broadcast.kernel = 'maybe'"),
                ElementsAre("k.toml:1:11: broadcast.kernel: \"maybe\": must be auto, always or never"));
    EXPECT_THAT(complaintsOf("bus.address = 'no address'"),
                ElementsAre(HasSubstr("must be system, session, none or a D-Bus address")));
    EXPECT_THAT(complaintsOf("access.admin_group = 'a:b'"),
                ElementsAre(HasSubstr("name or number of a group")));
    EXPECT_THAT(complaintsOf("access.admin_group = '4294967295'"),
                ElementsAre(HasSubstr("\"4294967295\": must be the name or number of a group")));
    EXPECT_THAT(complaintsOf("access.admin_group = '4294967294'"), IsEmpty());
    EXPECT_THAT(complaintsOf("socket.path = 'bus'"),
                ElementsAre("k.toml:1:8: socket.path: \"bus\": must be an absolute path, or \"auto\""));
}

struct Range {
    const char* key;
    const char* least;
    const char* most; ///< nullptr: none
    const char* below;
    const char* above;
};
void PrintTo(const Range& range, std::ostream* out) {
    *out << range.key;
}

class ConfigRange : public testing::TestWithParam<Range> {
protected:
    static Complaints complaintsAt(const char* value) {
        return complaintsOf(std::string(GetParam().key) + " = " + value);
    }
};

TEST_P(ConfigRange, IsAllowedToItsEndsAndNotBeyond) {
    const Range& range = GetParam();
    const auto isRefused =
        ElementsAre(AllOf(StartsWith("k.toml:1:"), HasSubstr(range.key), HasSubstr("must be a ")));
    EXPECT_THAT(complaintsAt(range.least), IsEmpty());
    EXPECT_THAT(complaintsAt(range.below), isRefused);
    EXPECT_THAT(complaintsAt("-1"), isRefused);
    if (range.most == nullptr) return;
    EXPECT_THAT(complaintsAt(range.most), IsEmpty());
    EXPECT_THAT(complaintsAt(range.above), isRefused);
}

INSTANTIATE_TEST_SUITE_P(
    , ConfigRange,
    testing::Values(Range{"history.size", "'256K'", nullptr, "262143", nullptr},
                    Range{"order.reorder_wait_ms", "0", "10000", "-2", "10001"},
                    Range{"broadcast.rate", "0", "1000000", "-2", "1000001"},
                    Range{"limits.client.subscriptions", "1", "65536", "0", "65537"},
                    Range{"limits.client.filter_terms", "1", "4096", "0", "4097"},
                    Range{"limits.client.filter_bytes", "64", "'64K'", "63", "65537"},
                    Range{"limits.client.unacknowledged_bytes", "'64K'", "'1G'", "65535", "1073741825"},
                    Range{"limits.client.window", "1", "1000000", "0", "1000001"},
                    Range{"limits.client.calls", "1", "4096", "0", "4097"},
                    Range{"limits.user.connections", "1", "512", "0", "513"},
                    Range{"limits.user.subscriptions", "1", "1000000", "0", "1000001"},
                    Range{"limits.user.calls", "1", "65536", "0", "65537"},
                    Range{"limits.user.unacknowledged_bytes", "'64K'", "'1G'", "65535", "1073741825"},
                    Range{"limits.user.filter_bytes", "64", "'1G'", "63", "1073741825"}),
    [](const testing::TestParamInfo<Range>& range) {
        std::string name = range.param.key;
        std::replace(name.begin(), name.end(), '.', '_');
        return name;
    });

TEST(ConfigParser, NamesADuplicate) {
    EXPECT_THAT(complaintsOf("[log]\nlevel = 'info'\nlevel = 'debug'\n"),
                ElementsAre(AllOf(StartsWith("k.toml:3:"), HasSubstr("redefine"), HasSubstr("level"))));
    EXPECT_THAT(complaintsOf("[log]\n[bus]\n[log]\n"),
                ElementsAre(AllOf(StartsWith("k.toml:3:"), HasSubstr("redefine"), HasSubstr("log"))));
}

TEST(ConfigParser, NamesTheLineOfWhatIsNotToml) {
    EXPECT_THAT(complaintsOf("[log]\nlevel = info\n"), ElementsAre(StartsWith("k.toml:2:")));
    EXPECT_THAT(complaintsOf("[log\n"), ElementsAre(StartsWith("k.toml:1:")));
    EXPECT_THAT(complaintsOf("[history]\nsize = 64M\n"),
                ElementsAre(AllOf(StartsWith("k.toml:2:"), HasSubstr(": not TOML: "))));
}

TEST(ConfigParser, TellsAllMistakesInOrderOfTheirPlaces) {
    EXPECT_THAT(
        complaintsOf("[limits.client]\nwindow = 0\n[colours]\n[log]\nlevel = 1\n[limits.user]\ncalls = 0\n"),
        ElementsAre(StartsWith("k.toml:2:1: limits.client.window: 0"), StartsWith("k.toml:3:2: colours"),
                    StartsWith("k.toml:5:1: log.level: 1"), StartsWith("k.toml:7:1: limits.user.calls: 0")));
}

TEST(ConfigParser, ShowsAValueOnOneLineAndNotAllOfALongOne) {
    const auto newline = complaintsOf("log.level = \"a\\nb\\u001b\"");
    EXPECT_THAT(newline, ElementsAre(HasSubstr("\"a\\x0ab\\x1b\"")));
    const auto key = complaintsOf("\"a\\nb\" = 1");
    EXPECT_THAT(key, ElementsAre(StartsWith("k.toml:1:1: \"a\\x0ab\": unknown key")));
    const auto longOne = complaintsOf("log.level = '" + std::string(100'000, 'x') + "'");
    ASSERT_EQ(longOne.size(), 1U);
    EXPECT_LT(longOne[0].size(), 200U);
}

TEST(ConfigParser, RefusesBytesThatAreNoText) {
    EXPECT_THAT(complaintsOf(std::string_view("\xff\xfe")),
                ElementsAre(StartsWith("k.toml:1:1: not TOML: ")));
    EXPECT_THAT(complaintsOf(std::string_view("a = '\0'", 7)), ElementsAre(StartsWith("k.toml:1:")));
}

TEST(ConfigParser, BearsADeepNest) {
    EXPECT_THAT(complaintsOf("a = " + std::string(100'000, '[')), ElementsAre(StartsWith("k.toml:1:")));
}

TEST(ConfigKeys, TellApartEverySetting) {
    Settings changed;
    for (const ConfigKey& key : configKeys()) EXPECT_TRUE(key.isSame(changed, Settings())) << key.name;
    changed.historyBytes = 1 << 20;
    changed.limits.client.calls = 1;
    for (const ConfigKey& key : configKeys()) {
        const bool isOne = key.name == "history.size" || key.name == "limits.client.calls";
        EXPECT_EQ(key.isSame(changed, Settings()), !isOne) << key.name;
    }
    Settings copy;
    for (const ConfigKey& key : configKeys()) key.copy(changed, copy);
    EXPECT_EQ(copy, changed);
}

} // namespace
} // namespace keventd::test
