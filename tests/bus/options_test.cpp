// Options that are refused: by a documented error whose message names what was wrong, and nothing else
// happens.

#include "keventd/names.h"
#include "tests/bus/bus_test.h"

#include <gmock/gmock.h>

namespace keventd::test {
namespace {

using testing::HasSubstr;

constexpr const char* FilterOptions[] = {names::option::Sources, names::option::Subsystems,
                                         names::option::Actions, names::option::Objects,
                                         names::option::Attributes};

struct Refusal {
    std::string error;   ///< empty if the call was not refused
    std::string message; ///< error and its text
};

class Options : public BusTest {
protected:
    /// Calls Subscribe with options of any kind.
    /// @param types   of the variants' contents, and their values, as of sd_bus_message_append(3): "{sv}"…
    template <typename... Values>
    [[nodiscard]] Refusal refusalOf(const char* types, Values... values) {
        return refusalOf(names::method::Subscribe, types, values...);
    }

    template <typename... Values>
    [[nodiscard]] Refusal refusalOfGetEvents(const char* types, Values... values) {
        return refusalOf(names::method::GetEvents, types, values...);
    }

    [[nodiscard]] Refusal refusalOf(const Wanted& wanted) {
        const BusMessageHandle call = client().newCall(names::method::Subscribe);
        appendWanted(call, wanted);
        return send(call);
    }

    /// A filter of one option.
    [[nodiscard]] static Wanted filter(const char* option, std::vector<std::string> globs) {
        Wanted wanted;
        wanted.filters[option] = std::move(globs);
        return wanted;
    }

    // After each test: the connection that was refused can still be used, and no subscription was made.
    void TearDown() override {
        if (!client_) return;
        EXPECT_NO_THROW(client_->sync());
        EXPECT_EQ(client_->statistics().at("subscriptions"), 0U);
    }

    [[nodiscard]] BusClient& client() {
        if (!client_) client_.emplace(address(), via());
        return *client_;
    }

private:
    template <typename... Values>
    [[nodiscard]] Refusal refusalOf(const char* method, const char* types, Values... values) {
        const BusMessageHandle call = client().newCall(method);
        checkBus(sd_bus_message_append(call.get(), types, values...), "append options");
        if (std::string(names::method::GetEvents) == method) {
            checkBus(sd_bus_message_append(call.get(), "u", 0U), "append max");
        }
        return send(call);
    }

    [[nodiscard]] Refusal send(const BusMessageHandle& call) {
        try {
            client().send(call);
            return {};
        } catch (const CallError& error) {
            return {error.name(), error.what()};
        }
    }

    std::optional<BusClient> client_;
};

#define EXPECT_REFUSED(refusal, expectedError, mention)                                                      \
    do {                                                                                                     \
        const Refusal got = (refusal);                                                                       \
        EXPECT_EQ(got.error, expectedError) << got.message;                                                  \
        EXPECT_THAT(got.message, HasSubstr(mention));                                                        \
    } while (false)

TEST_P(Options, UnknownOneIsRefusedByName) {
    EXPECT_REFUSED(refusalOf("a{sv}", 1, "colours", "as", 1, "red"), names::error::InvalidOption,
                   "'colours'");
}

TEST_P(Options, UnknownOneIsRefusedByGetEvents) {
    EXPECT_REFUSED(refusalOfGetEvents("a{sv}", 1, "colours", "as", 1, "red"), names::error::InvalidOption,
                   "'colours'");
}

TEST_P(Options, UnknownOneBesideGoodOnesIsRefused) {
    EXPECT_REFUSED(refusalOf("a{sv}", 2, "subsystems", "as", 1, "mem", "Subsystems", "as", 1, "mem"),
                   names::error::InvalidOption, "'Subsystems'");
}

TEST_P(Options, OneGivenTwiceIsRefused) {
    EXPECT_REFUSED(refusalOf("a{sv}", 2, "actions", "as", 1, "add", "actions", "as", 1, "remove"),
                   names::error::InvalidOption, "'actions': given twice");
    EXPECT_REFUSED(refusalOf("a{sv}", 2, "window", "u", 4U, "window", "u", 4U), names::error::InvalidOption,
                   "'window': given twice");
}

TEST_P(Options, WindowIsNoneOfGetEvents) {
    EXPECT_REFUSED(refusalOfGetEvents("a{sv}", 1, "window", "u", 4U), names::error::InvalidOption,
                   "'window'");
}

TEST_P(Options, FilterOfAWrongTypeIsRefusedByName) {
    for (const char* option : {"sources", "subsystems", "actions", "objects", "attributes", "properties"}) {
        EXPECT_REFUSED(refusalOf("a{sv}", 1, option, "s", "mem"), names::error::InvalidOption, option);
    }
}

TEST_P(Options, NumberOfAWrongTypeIsRefusedByName) {
    EXPECT_REFUSED(refusalOf("a{sv}", 1, "since", "u", 1U), names::error::InvalidOption, "'since'");
    EXPECT_REFUSED(refusalOf("a{sv}", 1, "since_boottime", "x", std::int64_t{1}), names::error::InvalidOption,
                   "'since_boottime'");
    EXPECT_REFUSED(refusalOf("a{sv}", 1, "window", "t", std::uint64_t{1}), names::error::InvalidOption,
                   "'window'");
}

TEST_P(Options, StreamOfAWrongTypeIsRefusedByName) {
    EXPECT_REFUSED(refusalOf("a{sv}", 1, "stream", "as", 1, "x"), names::error::InvalidOption, "'stream'");
    EXPECT_REFUSED(refusalOf("a{sv}", 1, "stream", "s", std::string(65, '0').c_str()),
                   names::error::InvalidOption, "'stream': 65 bytes");
}

TEST_P(Options, WrongTypeIsNamedBesideTheExpectedOne) {
    EXPECT_REFUSED(refusalOf("a{sv}", 1, "subsystems", "s", "mem"), names::error::InvalidOption,
                   "expected 'as'");
}

TEST_P(Options, MalformedGlobIsRefusedAndShown) {
    for (const char* option : FilterOptions) {
        EXPECT_REFUSED(refusalOf(filter(option, {"*", "[a"})), names::error::InvalidFilter, "'[a'");
    }
}

TEST_P(Options, EmptyGlobIsRefused) {
    EXPECT_REFUSED(refusalOf(filter(names::option::Sources, {""})), names::error::InvalidFilter, "'sources'");
}

TEST_P(Options, MalformedGlobOfAPropertyIsRefusedAndShown) {
    EXPECT_REFUSED(refusalOf(filter(names::option::Properties, {"ID_BUS=[a"})), names::error::InvalidFilter,
                   "[a");
}

TEST_P(Options, MalformedGlobIsRefusedByGetEvents) {
    EXPECT_REFUSED(refusalOfGetEvents("a{sv}", 1, "objects", "as", 1, "[a"), names::error::InvalidFilter,
                   "'[a'");
}

TEST_P(Options, PropertyWithoutAValueIsRefusedAndShown) {
    EXPECT_REFUSED(refusalOf(filter(names::option::Properties, {"ID_BUS"})), names::error::InvalidFilter,
                   "'ID_BUS'");
}

TEST_P(Options, PropertyWithoutAKeyIsRefusedAndShown) {
    EXPECT_REFUSED(refusalOf(filter(names::option::Properties, {"=usb"})), names::error::InvalidFilter,
                   "'=usb'");
}

TEST_P(Options, WindowOfNoneIsRefused) {
    EXPECT_REFUSED(refusalOf("a{sv}", 1, "window", "u", 0U), names::error::InvalidOption, "'window'");
}

TEST_P(Options, WindowAboveTheLimitIsRefused) {
    EXPECT_REFUSED(refusalOf("a{sv}", 1, "window", "u", 65'537U), names::error::InvalidOption, "'window'");
}

TEST_P(Options, AnotherStreamIsRefused) {
    Wanted wanted;
    wanted.stream = "0123456789abcdef0123456789abcdef";
    wanted.since = 1;
    EXPECT_REFUSED(refusalOf(wanted), names::error::StreamChanged, *wanted.stream);
}

TEST_P(Options, AnotherStreamIsRefusedByGetEvents) {
    EXPECT_REFUSED(refusalOfGetEvents("a{sv}", 2, "stream", "s", "other", "since", "t", std::uint64_t{1}),
                   names::error::StreamChanged, "other");
}

TEST_P(Options, SinceBeyondTheNextIdIsRefused) {
    Wanted wanted;
    wanted.since = client().number(names::property::LastId) + 1'000'000;
    EXPECT_REFUSED(refusalOf(wanted), names::error::InvalidOption, "'since'");
}

TEST_P(Options, SinceBeyondTheNextIdIsRefusedByGetEvents) {
    EXPECT_REFUSED(refusalOfGetEvents("a{sv}", 1, "since", "t", UINT64_MAX), names::error::InvalidOption,
                   "'since'");
}

TEST_P(Options, TwoPlacesToStartAtAreRefused) {
    Wanted wanted;
    wanted.since = 0;
    wanted.sinceBoottime = 0;
    EXPECT_REFUSED(refusalOf(wanted), names::error::InvalidOption, "'since_boottime'");
}

TEST_P(Options, MoreTermsThanTheLimitAreRefused) {
    EXPECT_REFUSED(refusalOf(filter(names::option::Objects, std::vector<std::string>(257, "/devices/*"))),
                   names::error::LimitExceeded, "256");
}

TEST_P(Options, TermsOfAllOptionsCountTowardsTheLimit) {
    Wanted wanted;
    wanted.filters[names::option::Objects] = std::vector<std::string>(128, "*");
    wanted.filters[names::option::Properties] = std::vector<std::string>(129, "ID_BUS=usb");
    EXPECT_REFUSED(refusalOf(wanted), names::error::LimitExceeded, "256");
}

TEST_P(Options, MoreTextThanTheLimitIsRefused) {
    EXPECT_REFUSED(refusalOf(filter(names::option::Objects, {std::string(8193, 'x')})),
                   names::error::LimitExceeded, "8192");
}

TEST_P(Options, TextOfAllOptionsCountsTowardsTheLimit) {
    Wanted wanted;
    wanted.filters[names::option::Objects] = {std::string(4096, 'x')};
    wanted.filters[names::option::Properties] = {"KEY=" + std::string(4093, 'x')};
    EXPECT_REFUSED(refusalOf(wanted), names::error::LimitExceeded, "8192");
}

TEST_P(Options, LongOneIsNamedByItsBeginning) {
    const Refusal refusal = refusalOf("a{sv}", 1, ("é" + std::string(1'000'000, 'x')).c_str(), "s", "");
    EXPECT_EQ(refusal.error, names::error::InvalidOption);
    EXPECT_THAT(refusal.message, HasSubstr("'éxxx"));
    EXPECT_LT(refusal.message.size(), 400U);
}

TEST_P(Options, ArgumentsOfAnotherTypeAreRefused) {
    EXPECT_REFUSED(refusalOf("as", 1, "subsystems"), SD_BUS_ERROR_INVALID_ARGS, "");
}

INSTANTIATE_TEST_SUITE_P(, Options, AllRoads, NameOfRoad());

class GoodOptions : public BusTest {};

TEST_P(GoodOptions, AsManyTermsAsTheLimitAreTaken) {
    Wanted wanted;
    wanted.filters[names::option::Objects] = std::vector<std::string>(256, "/devices/*");
    EXPECT_NO_THROW(static_cast<void>(subscribe(wanted)));
}

TEST_P(GoodOptions, AsMuchTextAsTheLimitIsTaken) {
    Wanted wanted;
    wanted.filters[names::option::Objects] = {std::string(8192, 'x')};
    EXPECT_NO_THROW(static_cast<void>(subscribe(wanted)));
}

TEST_P(GoodOptions, WindowsOfBothLimitsAreTaken) {
    for (const std::uint32_t window : {1U, 65'536U}) {
        Wanted wanted;
        wanted.window = window;
        EXPECT_NO_THROW(static_cast<void>(subscribe(wanted)));
    }
}

TEST_P(GoodOptions, ThisStreamAndTheNextIdAreTaken) {
    const BusClient client = connect();
    Wanted wanted;
    wanted.stream = client.streamId();
    wanted.since = client.sync();
    EXPECT_EQ(subscribe(wanted).first(), *wanted.since);
}

TEST_P(GoodOptions, SubscriptionsOfOneClientAreLimited) {
    constexpr int limit = 1024; // org.keventd1.Error.LimitExceeded: too many subscriptions of one client
    const BusClient client = connect();
    Wanted nothing; // or other people's events would fill the socket of this client, which reads none
    nothing.filters[names::option::Subsystems] = {"no such subsystem"};
    const auto subscribeOnce = [&] {
        const BusMessageHandle call = client.newCall(names::method::Subscribe);
        appendWanted(call, nothing);
        client.send(call);
    };
    for (int i = 0; i < limit; ++i) subscribeOnce();
    try {
        subscribeOnce();
        ADD_FAILURE() << "subscription " << limit + 1 << " was allowed";
    } catch (const CallError& error) {
        EXPECT_EQ(error.name(), names::error::LimitExceeded) << error.what();
    }
    EXPECT_NO_THROW(static_cast<void>(subscribe())) << "another client has its own limit";
}

INSTANTIATE_TEST_SUITE_P(, GoodOptions, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
