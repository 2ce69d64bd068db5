// The options of Subscribe, of any name and type, in a message that is in order: they are taken if each is
// what it should be, and refused with one of the errors of the contract if not. Input, again and again: a
// line with the name, one with the type (what is none of those below is "s"), one with the value (of "as":
// more, up to an empty line).
#include "daemon/publish/bus_error.h"
#include "daemon/publish/subscribe_options.h"
#include "keventd/names.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/unit/support/loopback_bus.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <vector>

namespace {

namespace option = keventd::names::option;

using keventd::ClientLimits;
using keventd::EventField;
using keventd::Filter;
using keventd::Glob;
using keventd::SubscribeOptions;
using keventd::fuzz::require;
using keventd::test::LoopbackBus;

// Small, so that they are reached.
constexpr ClientLimits Limits{.filterTerms = 6, .filterBytes = 64, .window = 1000};

constexpr std::array<std::string_view, 10> Types{"s", "as", "t", "u", "v", "b", "x", "d", "(s)", "a{sv}"};

struct Option {
    std::string name;
    std::string_view type;
    std::vector<std::string> texts;
    std::uint64_t number = 0;
};

std::string_view knownType(const std::string& type) {
    const auto* const known = std::find(Types.begin(), Types.end(), type);
    return known == Types.end() ? Types.front() : *known;
}

std::vector<Option> optionsFrom(keventd::fuzz::Input input) {
    std::vector<Option> options;
    while (!input.empty()) {
        Option& option = options.emplace_back();
        option.name = input.text();
        option.type = knownType(input.text());
        if (option.type == "t" || option.type == "u") {
            option.number = input.number();
            if (option.type == "u") option.number = static_cast<std::uint32_t>(option.number);
            continue;
        }
        do {
            option.texts.push_back(input.text());
        } while (option.type == "as" && !option.texts.back().empty());
    }
    return options;
}

int appendValue(sd_bus_message* to, const Option& given) {
    const char* text = given.texts.empty() ? "" : given.texts.front().c_str();
    if (given.type == "t") return sd_bus_message_append(to, "v", "t", given.number);
    if (given.type == "u")
        return sd_bus_message_append(to, "v", "u", static_cast<std::uint32_t>(given.number));
    if (given.type == "v") return sd_bus_message_append(to, "v", "v", "s", text);
    if (given.type == "b") return sd_bus_message_append(to, "v", "b", 1);
    if (given.type == "x") return sd_bus_message_append(to, "v", "x", std::int64_t{-1});
    if (given.type == "d") return sd_bus_message_append(to, "v", "d", 1.0);
    if (given.type == "(s)") return sd_bus_message_append(to, "v", "(s)", text);
    if (given.type == "a{sv}") return sd_bus_message_append(to, "v", "a{sv}", 1, text, "s", text);
    if (given.type != "as") return sd_bus_message_append(to, "v", "s", text);
    if (const int result = sd_bus_message_open_container(to, 'v', "as"); result < 0) return result;
    std::vector<char*> texts; // as sd-bus wants them, up to a null
    for (const std::string& each : given.texts) texts.push_back(const_cast<char*>(each.c_str()));
    texts.back() = nullptr; // in place of the empty line
    if (const int result = sd_bus_message_append_strv(to, texts.data()); result < 0) return result;
    return sd_bus_message_close_container(to);
}

// @return false if the bus refuses the text
bool append(sd_bus_message* to, const std::vector<Option>& options) {
    int result = sd_bus_message_open_container(to, 'a', "{sv}");
    for (const Option& given : options) {
        if (result >= 0) result = sd_bus_message_open_container(to, 'e', "sv");
        if (result >= 0) result = sd_bus_message_append(to, "s", given.name.c_str());
        if (result >= 0) result = appendValue(to, given);
        if (result >= 0) result = sd_bus_message_close_container(to);
    }
    return result >= 0 && sd_bus_message_close_container(to) >= 0;
}

std::optional<EventField> findField(std::string_view name) {
    if (name == option::Sources) return EventField::Source;
    if (name == option::Subsystems) return EventField::Subsystem;
    if (name == option::Actions) return EventField::Action;
    if (name == option::Objects) return EventField::Object;
    if (name == option::Attributes) return EventField::Attribute;
    return std::nullopt;
}

// What should come of a dictionary: put together more plainly than the daemon does it, which stops at the
// first mistake.
class Model {
public:
    explicit Model(const std::vector<Option>& options) {
        for (const Option& given : options) take(given);
        isGood_ = isGood_ && terms_ <= Limits.filterTerms && bytes_ <= Limits.filterBytes;
    }

    [[nodiscard]] bool isGoodFilterOfDevices() const {
        return isGood_ && std::all_of(names_.begin(), names_.end(), [](const std::string& name) {
                   return name == option::Subsystems || name == option::Objects || name == option::Properties;
               });
    }
    [[nodiscard]] bool isGood() const { return isGood_ && !(wanted_.since && wanted_.sinceBoottime); }
    [[nodiscard]] const SubscribeOptions& wanted() const { return wanted_; }

private:
    void take(const Option& given) {
        const bool isNew = names_.insert(given.name).second;
        isGood_ = isGood_ && isNew && set(given);
    }
    bool set(const Option& given) {
        if (given.name == option::Stream && given.type == "s") {
            wanted_.stream = given.texts.front();
            return wanted_.stream->size() <= 64;
        }
        if (given.name == option::Since && given.type == "t") {
            wanted_.since = given.number;
            return true;
        }
        if (given.name == option::SinceBoottime && given.type == "t") {
            wanted_.sinceBoottime =
                std::chrono::microseconds(std::min<std::uint64_t>(given.number, INT64_MAX));
            return true;
        }
        if (given.name == option::Window && given.type == "u") {
            wanted_.window = static_cast<std::uint32_t>(given.number);
            return given.number >= 1 && given.number <= Limits.window;
        }
        return given.type == "as" && setGlobs(given);
    }
    bool setGlobs(const Option& given) {
        const std::vector<std::string> texts(given.texts.begin(), given.texts.end() - 1);
        terms_ += texts.size();
        for (const std::string& text : texts) bytes_ += text.size();
        if (given.name == option::Properties)
            return std::all_of(texts.begin(), texts.end(),
                               [this](const auto& text) { return setProperty(text); });
        const auto field = findField(given.name);
        std::vector<Glob> globs;
        for (const std::string& text : texts) {
            if (const auto glob = Glob::parse(text)) globs.push_back(*glob);
        }
        if (!field || globs.size() != texts.size()) return false;
        wanted_.filter.addField(*field, std::move(globs));
        return true;
    }
    bool setProperty(const std::string& text) {
        const std::size_t equals = text.find('=');
        if (equals == 0 || equals == std::string::npos) return false;
        const auto glob = Glob::parse(text.substr(equals + 1));
        if (glob) wanted_.filter.addProperty(text.substr(0, equals), *glob);
        return glob.has_value();
    }

    bool isGood_ = true;
    std::set<std::string> names_;
    std::size_t terms_ = 0;
    std::size_t bytes_ = 0;
    SubscribeOptions wanted_;
};

// @return what `read` returns; nothing if it refuses
template <typename Read>
auto tryRead(const Read& read) -> std::optional<decltype(read())> {
    try {
        return read();
    } catch (const keventd::BusError& error) {
        const std::string_view name = error.name();
        require(name == keventd::names::error::InvalidOption ||
                    name == keventd::names::error::InvalidFilter ||
                    name == keventd::names::error::LimitExceeded,
                "the error is one of the contract");
        require(*error.what() != '\0', "the error says what is wrong");
        return std::nullopt;
    }
}

void checkRead(const SubscribeOptions& got, const SubscribeOptions& wanted) {
    require(got.stream == wanted.stream && got.since == wanted.since, "stream and id are as given");
    require(got.sinceBoottime == wanted.sinceBoottime && got.window == wanted.window,
            "time and window are as given");
    require(got.filter.text() == wanted.filter.text(), "the filter is as given");
    require(got.filter.textBytes() <= Limits.filterBytes, "the filter is within its limit");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const LoopbackBus bus;
    const std::vector<Option> options = optionsFrom({data, size});
    const auto message = bus.newSignal();
    if (!append(message.get(), options)) return 0;
    LoopbackBus::seal(message.get());
    const Model model(options);

    const auto got = tryRead([&] { return keventd::readSubscribeOptions(message.get(), Limits); });
    require(got.has_value() == model.isGood(), "options are taken if they are good");
    if (got) checkRead(*got, model.wanted());

    sd_bus_message_rewind(message.get(), 1);
    const auto filter = tryRead([&] { return keventd::readDeviceFilter(message.get(), Limits); });
    require(filter.has_value() == model.isGoodFilterOfDevices(),
            "a filter of devices is taken if it is good");
    if (filter) require(filter->text() == model.wanted().filter.text(), "the filter is as given");
    return 0;
}
