// The history against a list that keeps everything.

#include "daemon/stream/history.h"

#include "daemon/stream/record.h"
#include "tests/unit/stream/history_memory.h"
#include "tests/unit/support/events.h"

#include <algorithm>
#include <deque>

namespace keventd::test {
namespace {

// Events of very different sizes; most are small.
rc::Gen<Event> eventOfAnySize() {
    const auto size =
        rc::gen::weightedOneOf<std::size_t>({{8, rc::gen::inRange<std::size_t>(0, 300)},
                                             {2, rc::gen::inRange<std::size_t>(300, 5000)},
                                             {1, rc::gen::inRange<std::size_t>(5000, 110'000)}});
    return rc::gen::map(rc::gen::pair(size, rc::gen::inRange<std::uint64_t>(0, 1000)), [](const auto& parts) {
        Event event = kernel(parts.second);
        event.properties.set("KEY", std::string(parts.first, static_cast<char>('a' + parts.second % 26)));
        return event;
    });
}

void checkAgainst(const History& history, const std::deque<Event>& all) {
    RC_ASSERT(history.nextId() == all.size() + 1);
    RC_ASSERT(history.bytesUsed() <= history.capacity());
    std::size_t kept = 0;
    for (std::uint64_t id = history.firstId(); id < history.nextId(); ++id) {
        const EventView view = history.at(id);
        const Event& expected = all[id - 1];
        RC_ASSERT(view.id == id);
        RC_ASSERT(view.seqnum == expected.seqnum);
        RC_ASSERT(view.properties.bytes() == expected.properties.view().bytes());
        kept += recordSize(expected);
    }
    RC_ASSERT(kept <= history.bytesUsed());
}

TEST(HistoryProperty, GivesBackWhatItKeepsHoweverOftenItWraps) {
    checkProperty(40, [] {
        const HistoryMemory memory(History::MinBytes);
        History history(memory.span());
        std::deque<Event> all;
        const auto events = *rc::gen::container<std::vector<Event>>(60, eventOfAnySize());
        for (int round = 0; round < 5; ++round) {
            for (const Event& event : events) {
                all.push_back(event);
                RC_ASSERT(history.append(event) == all.size());
            }
            checkAgainst(history, all);
        }
    });
}

TEST(HistoryProperty, DropsNoMoreThanItMust) {
    checkProperty(40, [] {
        const HistoryMemory memory(History::MinBytes);
        History history(memory.span());
        std::size_t longest = 0;
        for (const Event& event : *rc::gen::container<std::vector<Event>>(100, eventOfAnySize())) {
            longest = std::max(longest, recordSize(event));
            const std::uint64_t firstBefore = history.firstId();
            history.append(event);
            // What is lost to the end of the ring and to the last record dropped is less than the longest
            // each.
            if (history.firstId() > firstBefore) {
                RC_ASSERT(history.bytesUsed() + 2 * longest > history.capacity());
            }
        }
    });
}

TEST(HistoryProperty, WorksInMemoryOfAnySize) {
    checkProperty(60, [] {
        const std::size_t size = *rc::gen::inRange(History::MinBytes, History::MinBytes + 5000);
        const HistoryMemory memory(size);
        History history(memory.span());
        std::deque<Event> all;
        for (std::uint64_t n = 0; n < 3000; ++n) {
            all.push_back(kernel(n));
            history.append(all.back());
        }
        checkAgainst(history, all);
    });
}

// However much earlier an event was read than those before it in the stream.
TEST(HistoryProperty, FindsTheFirstEventSinceAnyTime) {
    checkProperty(300, [] {
        using std::chrono::seconds;
        const HistoryMemory memory(History::MinBytes);
        History history(memory.span());
        int now = 0;
        std::vector<int> times;
        for (const auto& [pass, back] : *rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(
                 rc::gen::inRange(0, 8), rc::gen::weightedOneOf<int>({{4, rc::gen::inRange(0, 11)},
                                                                      {1, rc::gen::inRange(0, 4000)}})))) {
            now += pass;
            times.push_back(now - back);
            Event event = kernel(1);
            event.boottime = seconds(times.back());
            history.append(event);
        }
        for (int since = std::max(-4000, now - 500); since < now + 3; ++since) {
            const auto found =
                std::find_if(times.begin(), times.end(), [since](int t) { return t >= since; });
            RC_ASSERT(history.findSince(seconds(since)) ==
                      static_cast<std::uint64_t>(found - times.begin()) + 1);
        }
    });
}

} // namespace
} // namespace keventd::test
