#include "tests/unit/stream/sequencer_driver.h"

#include <utility>

namespace keventd::test {

std::string wordFor(const Event& event) {
    const std::string late = (event.flags & EventFlag::Late) != 0 ? "!" : "";
    if (event.source == "kernel") return "k" + std::to_string(event.seqnum) + late;
    if (event.source == "udev") return "u" + std::to_string(event.seqnum) + late;
    return event.object + late;
}

Sequencer::Clock::time_point moment(int ms) {
    return Sequencer::Clock::time_point(std::chrono::hours(1) + std::chrono::milliseconds(ms));
}

int msOf(Sequencer::Clock::time_point time) {
    return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(time - moment(0)).count());
}

Sequencer::Options after(std::uint64_t startSeqnum, int waitMs) {
    Sequencer::Options options;
    options.startSeqnum = startSeqnum;
    options.wait = std::chrono::milliseconds(waitMs);
    return options;
}

SequencerDriver::SequencerDriver(const Sequencer::Options& options)
    : sequencer_(options, [this](Event& event) { left_.push_back(wordFor(event)); }) {}

void SequencerDriver::push(std::initializer_list<Event> events, int ms) {
    for (const Event& event : events) push(event, ms);
}

std::string SequencerDriver::release(int ms) {
    sequencer_.release(moment(ms));
    return takeWords();
}

std::string SequencerDriver::releaseDownTo(std::size_t count) {
    sequencer_.releaseDownTo(count);
    return takeWords();
}

std::string SequencerDriver::takeWords() {
    std::string words;
    for (const std::string& word : std::exchange(left_, {})) words += (words.empty() ? "" : " ") + word;
    return words;
}

std::optional<int> SequencerDriver::deadline() const {
    const auto time = sequencer_.deadline();
    return time ? std::optional(msOf(*time)) : std::nullopt;
}

} // namespace keventd::test
