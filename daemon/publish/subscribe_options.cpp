#include "daemon/publish/subscribe_options.h"

#include "daemon/base/text.h"
#include "daemon/publish/bus_error.h"
#include "daemon/publish/method_call.h"
#include "keventd/names.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace keventd {
namespace {

constexpr std::size_t MaxStreamId = 64; // it has 32 digits

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

/// @param shown  what the client wrote
Glob parseGlob(std::string_view option, std::string_view pattern, std::string_view shown) {
    auto glob = Glob::parse(pattern);
    if (!glob) {
        throw BusError(names::error::InvalidFilter,
                       text("option '", option, "': malformed glob '", shown, "'"));
    }
    return std::move(*glob);
}

// How much a filter may cost to keep and to match; asked for each term as it is read, before it is kept.
class FilterAllowance {
public:
    explicit FilterAllowance(const ClientLimits& limits) : limits_(limits) {}

    void take(std::string_view term) {
        ++terms_;
        bytes_ += term.size();
        if (terms_ > limits_.filterTerms) {
            refuseMoreThan(limits_.filterTerms, " globs (limits.client.filter_terms)");
        }
        if (bytes_ > limits_.filterBytes) {
            refuseMoreThan(limits_.filterBytes, " bytes of globs (limits.client.filter_bytes)");
        }
    }

private:
    [[noreturn]] static void refuseMoreThan(std::size_t count, const char* what) {
        throw BusError(names::error::LimitExceeded, text("more than ", count, what));
    }

    const ClientLimits& limits_;
    std::size_t terms_ = 0;
    std::size_t bytes_ = 0;
};

// Reads the value of one option: a variant that must be of the given type.
class ValueReader {
public:
    ValueReader(sd_bus_message* message, std::string_view option) : message_(message), option_(option) {}

    template <typename Value>
    Value basic(const char* type) {
        Value value{};
        enter(type);
        checkRead(sd_bus_message_read_basic(message_, *type, &value));
        exit();
        return value;
    }

    /// Calls `take` for each string; they are borrowed from the message.
    void strings(const std::function<void(std::string_view)>& take) {
        enter("as");
        checkRead(sd_bus_message_enter_container(message_, 'a', "s"));
        const char* value = nullptr;
        while (checkRead(sd_bus_message_read_basic(message_, 's', static_cast<void*>(&value))) > 0)
            take(value);
        exit();
        exit();
    }

private:
    void enter(const char* type) {
        const char* contents = nullptr;
        checkRead(sd_bus_message_peek_type(message_, nullptr, &contents));
        if (std::string_view(contents) != type) {
            refuse(option_, text("type '", contents, "', expected '", type, "'"));
        }
        checkRead(sd_bus_message_enter_container(message_, 'v', type));
    }
    void exit() { checkRead(sd_bus_message_exit_container(message_)); }

    sd_bus_message* message_;
    std::string_view option_;
};

void readGlobs(ValueReader& value, std::string_view option, EventField field, FilterAllowance& allowance,
               Filter& filter) {
    std::vector<Glob> globs;
    value.strings([&](std::string_view pattern) {
        allowance.take(pattern);
        globs.push_back(parseGlob(option, pattern, pattern));
    });
    filter.addField(field, std::move(globs));
}

void readProperties(ValueReader& value, FilterAllowance& allowance, Filter& filter) {
    constexpr std::string_view option = names::option::Properties;
    value.strings([&](std::string_view term) {
        allowance.take(term);
        const std::size_t equals = term.find('=');
        if (equals == 0 || equals == std::string_view::npos) {
            throw BusError(names::error::InvalidFilter,
                           text("option '", option, "': '", term, "' is not KEY=GLOB"));
        }
        filter.addProperty(std::string(term.substr(0, equals)),
                           parseGlob(option, term.substr(equals + 1), term));
    });
}

std::uint32_t readWindow(ValueReader& value, const ClientLimits& limits) {
    const auto window = value.basic<std::uint32_t>("u");
    if (window == 0 || window > limits.window) {
        refuse(names::option::Window,
               text(window, " is not within 1 and ", limits.window, " (limits.client.window)"));
    }
    return window;
}

// Beyond what a clock can show lies the future all the same.
std::chrono::microseconds readTime(ValueReader& value) {
    constexpr auto latest = static_cast<std::uint64_t>(std::chrono::microseconds::max().count());
    return std::chrono::microseconds(std::min(value.basic<std::uint64_t>("t"), latest));
}

// What is no StreamId of any daemon is not kept while a call waits.
std::string readStream(ValueReader& value) {
    const std::string_view stream = value.basic<const char*>("s");
    if (stream.size() > MaxStreamId)
        refuse(names::option::Stream, text(stream.size(), " bytes are too long"));
    return std::string(stream);
}

void readOption(sd_bus_message* message, std::string_view option, const ClientLimits& limits,
                FilterAllowance& allowance, SubscribeOptions& options) {
    ValueReader value(message, option);
    if (const auto field = findField(option)) {
        readGlobs(value, option, *field, allowance, options.filter);
    } else if (option == names::option::Properties) {
        readProperties(value, allowance, options.filter);
    } else if (option == names::option::Stream) {
        options.stream = readStream(value);
    } else if (option == names::option::Since) {
        options.since = value.basic<std::uint64_t>("t");
    } else if (option == names::option::SinceBoottime) {
        options.sinceBoottime = readTime(value);
    } else if (option == names::option::Window) {
        options.window = readWindow(value, limits);
    } else {
        refuse(option, "unknown");
    }
}

/// @param check  refuses an option by its name
SubscribeOptions readDictionary(sd_bus_message* message, const ClientLimits& limits,
                                const std::function<void(std::string_view)>& check) {
    SubscribeOptions options;
    FilterAllowance allowance(limits);
    std::vector<std::string_view> given; // no more than there are: others are refused
    checkRead(sd_bus_message_enter_container(message, 'a', "{sv}"));
    while (checkRead(sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
        const char* option = nullptr;
        checkRead(sd_bus_message_read_basic(message, 's', static_cast<void*>(&option)));
        check(option);
        if (std::find(given.begin(), given.end(), option) != given.end()) refuse(option, "given twice");
        readOption(message, option, limits, allowance, options);
        given.emplace_back(option);
        checkRead(sd_bus_message_exit_container(message));
    }
    checkRead(sd_bus_message_exit_container(message));
    return options;
}

bool isOfDevices(std::string_view option) {
    return option == names::option::Subsystems || option == names::option::Objects ||
           option == names::option::Properties;
}

} // namespace

SubscribeOptions readSubscribeOptions(sd_bus_message* message, const ClientLimits& limits) {
    SubscribeOptions options = readDictionary(message, limits, [](std::string_view) {});
    if (options.since && options.sinceBoottime) {
        refuse(names::option::SinceBoottime, "not together with 'since'");
    }
    return options;
}

Filter readDeviceFilter(sd_bus_message* message, const ClientLimits& limits) {
    return readDictionary(message, limits,
                          [](std::string_view option) {
                              if (!isOfDevices(option)) refuse(option, "none of those that describe devices");
                          })
        .filter;
}

} // namespace keventd
