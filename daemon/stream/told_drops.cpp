#include "daemon/stream/told_drops.h"

#include "daemon/base/assert.h"
#include "daemon/sources/property_number.h"
#include "daemon/stream/own_event.h"
#include "keventd/names.h"

#include <new>
#include <utility>

namespace keventd {
namespace {

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

void ToldDrops::clear() {
    words_->socket.store(0);
    words_->told.store(0);
    words_->settled.store(0);
}

bool ToldDrops::isSound() const {
    return words_->socket.load() && words_->told.load() && words_->settled.load();
}

std::optional<std::uint32_t> ToldDrops::find(std::uint64_t socket, const std::vector<Event>& leftOver) const {
    if (words_->socket.load() != lowest(socket, CommitWord::ValueBits)) return std::nullopt;
    const std::uint64_t told = words_->told.load().value_or(0);
    auto drops = static_cast<std::uint32_t>(told >> NumberBits);
    // One at most is not counted: that comes before the next is told.
    for (const Event& event : leftOver) {
        if (tells(event) && isAfter(event.id, told))
            drops += static_cast<std::uint32_t>(numberOf<std::uint64_t>(event.properties, names::key::Count));
    }
    return drops;
}

bool ToldDrops::tells(const Event& event) const {
    const bool isOfSocket = (event.flags & EventFlag::Early) == 0;
    return isOfSocket && isOverrun(event.source, event.action) && !tellsOfMissing(event) &&
           event.properties.find(names::key::Source) == source_;
}

void ToldDrops::begin(std::uint64_t socket, std::uint32_t drops, std::uint64_t number) {
    const std::uint64_t cookie = lowest(socket, CommitWord::ValueBits);
    const std::uint64_t settled = words_->settled.load().value_or(0);
    goesOn_ = settled == cookie;
    followsAnother_ = settled != 0 && !goesOn_;
    const bool isSame = words_->socket.load() == cookie;
    if (!isSame) words_->socket.store(0); // until it has its own number
    store(drops, number);
    if (!isSame) words_->socket.store(cookie);
}

void ToldDrops::settle() {
    words_->settled.store(words_->socket.load().value_or(0));
}

void ToldDrops::add(std::uint64_t count, const Event& event, bool isWritten) {
    notCounted_ += count;
    if (isWritten) store(drops() + std::exchange(notCounted_, 0), event.id);
}

void ToldDrops::goTo(std::uint64_t number) {
    store(drops(), number);
}

std::uint64_t ToldDrops::drops() const {
    return words_->told.load().value_or(0) >> NumberBits;
}

void ToldDrops::store(std::uint64_t drops, std::uint64_t number) {
    words_->told.store(lowest(drops, 32) << NumberBits | lowest(number, NumberBits));
}

} // namespace keventd
