// The parser over random bytes, and over random events written as the kernel would.

#include "daemon/sources/uevent_parser.h"

#include "tests/unit/sources/uevent_text.h"
#include "tests/unit/support/events.h"

#include <algorithm>

namespace keventd::test {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

void addPair(std::string& bytes, std::string_view key, std::string_view value) {
    bytes.append(key).append("=").append(value).push_back('\0');
}

std::string written(const std::string& action, const std::string& devpath, const Pairs& pairs,
                    std::uint64_t seqnum) {
    std::string bytes = action + '@' + devpath + '\0';
    addPair(bytes, "ACTION", action);
    addPair(bytes, "DEVPATH", devpath);
    for (const auto& [key, value] : pairs) addPair(bytes, key, value);
    addPair(bytes, "SEQNUM", std::to_string(seqnum));
    return bytes;
}

rc::Gen<Pairs> anyPairs() {
    const auto letters = rc::gen::inRange<char>('A', 'Z');
    const auto suffix = rc::gen::resize(6, rc::gen::container<std::string>(letters));
    const auto key = rc::gen::map(suffix, [](const std::string& s) { return "KEY_" + s; });
    return rc::gen::resize(20, rc::gen::container<Pairs>(rc::gen::pair(key, anyBytes())));
}

TEST(UeventParserProperty, ReadsWhatTheKernelWrites) {
    checkProperty(1000, [] {
        const auto pairs = *anyPairs();
        const auto devpath = "/devices/" + *anyBytes();
        const auto seqnum = *rc::gen::inRange<std::uint64_t>(1, ~std::uint64_t{0});
        const std::string bytes = written("change", devpath, pairs, seqnum);
        RC_PRE(bytes.size() <= MaxUevent);
        const auto result = parseUevent(bytes);
        RC_ASSERT(std::holds_alternative<Event>(result));
        const Event& event = std::get<Event>(result);
        RC_ASSERT(event.object == devpath);
        RC_ASSERT(event.seqnum == seqnum);
        for (auto pair = pairs.rbegin(); pair != pairs.rend(); ++pair) {
            const auto last = std::find_if(pairs.rbegin(), pairs.rend(),
                                           [&pair](const auto& p) { return p.first == pair->first; });
            RC_ASSERT(event.properties.find(pair->first) == last->second);
        }
    });
}

TEST(UeventParserProperty, BearsRandomBytes) {
    checkProperty(2000, [] {
        const auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
        RC_ASSERT(std::holds_alternative<RefusedUevent>(parseUevent(bytes)));
    });
}

TEST(UeventParserProperty, BearsAnEventWithSomeBytesChanged) {
    checkProperty(3000, [] {
        std::string bytes = datagram(ChangeOfNull);
        for (const auto& [place, byte] :
             *rc::gen::resize(8, rc::gen::container<std::vector<std::pair<std::size_t, char>>>(
                                     rc::gen::pair(rc::gen::inRange<std::size_t>(0, bytes.size()),
                                                   rc::gen::element('\0', '=', '@', '/', 'A', '\xff'))))) {
            bytes[place] = byte;
        }
        const auto result = parseUevent(bytes);
        if (const auto* event = std::get_if<Event>(&result)) {
            RC_ASSERT(event->seqnum != 0U);
            RC_ASSERT(event->object.starts_with('/'));
            RC_ASSERT(event->properties.find("ACTION") == event->action);
        }
    });
}

} // namespace
} // namespace keventd::test
