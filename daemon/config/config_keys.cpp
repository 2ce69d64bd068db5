#include "daemon/config/config_keys.h"

#include "daemon/base/text.h"
#include "daemon/config/size.h"
#include "daemon/config/values.h"
#include "dbus/plain_text.h"

#include <sys/types.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace keventd {
namespace {

constexpr std::size_t KiB = 1024;
constexpr std::size_t GiB = 1024 * 1024 * KiB;

/// Reads what a value may be; nothing if it is not that.
template <typename Value>
struct Kind {
    std::string allowed;
    std::function<std::optional<Value>(const TomlValue&)> read;
};

/// @param members  the way to what is set: &Settings::limits, &Limits::client, &ClientLimits::window
template <typename Value, typename... Members>
ConfigKey key(const std::string& name, TakesEffect takesEffect, const Kind<Value>& kind, Members... members) {
    const auto member = [members...](auto& settings) -> auto& {
        return (settings.*....*members);
    };
    return {.name = name,
            .takesEffect = takesEffect,
            .allowed = kind.allowed,
            .set =
                [member, read = kind.read](const TomlValue& value, Settings& settings) {
                    auto got = read(value);
                    if (got) member(settings) = std::move(*got);
                    return got.has_value();
                },
            .isSame = [member](const Settings& a, const Settings& b) { return member(a) == member(b); },
            .copy = [member](const Settings& from, Settings& to) { member(to) = member(from); }};
}

template <typename Number>
Kind<Number> number(Number least, Number most) {
    return {text("a whole number of ", least, " to ", most),
            [least, most](const TomlValue& value) -> std::optional<Number> {
                const auto* given = std::get_if<std::int64_t>(&value);
                if (given == nullptr || std::cmp_less(*given, least) || std::cmp_greater(*given, most))
                    return std::nullopt;
                return static_cast<Number>(*given);
            }};
}

std::optional<std::size_t> sizeIn(const TomlValue& value) {
    if (const auto* string = std::get_if<std::string>(&value)) return parseSize(*string);
    const auto* bytes = std::get_if<std::int64_t>(&value);
    if (bytes == nullptr || *bytes < 0) return std::nullopt;
    return static_cast<std::size_t>(*bytes);
}

Kind<std::size_t> size(std::size_t least, std::size_t most, std::string allowed) {
    return {std::move(allowed), [least, most](const TomlValue& value) -> std::optional<std::size_t> {
                const auto bytes = sizeIn(value);
                if (!bytes || *bytes < least || *bytes > most) return std::nullopt;
                return bytes;
            }};
}

Kind<bool> yesOrNo() {
    return {"true or false", [](const TomlValue& value) -> std::optional<bool> {
                const auto* given = std::get_if<bool>(&value);
                return given == nullptr ? std::nullopt : std::optional(*given);
            }};
}

/// A string that `parse` understands.
template <typename Parse>
auto string(std::string allowed, Parse parse) {
    using Result = decltype(parse(std::string()));
    return Kind<typename Result::value_type>{std::move(allowed), [parse](const TomlValue& value) -> Result {
                                                 const auto* given = std::get_if<std::string>(&value);
                                                 return given == nullptr ? Result() : parse(*given);
                                             }};
}

/// "auto", which leaves it open, or something else.
template <typename Value>
Kind<std::optional<Value>> orAuto(const Kind<Value>& kind) {
    using Result = std::optional<std::optional<Value>>;
    return {kind.allowed + ", or \"auto\"", [read = kind.read](const TomlValue& value) -> Result {
                const auto* given = std::get_if<std::string>(&value);
                if (given != nullptr && *given == "auto") return Result(std::in_place, std::nullopt);
                auto got = read(value);
                return got ? Result(std::move(got)) : Result();
            }};
}

std::optional<std::string> parsePath(const std::string& path) {
    if (!path.starts_with('/') || path.find('\0') != std::string::npos) return std::nullopt;
    return path;
}

std::optional<std::string> parseBus(const std::string& bus) {
    return isBusChoice(bus) ? std::optional(bus) : std::nullopt;
}

// Which groups there are is found out when it matters: they may come later.
std::optional<std::string> parseGroup(const std::string& group) {
    constexpr std::size_t longest = 255;
    constexpr gid_t noGroup = -1U; // what chown(2) takes for "leave it as it is"
    const bool isNumber = group.find_first_not_of("0123456789") == std::string::npos;
    const bool isName =
        group.size() <= longest && isPlainText(group) && group.find_first_of(" :,") == std::string::npos;
    const bool isInRange = group.empty() || !isNumber || parseNumber(group).value_or(noGroup) < noGroup;
    return isName && isInRange ? std::optional(group) : std::nullopt;
}

std::optional<BroadcastOptions::Kernel> parseKernelBroadcast(const std::string& word) {
    if (word == "auto") return BroadcastOptions::Kernel::Auto;
    if (word == "always") return BroadcastOptions::Kernel::Always;
    if (word == "never") return BroadcastOptions::Kernel::Never;
    return std::nullopt;
}

Kind<std::chrono::milliseconds> milliseconds(std::chrono::milliseconds most) {
    const Kind<std::int64_t> count = number<std::int64_t>(0, most.count());
    return {count.allowed, [read = count.read](const TomlValue& value) {
                const auto given = read(value);
                return given ? std::optional(std::chrono::milliseconds(*given)) : std::nullopt;
            }};
}

std::vector<ConfigKey> generalKeys() {
    using enum TakesEffect;
    constexpr std::size_t anySize = std::numeric_limits<std::size_t>::max();
    const auto level = string(AllowedLogLevel, [](const std::string& name) { return parseLogLevel(name); });
    const auto path = orAuto(string("an absolute path", parsePath));
    return {
        key("log.level", AtOnce, level, &Settings::logLevel),
        key("history.size", AtNextStart, size(MinHistoryBytes, anySize, AllowedHistorySize),
            &Settings::historyBytes),
        key("order.reorder_wait_ms", AtNextStart, orAuto(milliseconds(MaxReorderWait)),
            &Settings::reorderWait),
        key("bus.address", AtNextStart, string(AllowedBus, parseBus), &Settings::bus),
        key("socket.path", AtNextStart, path, &Settings::socket),
        key("state.directory", AtNextStart, path, &Settings::stateDirectory),
        key("stream.coldplug", AtNextStart, yesOrNo(), &Settings::coldplug),
        key("access.admin_group", AtOnce, string("the name or number of a group, or empty", parseGroup),
            &Settings::adminGroup),
        key("broadcast.rate", AtOnce, number<std::uint32_t>(0, MaxBroadcastRate), &Settings::broadcast,
            &BroadcastOptions::ratePerSecond),
        key("broadcast.kernel", AtOnce, string("auto, always or never", parseKernelBroadcast),
            &Settings::broadcast, &BroadcastOptions::kernel),
    };
}

template <typename Value, typename Member>
ConfigKey ofClient(const std::string& name, const Kind<Value>& kind, Member member) {
    return key("limits.client." + name, TakesEffect::AtOnce, kind, &Settings::limits, &Limits::client,
               member);
}

template <typename Value, typename Member>
ConfigKey ofUser(const std::string& name, const Kind<Value>& kind, Member member) {
    return key("limits.user." + name, TakesEffect::AtOnce, kind, &Settings::limits, &Limits::user, member);
}

// What bounds them from above keeps one client from making a turn of the loop long, and a mistake from making
// a limit none.
std::vector<ConfigKey> limitKeys() {
    using Client = ClientLimits;
    using User = UserLimits;
    constexpr std::size_t many = 65'536;
    constexpr std::size_t million = 1'000'000;
    const auto backlog = size(64 * KiB, GiB, "a size of 64K to 1G, such as 4M");
    return {
        ofClient("subscriptions", number<std::size_t>(1, many), &Client::subscriptions),
        ofClient("filter_terms", number<std::size_t>(1, 4096), &Client::filterTerms),
        ofClient("filter_bytes", size(64, 64 * KiB, "a size of 64 to 64K"), &Client::filterBytes),
        ofClient("unacknowledged_bytes", backlog, &Client::unacknowledgedBytes),
        ofClient("window", number<std::uint32_t>(1, million), &Client::window),
        ofClient("calls", number<std::size_t>(1, 4096), &Client::calls),
        ofClient("watches", number<std::size_t>(1, 4096), &Client::watches),
        ofUser("connections", number<std::size_t>(1, 512), &User::connections),
        ofUser("subscriptions", number<std::size_t>(1, million), &User::subscriptions),
        ofUser("calls", number<std::size_t>(1, many), &User::calls),
        ofUser("unacknowledged_bytes", backlog, &User::unacknowledgedBytes),
        ofUser("filter_bytes", size(64, GiB, "a size of 64 to 1G, such as 1M"), &User::filterBytes),
        ofUser("watches", number<std::size_t>(1, many), &User::watches),
    };
}

std::vector<ConfigKey> sourceKeys() {
    constexpr std::uint32_t million = 1'000'000;
    std::vector<ConfigKey> keys;
    for (const auto& [name, member] : SourcesByName) {
        keys.push_back(key(text("sources.", name, ".enabled"), TakesEffect::AtNextStart, yesOrNo(),
                           &Settings::sources, member, &SourceSettings::enabled));
        keys.push_back(key(text("sources.", name, ".rate"), TakesEffect::AtNextStart,
                           number<std::uint32_t>(0, million), &Settings::sources, member,
                           &SourceSettings::rate));
    }
    const auto stall = number<std::uint32_t>(0, 10'000);
    const auto threshold = [](const char* name, const Kind<std::uint32_t>& kind, auto member) {
        return key(text("sources.pressure.", name), TakesEffect::AtNextStart, kind, &Settings::sources,
                   &SourcesSettings::pressureThresholds, member);
    };
    keys.push_back(key("sources.mount.table", TakesEffect::AtNextStart,
                       orAuto(string("an absolute path", parsePath)), &Settings::sources,
                       &SourcesSettings::mountTable));
    keys.push_back(threshold("memory_stall_ms", stall, &PressureSettings::memoryStallMs));
    keys.push_back(threshold("cpu_stall_ms", stall, &PressureSettings::cpuStallMs));
    keys.push_back(threshold("io_stall_ms", stall, &PressureSettings::ioStallMs));
    keys.push_back(threshold("window_ms", number<std::uint32_t>(500, 10'000), &PressureSettings::windowMs));
    return keys;
}

} // namespace

const std::vector<ConfigKey>& configKeys() {
    static const std::vector<ConfigKey> all = [] {
        std::vector<ConfigKey> keys = generalKeys();
        for (ConfigKey& source : sourceKeys()) keys.push_back(std::move(source));
        for (ConfigKey& limit : limitKeys()) keys.push_back(std::move(limit));
        return keys;
    }();
    return all;
}

const ConfigKey* findConfigKey(std::string_view name) {
    const auto& keys = configKeys();
    const auto found =
        std::find_if(keys.begin(), keys.end(), [name](const ConfigKey& key) { return key.name == name; });
    return found == keys.end() ? nullptr : &*found;
}

std::string contentsOfTable(std::string_view table) {
    const std::string prefix = table.empty() ? "" : text(table, ".");
    std::vector<std::string_view> names;
    for (const ConfigKey& key : configKeys()) {
        if (!key.name.starts_with(prefix)) continue;
        const std::string_view rest = std::string_view(key.name).substr(prefix.size());
        const std::string_view name = rest.substr(0, rest.find('.'));
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    std::string all;
    for (const std::string_view name : names) all += (all.empty() ? "" : ", ") + std::string(name);
    return all;
}

} // namespace keventd
