#include "client/keventctl/quantities.h"

#include <array>
#include <ctime>
#include <utility>

namespace keventd::ctl {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t Step = 1024;
constexpr std::array SizeUnits{" KiB", " MiB", " GiB", " TiB"};

constexpr std::array<std::pair<std::chrono::seconds, const char*>, 4> TimeUnits{{
    {24h, " d"},
    {1h, " h"},
    {1min, " min"},
    {1s, " s"},
}};

} // namespace

std::string sizeText(std::uint64_t bytes) {
    if (bytes < Step) return std::to_string(bytes) + " B";
    std::size_t unit = 0;
    std::uint64_t size = Step;
    for (; unit + 1 < SizeUnits.size() && bytes / size >= Step; ++unit) size *= Step;
    std::string text = std::to_string(bytes / size);
    if (bytes / size < 10) text += "." + std::to_string(bytes % size * 10 / size);
    return text + SizeUnits.at(unit);
}

std::string durationText(Duration duration) {
    auto left = std::chrono::duration_cast<std::chrono::seconds>(duration);
    std::size_t unit = 0;
    while (unit + 1 < TimeUnits.size() && left < TimeUnits.at(unit).first) ++unit;
    const auto append = [&](std::string text) {
        const auto& [length, name] = TimeUnits.at(unit++);
        text += std::to_string(left / length) + name;
        left %= length;
        return text;
    };
    const std::string text = append("");
    return unit < TimeUnits.size() ? append(text + " ") : text;
}

std::string dateText(Duration realtime) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(realtime);
    const auto time = static_cast<std::time_t>(seconds.count());
    std::tm local{};
    ::localtime_r(&time, &local);
    std::array<char, 64> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &local);
    return {text.data(), length};
}

} // namespace keventd::ctl
