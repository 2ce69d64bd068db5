#include "client/keventctl/event_query.h"

#include "client/keventctl/usage_error.h"

#include <ctime>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

using namespace std::chrono_literals;

namespace keventd::ctl {
namespace {

/// Takes the declarations, and plays a command line to them.
class RecordedOptions final : public OptionSet {
public:
    void flag(const char* name, bool& isSet, const char*) override { flags_[name] = &isSet; }
    void value(const char* name, const char*, Parser parser, const char*) override {
        values_[name] = std::move(parser);
    }
    void arguments(const char*, ListParser parser, const char*) override { arguments_ = std::move(parser); }
    void command(ListParser) override {}

    void setFlag(const char* name) { *flags_.at(name) = true; }
    void setValue(const char* name, const std::string& value) { values_.at(name)(value); }
    void setArguments(const std::vector<std::string>& values) { arguments_(values); }

private:
    std::map<std::string, bool*> flags_;
    std::map<std::string, Parser> values_;
    ListParser arguments_;
};

class EventQueryTest : public testing::Test {
protected:
    EventQueryTest() {
        query_.declare(options_);
        query_.declareCount(options_);
    }

    [[nodiscard]] std::string printed(bool isTerminal) const {
        std::string out;
        query_.makePrinter(isTerminal)->append(out, Event{});
        return out;
    }

    EventQuery query_;
    RecordedOptions options_;
};

TEST_F(EventQueryTest, AsksForEverythingFromNowOnByItself) {
    EXPECT_EQ(query_.options().since, std::nullopt);
    EXPECT_EQ(query_.options().sinceBoottime, std::nullopt);
    EXPECT_EQ(query_.count(), std::nullopt);
}

TEST_F(EventQueryTest, TakesFilters) {
    options_.setArguments({"action=add,remove"});
    EXPECT_THAT(query_.options().filter.actions, testing::ElementsAre("add", "remove"));
}

TEST_F(EventQueryTest, AsksForAnyActionUnlessFiltersSayWhich) {
    EXPECT_TRUE(query_.asksForAction("add"));
    options_.setArguments({"action=a*,change"});
    EXPECT_TRUE(query_.asksForAction("add"));
    EXPECT_FALSE(query_.asksForAction("remove"));
}

TEST_F(EventQueryTest, NamesTheOptionThatSaysHowToPrint) {
    EXPECT_EQ(query_.findFormOption(), nullptr);
    options_.setFlag("--properties");
    EXPECT_STREQ(query_.findFormOption(), "--properties");
}

TEST_F(EventQueryTest, BeginsAtAnId) {
    options_.setValue("--since", "42");
    EXPECT_EQ(query_.options().since, 42U);
    EXPECT_EQ(query_.options().sinceBoottime, std::nullopt);
}

TEST_F(EventQueryTest, BeginsAtTheOldest) {
    options_.setValue("--since", "oldest");
    EXPECT_EQ(query_.options().since, 0U);
}

TEST_F(EventQueryTest, CountsADurationBackFromNowOnTheClockOfEvents) {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    options_.setValue("--since", "1s");
    ASSERT_TRUE(query_.options().sinceBoottime);
    const auto expected = std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec) - 1s;
    EXPECT_GE(*query_.options().sinceBoottime, std::chrono::floor<std::chrono::microseconds>(expected));
    EXPECT_LT(*query_.options().sinceBoottime, expected + 60s);
}

TEST_F(EventQueryTest, DoesNotCountBackBeyondTheBoot) {
    options_.setValue("--since", "36500d");
    EXPECT_EQ(query_.options().sinceBoottime, 0us);
}

TEST_F(EventQueryTest, EndsAfterACount) {
    options_.setValue("--count", "3");
    EXPECT_EQ(query_.count(), 3U);
}

TEST_F(EventQueryTest, ColoursOnlyForATerminal) {
    ::unsetenv("NO_COLOR");
    EXPECT_THAT(printed(true), testing::HasSubstr("\x1b["));
    EXPECT_THAT(printed(false), testing::Not(testing::HasSubstr("\x1b[")));
}

TEST_F(EventQueryTest, HonoursNoColor) {
    ::setenv("NO_COLOR", "1", 1);
    EXPECT_THAT(printed(true), testing::Not(testing::HasSubstr("\x1b[")));
    ::unsetenv("NO_COLOR");
}

TEST_F(EventQueryTest, PrintsJsonWithoutColoursToATerminalToo) {
    options_.setFlag("--json");
    EXPECT_THAT(printed(true), testing::StartsWith("{\"v\":1,"));
}

} // namespace
} // namespace keventd::ctl
