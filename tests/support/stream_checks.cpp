#include "tests/support/stream_checks.h"

#include "daemon/sources/kernel_stage.h"
#include "daemon/stream/own_event.h"
#include "keventd/names.h"

#include <algorithm>
#include <charconv>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <utility>

namespace keventd::test {
namespace {

bool isFrom(const Event& event, const char* source) {
    return event.source == source;
}

std::string describe(const Event& event) {
    return event.source + " " + event.action + "@" + event.object + ", id " + std::to_string(event.id) +
           ", SEQNUM " + std::to_string(event.seqnum) + ", flags " + std::to_string(event.flags);
}

// A storm that went wrong went wrong thousands of times: the first is shown, the rest counted.
class Violations {
public:
    explicit Violations(const char* rule) : rule_(rule) {}
    ~Violations() { EXPECT_EQ(count_, 0U) << rule_ << "; the first: " << first_; }
    Violations(const Violations&) = delete;
    Violations& operator=(const Violations&) = delete;

    void addIf(bool violated, const Event& event) {
        if (violated && count_++ == 0) first_ = describe(event);
    }

private:
    const char* rule_;
    std::size_t count_ = 0;
    std::string first_;
};

// The kernel tells of an event by two roads, and it is one.
std::string stageOf(const Event& event) {
    return isOfKernelStage(event.source) ? names::source::Kernel : event.source;
}

void expectIdsWithoutHole(const Events& events) {
    Violations violations("ids rise by exactly one");
    std::uint64_t next = events.empty() ? 0 : events.front().id;
    for (const Event& event : events) violations.addIf(event.id != next++, event);
}

void expectSeqnumOrder(const Events& events) {
    Violations violations("kernel events are in SEQNUM order, but for those flagged late");
    std::uint64_t highest = 0;
    for (const Event& event : events) {
        if (!isOfKernelStage(event.source) || event.seqnum == 0) continue; // found by a resync
        const bool late = (event.flags & EventFlag::Late) != 0;
        violations.addIf(late != (event.seqnum < highest), event);
        highest = std::max(highest, event.seqnum);
    }
}

void expectEachOnce(const Events& events) {
    Violations violations("no event comes twice");
    std::set<std::pair<std::string, std::uint64_t>> seen;
    for (const Event& event : events) {
        violations.addIf(event.seqnum != 0 && !seen.emplace(stageOf(event), event.seqnum).second, event);
    }
}

void expectKernelBeforeUdev(const Events& events) {
    Violations violations("the kernel's event comes before udev's");
    std::set<std::uint64_t> udev;
    for (const Event& event : events) {
        if (isFrom(event, names::source::Udev)) udev.insert(event.seqnum);
        violations.addIf(isOfKernelStage(event.source) && udev.contains(event.seqnum), event);
    }
}

std::set<std::uint64_t> kernelSeqnums(const Events& events) {
    const std::vector<std::uint64_t> inOrder = seqnumsOf(events, names::source::Kernel);
    return {inOrder.begin(), inOrder.end()};
}

// What is in `all` and not in `others`, above `after`.
std::vector<std::uint64_t> difference(const std::set<std::uint64_t>& all,
                                      const std::set<std::uint64_t>& others, std::uint64_t after) {
    std::vector<std::uint64_t> result;
    std::set_difference(all.upper_bound(after), all.end(), others.begin(), others.end(),
                        std::back_inserter(result));
    return result;
}

// @return how many events came of each writer of this UUID; fails if they came out of its order
std::map<std::uint64_t, std::uint64_t> countsInOrder(const Events& events, const std::string& uuid) {
    Violations violations("each writer's events are in its own order, without a hole");
    std::map<std::uint64_t, std::uint64_t> countOf;
    for (const Event& event : events) {
        if (!isOfKernelStage(event.source) || !isOf(event, uuid)) continue;
        violations.addIf(numberOf(event) != countOf[writerOf(event)]++, event);
    }
    return countOf;
}

} // namespace

void expectSoundStream(const Events& events) {
    expectIdsWithoutHole(events);
    expectSeqnumOrder(events);
    expectEachOnce(events);
    expectKernelBeforeUdev(events);
}

void expectAllOf(const Events& events, const std::set<std::uint64_t>& sent, std::uint64_t after) {
    const std::vector<std::uint64_t> missing = difference(sent, kernelSeqnums(events), after);
    EXPECT_TRUE(missing.empty()) << missing.size() << " SEQNUMs are missing, the first is "
                                 << missing.front();
}

void expectNoneBut(const Events& events, const std::set<std::uint64_t>& sent, std::uint64_t after) {
    const std::vector<std::uint64_t> invented = difference(kernelSeqnums(events), sent, after);
    EXPECT_TRUE(invented.empty()) << invented.size() << " SEQNUMs were never sent, the first is "
                                  << invented.front();
}

void expectWrittenInOrder(const Events& events, const UeventWriters& writers) {
    const auto countOf = countsInOrder(events, writers.uuid());
    EXPECT_EQ(countOf.size(), writers.writers());
    for (const auto& [writer, count] : countOf) EXPECT_EQ(count, writers.eventsEach()) << "writer " << writer;
}

void expectWrittenInOrder(const Events& events, const UeventWriter& writer) {
    auto countOf = countsInOrder(events, writer.uuid());
    EXPECT_EQ(countOf[0], writer.written());
}

std::vector<std::uint64_t> seqnumsOf(const Events& events, const std::string& source) {
    std::vector<std::uint64_t> seqnums;
    for (const Event& event : events) {
        if (event.source == source && event.seqnum != 0) seqnums.push_back(event.seqnum);
    }
    return seqnums;
}

std::vector<const Event*> select(const Events& events, const std::function<bool(const Event&)>& isWanted) {
    std::vector<const Event*> selected;
    for (const Event& event : events) {
        if (isWanted(event)) selected.push_back(&event);
    }
    return selected;
}

bool isOverrun(const Event& event) {
    return keventd::isOverrun(event.source, event.action);
}

std::string textIn(const Event& event, const std::string& key) {
    return std::string(event.properties.find(key).value_or(""));
}

std::uint64_t numberIn(const Event& event, const std::string& key) {
    const std::string_view text = event.properties.find(key).value_or("");
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

} // namespace keventd::test
