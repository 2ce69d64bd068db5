#include "daemon/stream/told_drops.h"

#include "daemon/base/assert.h"
#include "keventd/names.h"

#include <charconv>
#include <new>
#include <string_view>
#include <utility>

namespace keventd {
namespace {

std::uint64_t countIn(const Event& overrun) {
    const std::string_view text = overrun.properties.find(names::key::Count).value_or("");
    std::uint64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count;
}

constexpr std::uint64_t lowest(std::uint64_t number, unsigned bits) {
    return number & ((std::uint64_t{1} << bits) - 1);
}

// Of numbers that are less far apart than half of what the bits can tell apart.
bool isAfter(std::uint64_t number, std::uint64_t other) {
    const std::uint64_t distance = lowest(number - other, ToldDrops::NumberBits);
    return distance != 0 && distance < std::uint64_t{1} << (ToldDrops::NumberBits - 1);
}

} // namespace

ToldDrops::ToldDrops(std::string source, std::span<std::byte> memory)
    : source_(std::move(source)), words_(std::launder(reinterpret_cast<Words*>(memory.data()))) {
    KEVENTD_ASSERT(memory.size() >= bytes());
}

std::optional<std::uint32_t> ToldDrops::find(std::uint64_t socket, const std::vector<Event>& leftOver) const {
    const auto told = words_->told.load();
    if (words_->socket.load() != lowest(socket, CommitWord::ValueBits) || !told) return std::nullopt;
    auto drops = static_cast<std::uint32_t>(*told >> NumberBits);
    // One at most is not counted: that comes before the next is told.
    for (const Event& event : leftOver) {
        if (tells(event) && isAfter(event.id, *told)) drops += static_cast<std::uint32_t>(countIn(event));
    }
    return drops;
}

bool ToldDrops::tells(const Event& event) const {
    return event.source == names::source::Keventd && event.action == names::action::Overrun &&
           event.properties.find(names::key::Source) == source_;
}

void ToldDrops::begin(std::uint64_t socket, std::uint32_t drops, std::uint64_t number) {
    const std::uint64_t cookie = lowest(socket, CommitWord::ValueBits);
    goesOn_ = words_->socket.load() == cookie;
    if (!goesOn_) words_->socket.store(0); // until it has its own number
    store(drops, number);
    if (!goesOn_) words_->socket.store(cookie);
}

void ToldDrops::add(std::uint64_t count, std::uint64_t number) {
    store((words_->told.load().value_or(0) >> NumberBits) + count, number);
}

void ToldDrops::store(std::uint64_t drops, std::uint64_t number) {
    words_->told.store(lowest(drops, 32) << NumberBits | lowest(number, NumberBits));
}

} // namespace keventd
