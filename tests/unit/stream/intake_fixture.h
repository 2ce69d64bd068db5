// An intake whose sources say what the test has put into them.
#pragma once

#include "daemon/stream/intake.h"

#include "keventd/names.h"
#include "tests/unit/stream/intake_memory.h"
#include "tests/unit/stream/sequencer_driver.h"

#include <deque>
#include <sys/eventfd.h>
#include <utility>
#include <vector>

namespace keventd::test {

/// Gives one prepared reading after the other, and is empty in the end.
class ScriptedSource final : public Source {
public:
    struct Step {
        std::vector<Event> events;
        Drained drained;
        std::uint32_t missing = 0; ///< messages, before the events
    };

    ScriptedSource(const char* name, bool inherited)
        : name_(name), inherited_(inherited), fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

    void add(std::vector<Event> events, const Drained& drained = {}) {
        steps_.push_back({std::move(events), drained});
    }
    void addHole(std::uint32_t missing, std::vector<Event> events) {
        steps_.push_back({std::move(events), {}, missing});
    }
    /// Has the next attempts to open another descriptor fail.
    void failToOpen(int attempts) { failures_ = attempts; }
    /// For an earlier daemon.
    void land(std::vector<Event> events) { landed_ = std::move(events); }
    [[nodiscard]] std::size_t left() const { return steps_.size(); }

    [[nodiscard]] const char* name() const override { return name_; }
    [[nodiscard]] int descriptor() const override { return fd_.get(); }
    [[nodiscard]] bool inherited() const override { return inherited_; }
    void takeLanded(Arrivals& arrivals) override {
        for (Event& event : std::exchange(landed_, {})) arrivals.add(std::move(event));
    }
    [[nodiscard]] Drained drain(Arrivals& arrivals, std::size_t) override {
        if (steps_.empty()) return {};
        Step step = std::move(steps_.front());
        steps_.pop_front();
        if (step.missing > 0) arrivals.miss(1, step.missing);
        for (Event& event : step.events) arrivals.add(std::move(event));
        return step.drained;
    }
    [[nodiscard]] bool openNext() override {
        if (failures_-- > 0) return false;
        next_ = UniqueFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        return true;
    }
    [[nodiscard]] std::optional<int> nextDescriptor() const override {
        return next_ ? std::optional(next_.get()) : std::nullopt;
    }
    SocketPosition moveOn() override {
        fd_ = std::move(next_);
        return {.cookie = 77};
    }
    [[nodiscard]] SourceStatus status() const override { return {}; }
    [[nodiscard]] SourceStatistics statistics() const override { return {}; }

private:
    const char* name_;
    bool inherited_;
    UniqueFd fd_;
    UniqueFd next_;
    int failures_ = 0;
    std::deque<Step> steps_;
    std::vector<Event> landed_;
};

inline constexpr Drained MoreToRead{.empty = false};

// The kernel's own counter is far ahead of the numbers here.
inline Sequencer::Options withoutAwaiting(Sequencer::Options options) {
    options.announcedWait = {};
    return options;
}

class IntakeTest : public testing::Test {
protected:
    explicit IntakeTest(bool inherited = false, const Sequencer::Options& options = after(10),
                        std::optional<std::uint64_t> gapAfter = {})
        : kernel_("kernel", inherited), udev_("udev", inherited),
          sequencer_(withoutAwaiting(options),
                     [this](Event& event) {
                         left_.push_back(event);
                         memory_.waiting.remove(event.id);
                     }),
          intake_(loop_, sequencer_, seqnum_, memory_.waiting, {&kernel_, &memory_.kernelDrops, gapAfter},
                  {{&udev_, &memory_.udevDrops, gapAfter}}) {}

    void start() {
        intake_.gather();
        intake_.start();
    }
    /// @return what has left since it was last asked
    std::string words() {
        std::string words;
        for (const Event& event : std::exchange(left_, {})) {
            words += (words.empty() ? "" : " ") + (event.source == "keventd" ? event.action : wordFor(event));
        }
        return words;
    }
    void runOneTurnOfTheLoop() { sd_event_run(loop_.get(), 1000); }

    EventLoop loop_;
    KernelSeqnum seqnum_;
    ScriptedSource kernel_;
    ScriptedSource udev_;
    std::vector<Event> left_;
    IntakeMemory memory_;
    Sequencer sequencer_;
    Intake intake_;
};

class IntakeOfABacklog : public IntakeTest {
protected:
    IntakeOfABacklog() : IntakeTest(true, after(1'000'000)) {}
};

} // namespace keventd::test
