// The sequencer over random histories: against the model, and against what is promised.

#include "tests/unit/stream/sequencer_driver.h"
#include "tests/unit/stream/sequencer_histories.h"
#include "tests/unit/stream/sequencer_model.h"

#include <algorithm>
#include <map>
#include <set>

namespace keventd::test {
namespace {

constexpr int FarAway = 1'000'000;

struct Departure {
    Event event;
    int ms;
};

/// Plays a history, and remembers what left when.
class Player {
public:
    explicit Player(const Arrivals& arrivals)
        : arrivals_(arrivals), sequencer_(arrivals.options, [this](Event& event) {
              left_.push_back({event, now_});
          }) {}

    void take(const Step& step) {
        now_ = step.ms;
        if (step.announced != 0) {
            sequencer_.announce(step.announced, moment(now_));
            return;
        }
        if (sequencer_.settled(step.event.seqnum)) settledBefore_.insert(step.event.realtime);
        sequencer_.push(step.event, moment(now_));
    }
    /// @return its number was not waited for (any more) when the event came
    [[nodiscard]] bool wasSettledBefore(const Event& event) const {
        return settledBefore_.contains(event.realtime);
    }
    void release(int ms) {
        now_ = ms;
        sequencer_.release(moment(ms));
    }
    /// Releases at every deadline up to `ms`, as the daemon's loop would.
    void releaseInTime(int ms) {
        while (sequencer_.deadline() && msOf(*sequencer_.deadline()) <= ms)
            release(msOf(*sequencer_.deadline()));
    }
    const std::vector<Departure>& playAtRandom() {
        for (const Step& step : arrivals_.steps) {
            take(step);
            if (step.thenRelease) release(step.ms);
        }
        release(FarAway);
        return left_;
    }
    const std::vector<Departure>& playInTime() {
        for (const Step& step : arrivals_.steps) {
            releaseInTime(step.ms - 1);
            take(step);
            release(step.ms);
        }
        releaseInTime(FarAway);
        return left_;
    }
    [[nodiscard]] const Sequencer& sequencer() const { return sequencer_; }
    [[nodiscard]] const std::vector<Departure>& left() const { return left_; }

private:
    const Arrivals& arrivals_;
    int now_ = 0;
    std::set<std::chrono::microseconds> settledBefore_;
    std::vector<Departure> left_;
    Sequencer sequencer_;
};

using Identity = std::pair<std::string, std::uint64_t>;
Identity identityOf(const Event& event) {
    return {event.source, event.seqnum};
}

bool isKernel(const Departure& departure) {
    return departure.event.source == "kernel";
}
bool isLate(const Departure& departure) {
    return (departure.event.flags & EventFlag::Late) != 0;
}

std::string wordsOf(const std::vector<Departure>& departures) {
    std::string words;
    for (const Departure& departure : departures) words += wordFor(departure.event) + ' ';
    return words;
}

std::string wordsOf(const std::vector<Event>& events) {
    std::string words;
    for (const Event& event : events) words += wordFor(event) + ' ';
    return words;
}

/// The first arrival of each event, in the order of arrival.
std::vector<Step> firstArrivals(const Arrivals& arrivals) {
    std::vector<Step> first;
    std::set<Identity> seen;
    for (const Step& step : arrivals.steps) {
        if (step.announced != 0) continue;
        if (step.event.seqnum == 0 || seen.insert(identityOf(step.event)).second) first.push_back(step);
    }
    return first;
}

/// The longest that a hole of this history is waited for.
int longestWaitMs(const Arrivals& arrivals) {
    const bool announced = std::any_of(arrivals.steps.begin(), arrivals.steps.end(),
                                       [](const Step& step) { return step.announced != 0; });
    const auto wait = arrivals.options.wait;
    return static_cast<int>((announced ? std::max(wait, arrivals.options.announcedWait) : wait).count());
}

void compare(const Player& player, const SequencerModel& model) {
    const Sequencer& sequencer = player.sequencer();
    RC_ASSERT(wordsOf(player.left()) == wordsOf(model.left()));
    RC_ASSERT(sequencer.waiting() == model.waiting());
    RC_ASSERT(sequencer.deadline() == model.deadline());
    for (std::uint64_t n = 90; n < 240; n += 3) RC_ASSERT(sequencer.settled(n) == model.settled(n));
    RC_ASSERT(sequencer.statistics().late == model.statistics().late);
    RC_ASSERT(sequencer.statistics().repeated == model.statistics().repeated);
    RC_ASSERT(sequencer.statistics().maxWaiting == model.statistics().maxWaiting);
}

void compareWithModel(const Arrivals& arrivals) {
    Player player(arrivals);
    SequencerModel model(arrivals.options);
    const auto releaseBoth = [&](int ms) {
        player.release(ms);
        model.release(moment(ms));
        compare(player, model);
    };
    for (const Step& step : arrivals.steps) {
        player.take(step);
        if (step.announced != 0) {
            model.announce(step.announced, moment(step.ms));
        } else {
            model.push(step.event, moment(step.ms));
        }
        if (step.thenRelease) releaseBoth(step.ms);
    }
    releaseBoth(FarAway);
}

TEST(SequencerProperty, DoesWhatTheModelDoes) {
    checkProperty(2000, [] { compareWithModel(*anyArrivals(UdevTiming::Any)); });
}

TEST(SequencerProperty, DoesWhatTheModelDoesInLittleRoom) {
    checkProperty(2000, [] { compareWithModel(*anyArrivalsInLittleRoom()); });
}

TEST(SequencerProperty, DeliversEachEventOnceAndLosesNone) {
    checkProperty(1000, [] {
        const Arrivals arrivals = *anyArrivalsInLittleRoom();
        Player player(arrivals);
        std::multiset<std::string> left;
        for (Departure departure : player.playAtRandom()) {
            departure.event.flags = 0;
            left.insert(wordFor(departure.event));
        }
        std::multiset<std::string> came;
        for (const Step& step : firstArrivals(arrivals)) came.insert(wordFor(step.event));
        RC_ASSERT(left == came);
        RC_ASSERT(player.sequencer().waiting() == 0U);
        RC_ASSERT(!player.sequencer().deadline());
    });
}

TEST(SequencerProperty, DeliversTheFirstOfEqualEvents) {
    checkProperty(500, [] {
        const Arrivals arrivals = *anyArrivals(UdevTiming::Any);
        std::set<std::chrono::microseconds> first;
        for (const Step& step : firstArrivals(arrivals)) first.insert(step.event.realtime);
        Player player(arrivals);
        for (const Departure& d : player.playAtRandom()) RC_ASSERT(first.contains(d.event.realtime));
    });
}

TEST(SequencerProperty, KeepsKernelEventsInOrderButForThoseFlagged) {
    checkProperty(1000, [] {
        const Arrivals arrivals = *anyArrivalsInLittleRoom();
        Player player(arrivals);
        std::uint64_t highest = 0;
        for (const Departure& departure : player.playAtRandom()) {
            if (!isKernel(departure)) continue;
            RC_ASSERT(isLate(departure) == (departure.event.seqnum < highest));
            highest = std::max(highest, departure.event.seqnum);
        }
    });
}

TEST(SequencerProperty, KeepsTheOrderOfArrivalOfAllOtherEvents) {
    checkProperty(1000, [] {
        const Arrivals arrivals = *anyArrivalsInLittleRoom();
        Player player(arrivals);
        std::chrono::microseconds last{-1};
        for (const Departure& departure : player.playAtRandom()) {
            if (isKernel(departure)) continue;
            RC_ASSERT(departure.event.realtime > last);
            last = departure.event.realtime;
        }
    });
}

// But for those whose hole had been closed when they came, and numbers from before the start: udev's event
// had nothing left to wait for.
TEST(SequencerProperty, PutsUdevAfterAKernelEventThatCameWithinTheWait) {
    checkProperty(1000, [] {
        const Arrivals arrivals = *anyArrivals(UdevTiming::Any);
        std::map<Identity, int> arrivedAt;
        for (const Step& step : firstArrivals(arrivals)) arrivedAt[identityOf(step.event)] = step.ms;
        Player player(arrivals);
        std::set<std::uint64_t> udevLeft;
        for (const Departure& departure : player.playInTime()) {
            const std::uint64_t seqnum = departure.event.seqnum;
            if (departure.event.source == "udev") udevLeft.insert(seqnum);
            if (!isKernel(departure) || player.wasSettledBefore(departure.event)) continue;
            const auto copy = arrivedAt.find({"udev", seqnum});
            if (copy == arrivedAt.end() || !udevLeft.contains(seqnum)) continue;
            const int waitEnds = copy->second + static_cast<int>(arrivals.options.wait.count());
            RC_ASSERT(arrivedAt.at({"kernel", seqnum}) >= waitEnds);
        }
    });
}

TEST(SequencerProperty, LetsNoKernelEventWaitLongerThanOneWait) {
    checkProperty(1000, [] {
        const Arrivals arrivals = *anyArrivals(UdevTiming::Any);
        Player player(arrivals);
        const int wait = longestWaitMs(arrivals);
        for (const Departure& departure : player.playInTime()) {
            const auto place = static_cast<std::size_t>(departure.event.realtime.count());
            if (isKernel(departure)) RC_ASSERT(departure.ms <= arrivals.steps[place].ms + wait);
        }
    });
}

// If udev is read before the kernel, its event can wait once for the kernel's, and then with it for a hole.
TEST(SequencerProperty, LetsNothingWaitLongerThanOneWaitIfUdevComesAfterTheKernel) {
    checkProperty(1000, [] {
        const Arrivals arrivals = *anyArrivals(UdevTiming::AfterKernel);
        Player player(arrivals);
        const auto ofUdev = static_cast<int>(arrivals.options.announcedWait.count());
        const int wait = std::max(longestWaitMs(arrivals), ofUdev);
        for (const Departure& departure : player.playInTime()) {
            const auto place = static_cast<std::size_t>(departure.event.realtime.count());
            RC_ASSERT(departure.ms <= arrivals.steps[place].ms + wait);
        }
    });
}

TEST(SequencerProperty, AsksForNoReleaseThatLiesInThePast) {
    checkProperty(500, [] {
        const Arrivals arrivals = *anyArrivalsInLittleRoom();
        Player player(arrivals);
        for (const Step& step : arrivals.steps) {
            player.take(step);
            if (!step.thenRelease) continue;
            player.release(step.ms);
            if (const auto deadline = player.sequencer().deadline()) RC_ASSERT(msOf(*deadline) > step.ms);
        }
    });
}

TEST(SequencerProperty, AsksForAReleaseAsLongAsSomethingWaits) {
    checkProperty(500, [] {
        const Arrivals arrivals = *anyArrivals(UdevTiming::Any);
        Player player(arrivals);
        player.playInTime();
        RC_ASSERT(player.sequencer().waiting() == 0U);
        RC_ASSERT(!player.sequencer().deadline());
    });
}

TEST(SequencerProperty, HoldsNoMoreThanItMayAfterARelease) {
    checkProperty(500, [] {
        const Arrivals arrivals = *anyArrivalsInLittleRoom();
        Player player(arrivals);
        for (const Step& step : arrivals.steps) {
            player.take(step);
            if (!step.thenRelease) continue;
            player.release(step.ms);
            RC_ASSERT(player.sequencer().waiting() <= arrivals.options.maxWaiting);
        }
    });
}

} // namespace
} // namespace keventd::test
