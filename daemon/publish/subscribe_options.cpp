#include "daemon/publish/subscribe_options.h"

#include "daemon/base/errors.h"
#include "daemon/base/text.h"
#include "daemon/publish/bus_error.h"
#include "dbus/names.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace keventd {
namespace {

constexpr std::array<std::pair<std::string_view, EventField>, 5> FieldOptions{{
    {names::option::Sources, EventField::Source},
    {names::option::Subsystems, EventField::Subsystem},
    {names::option::Actions, EventField::Action},
    {names::option::Objects, EventField::Object},
    {names::option::Attributes, EventField::Attribute},
}};

std::optional<EventField> findField(std::string_view option) {
    for (const auto& [name, field] : FieldOptions) {
        if (name == option) return field;
    }
    return std::nullopt;
}

[[noreturn]] void refuse(std::string_view option, std::string_view why) {
    throw BusError(names::error::InvalidOption, text("option '", option, "': ", why));
}

Glob parseGlob(std::string_view option, std::string_view pattern) {
    auto glob = Glob::parse(pattern);
    if (!glob)
        throw BusError(names::error::InvalidFilter,
                       text("option '", option, "': malformed glob '", pattern, "'"));
    return std::move(*glob);
}

// Reads the value of one option: a variant that must be of the given type.
class ValueReader {
public:
    ValueReader(sd_bus_message* message, std::string_view option) : message_(message), option_(option) {}

    template <typename Value>
    Value basic(const char* type) {
        Value value{};
        enter(type);
        checkResult(sd_bus_message_read_basic(message_, *type, &value), "read option");
        exit();
        return value;
    }

    std::vector<std::string> strings() {
        std::vector<std::string> values;
        enter("as");
        checkResult(sd_bus_message_enter_container(message_, 'a', "s"), "read option");
        const char* value = nullptr;
        while (checkResult(sd_bus_message_read_basic(message_, 's', static_cast<void*>(&value)),
                           "read option") > 0) {
            values.emplace_back(value);
        }
        exit();
        exit();
        return values;
    }

private:
    void enter(const char* type) {
        const char* contents = nullptr;
        checkResult(sd_bus_message_peek_type(message_, nullptr, &contents), "read option");
        if (std::string_view(contents) != type) {
            refuse(option_, text("type '", contents, "', expected '", type, "'"));
        }
        checkResult(sd_bus_message_enter_container(message_, 'v', type), "read option");
    }
    void exit() { checkResult(sd_bus_message_exit_container(message_), "read option"); }

    sd_bus_message* message_;
    std::string_view option_;
};

void readGlobs(ValueReader& value, std::string_view option, EventField field, Filter& filter) {
    std::vector<Glob> globs;
    for (const std::string& pattern : value.strings()) globs.push_back(parseGlob(option, pattern));
    filter.addField(field, std::move(globs));
}

void readProperties(ValueReader& value, Filter& filter) {
    constexpr std::string_view option = names::option::Properties;
    for (const std::string& term : value.strings()) {
        const std::size_t equals = term.find('=');
        if (equals == 0 || equals == std::string::npos) {
            throw BusError(names::error::InvalidFilter,
                           text("option '", option, "': '", term, "' is not KEY=GLOB"));
        }
        filter.addProperty(term.substr(0, equals),
                           parseGlob(option, std::string_view(term).substr(equals + 1)));
    }
}

std::uint32_t readWindow(ValueReader& value) {
    const auto window = value.basic<std::uint32_t>("u");
    if (window == 0 || window > SubscribeOptions::MaxWindow) {
        refuse(names::option::Window, text(window, " is not within 1 and ", SubscribeOptions::MaxWindow));
    }
    return window;
}

// Beyond what a clock can show lies the future all the same.
std::chrono::microseconds readTime(ValueReader& value) {
    constexpr auto latest = static_cast<std::uint64_t>(std::chrono::microseconds::max().count());
    return std::chrono::microseconds(std::min(value.basic<std::uint64_t>("t"), latest));
}

void readOption(sd_bus_message* message, std::string_view option, SubscribeOptions& options) {
    ValueReader value(message, option);
    if (const auto field = findField(option)) {
        readGlobs(value, option, *field, options.filter);
    } else if (option == names::option::Properties) {
        readProperties(value, options.filter);
    } else if (option == names::option::Stream) {
        options.stream = value.basic<const char*>("s");
    } else if (option == names::option::Since) {
        options.since = value.basic<std::uint64_t>("t");
    } else if (option == names::option::SinceBoottime) {
        options.sinceBoottime = readTime(value);
    } else if (option == names::option::Window) {
        options.window = readWindow(value);
    } else {
        refuse(option, "unknown");
    }
}

void check(const SubscribeOptions& options) {
    if (options.since && options.sinceBoottime) {
        refuse(names::option::SinceBoottime, "not together with 'since'");
    }
    if (options.filter.terms() > SubscribeOptions::MaxTerms) {
        throw BusError(names::error::LimitExceeded, text("more than ", SubscribeOptions::MaxTerms, " globs"));
    }
}

} // namespace

SubscribeOptions readSubscribeOptions(sd_bus_message* message) {
    SubscribeOptions options;
    checkResult(sd_bus_message_enter_container(message, 'a', "{sv}"), "read options");
    while (checkResult(sd_bus_message_enter_container(message, 'e', "sv"), "read options") > 0) {
        const char* option = nullptr;
        checkResult(sd_bus_message_read_basic(message, 's', static_cast<void*>(&option)), "read options");
        readOption(message, option, options);
        checkResult(sd_bus_message_exit_container(message), "read options");
    }
    checkResult(sd_bus_message_exit_container(message), "read options");
    check(options);
    return options;
}

} // namespace keventd
