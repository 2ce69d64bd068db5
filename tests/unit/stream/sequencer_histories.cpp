#include "tests/unit/stream/sequencer_histories.h"

#include "tests/unit/stream/sequencer_driver.h"

#include <algorithm>
#include <ostream>

namespace keventd::test {
namespace {

constexpr int PlacesPerNumber = 4; // so that something fits between two neighbours
constexpr std::uint64_t Start = 100;
constexpr std::uint64_t FirstNumber = 97; // a few from before the start

// What becomes of one SEQNUM, and what happens around it. Distances are counted in numbers.
struct Fate {
    bool comes = true;  // else: of another network namespace
    int delay = 0;      // how far behind its place it arrives
    int repeat = 0;     // how far behind itself it comes again; 0: never
    int udev = NoUdev;  // how far behind it udev's copy comes
    bool other = false; // an event of another source follows
    bool announced = false;
    int pauseMs = 0;      // before this place in the history
    bool release = false; // at this place in the history

    static constexpr int NoUdev = -100;
};

struct Placed {
    int place;
    Step step;
};

rc::Gen<int> rarely(int usual, const rc::Gen<int>& else_) {
    return rc::gen::weightedOneOf<int>({{5, rc::gen::just(usual)}, {2, else_}});
}

rc::Gen<bool> oneIn(std::size_t n) {
    return rc::gen::weightedElement<bool>({{n - 1, false}, {1, true}});
}

rc::Gen<Fate> anyFate(UdevTiming timing) {
    const int earliestUdev = timing == UdevTiming::AfterKernel ? 0 : -6;
    const auto shortOrLong =
        rc::gen::weightedOneOf<int>({{4, rc::gen::inRange(1, 5)}, {1, rc::gen::inRange(5, 40)}});
    return rc::gen::build<Fate>(
        rc::gen::set(&Fate::comes, rc::gen::weightedElement<bool>({{7, true}, {1, false}})),
        rc::gen::set(&Fate::delay, rarely(0, shortOrLong)),
        rc::gen::set(&Fate::repeat, rarely(0, shortOrLong)),
        rc::gen::set(&Fate::udev, rarely(Fate::NoUdev, rc::gen::inRange(earliestUdev, 15))),
        rc::gen::set(&Fate::other, oneIn(4)), rc::gen::set(&Fate::announced, oneIn(12)),
        rc::gen::set(&Fate::pauseMs,
                     rc::gen::weightedElement<int>({{6, 0}, {3, 1}, {2, 9}, {2, 31}, {1, 50}, {1, 77}})),
        rc::gen::set(&Fate::release, oneIn(3)));
}

void placeFate(const Fate& fate, std::uint64_t seqnum, std::vector<Placed>& into) {
    const int own = static_cast<int>(seqnum - FirstNumber) * PlacesPerNumber;
    const int arrival = own + fate.delay * PlacesPerNumber;
    const auto put = [&into](int place, const Event& event) { into.push_back({place, {.event = event}}); };
    if (fate.announced) into.push_back({own - 1, {.event = {}, .announced = seqnum}});
    if (fate.comes) put(arrival, kernel(seqnum));
    if (fate.comes && fate.repeat > 0) put(arrival + fate.repeat * PlacesPerNumber, kernel(seqnum));
    if (fate.udev != Fate::NoUdev) {
        put(arrival + fate.udev * PlacesPerNumber + 1, udev(seqnum));
        if (fate.repeat > 0) put(arrival + (fate.udev + fate.repeat) * PlacesPerNumber + 1, udev(seqnum));
    }
    if (fate.other) put(own + 2, other("o"));
}

std::vector<Step> stepsOf(const std::vector<Fate>& fates) {
    std::vector<Placed> placed;
    for (std::size_t i = 0; i < fates.size(); ++i) placeFate(fates[i], FirstNumber + i, placed);
    std::stable_sort(placed.begin(), placed.end(),
                     [](const Placed& a, const Placed& b) { return a.place < b.place; });
    std::vector<Step> steps;
    int now = 0;
    for (auto& [place, step] : placed) {
        const Fate& here = fates[steps.size() % fates.size()];
        now += here.pauseMs;
        step.ms = now;
        step.thenRelease = here.release;
        step.event.realtime = std::chrono::microseconds(steps.size());
        if (step.event.seqnum == 0) step.event.object += std::to_string(steps.size());
        steps.push_back(step);
    }
    return steps;
}

rc::Gen<Arrivals> arrivalsWith(const rc::Gen<Fate>& fate, const rc::Gen<std::size_t>& room) {
    const auto wait = rc::gen::weightedElement<int>({{1, 0}, {1, 10}, {4, 50}});
    const auto fates = rc::gen::container<std::vector<Fate>>(fate);
    return rc::gen::map(rc::gen::tuple(wait, room, fates), [](const auto& parts) {
        Arrivals arrivals{.options = after(Start, std::get<0>(parts)), .steps = stepsOf(std::get<2>(parts))};
        arrivals.options.maxWaiting = std::get<1>(parts);
        return arrivals;
    });
}

} // namespace

rc::Gen<Arrivals> anyArrivals(UdevTiming timing) {
    return arrivalsWith(anyFate(timing), rc::gen::just(std::size_t{1'000'000}));
}

rc::Gen<Arrivals> anyArrivalsInLittleRoom() {
    return arrivalsWith(anyFate(UdevTiming::Any), rc::gen::inRange<std::size_t>(0, 8));
}

std::ostream& operator<<(std::ostream& out, const Arrivals& arrivals) {
    out << "start=" << arrivals.options.startSeqnum << " wait=" << arrivals.options.wait.count()
        << " maxWaiting=" << arrivals.options.maxWaiting << ':';
    for (const Step& step : arrivals.steps) {
        out << ' ' << step.ms << "ms:";
        if (step.announced != 0) {
            out << "announce(" << step.announced << ')';
        } else {
            out << wordFor(step.event);
        }
        if (step.thenRelease) out << " release";
    }
    return out;
}

} // namespace keventd::test
