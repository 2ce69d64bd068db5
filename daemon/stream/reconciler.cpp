#include "daemon/stream/reconciler.h"

#include "daemon/base/logging.h"
#include "daemon/base/message_ids.h"
#include "daemon/base/text.h"
#include "daemon/stream/own_event.h"
#include "keventd/names.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace keventd {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds PollInterval = 50ms;
constexpr std::chrono::seconds UntilComparedAgain = 1s; // in a storm that has interrupted all answers

// Between the two looks, also where all events have left: a device is in sysfs a moment before its event.
constexpr std::chrono::milliseconds MinSettling = 50ms;

} // namespace

Reconciler::Reconciler(EventLoop& loop, Stream& stream, Intake& intake,
                       std::vector<const ResyncSubject*> subjects)
    : stream_(stream), intake_(intake), subjects_(std::move(subjects)),
      turn_(loop.addDefer("resync", [this] { turn(); })),
      later_(loop.addTimer("resync again", [this] { compareThemselves(); })),
      poll_(loop.addTimer("resync polls", [] {})), // the turn is what counts
      afterTurn_(loop.addPost("resync waits for events", [this] { settle(); })) {
    afterTurn_->disable();
    stream_.whenOverrun([this](const EventView& overrun) { onOverrun(overrun); });
}

void Reconciler::onOverrun(const EventView& overrun) {
    const std::string_view source = overrun.properties.find(names::key::Source).value_or("");
    const auto isOfSource = [source](const ResyncSubject* subject) { return subject->source() == source; };
    const auto subject = std::find_if(subjects_.begin(), subjects_.end(), isOfSource);
    if (subject == subjects_.end()) {
        compareThemselves_.insert_or_assign(std::string(source), overrun.id);
        return turn_->defer();
    }
    const auto waiting = std::find_if(requests_.begin(), requests_.end(), [&](const Request& request) {
        return request.subject == *subject && request.overrun != 0;
    });
    if (waiting != requests_.end()) {
        waiting->overrun = overrun.id; // and of those before
    } else {
        requests_.push_back({*subject, overrun.id, [](std::size_t) {}});
    }
    turn_->defer();
}

void Reconciler::compareAll(Done done) {
    const auto sum = std::make_shared<std::size_t>(0);
    for (const char* source : intake_.comparable()) *sum += compareItself(source, 0);
    for (const ResyncSubject* subject : subjects_)
        requests_.push_back({subject, 0, [sum](std::size_t differences) { *sum += differences; }});
    requests_.back().done = [sum, done = std::move(done)](std::size_t differences) {
        done(*sum + differences);
    };
    turn_->defer();
}

void Reconciler::turn() {
    compareThemselves();
    if (!run_) {
        if (requests_.empty()) return;
        run_.emplace(std::move(requests_.front()));
        requests_.pop_front();
    }
    const TurnBudget budget;
    if (run_->phase == Phase::Looking) return look(budget);
    if (run_->phase == Phase::Publishing) return publish(budget);
}

void Reconciler::compareThemselves() {
    for (const auto& [source, overrun] : std::exchange(compareThemselves_, {}))
        compareItself(source, overrun);
}

std::size_t Reconciler::compareItself(const std::string& source, std::uint64_t overrun) {
    const auto differences = intake_.compare(source, overrun);
    const auto comparable = intake_.comparable();
    if (differences) {
        logResynced(source, *differences, overrun);
    } else if (std::find(comparable.begin(), comparable.end(), source) != comparable.end()) {
        compareThemselves_.emplace(source, overrun);
        later_->armAt(std::chrono::steady_clock::now() + UntilComparedAgain);
    }
    return differences.value_or(0);
}

void Reconciler::look(const TurnBudget& budget) {
    if (!run_->comparison.look(budget)) return turn_->defer();
    run_->seqnum = intake_.announceNewest();
    const auto now = std::chrono::steady_clock::now();
    run_->settledFrom = now + MinSettling;
    const auto patience = run_->request.subject->patience();
    if (patience && !run_->deadline) run_->deadline = now + *patience;
    run_->phase = Phase::Settling;
    afterTurn_->enable();
    poll_->armAt(now); // on a quiet machine no other turn would follow this one
}

// What has arrived since the last reading must not be taken for lost: it is read, and the question put again.
void Reconciler::settle() {
    if (haveEventsLeft()) intake_.turn();
    if (!haveEventsLeft()) return poll_->armAt(std::chrono::steady_clock::now() + PollInterval);
    afterTurn_->disable();
    run_->phase = Phase::Publishing;
    turn_->defer();
}

bool Reconciler::haveEventsLeft() const {
    const auto now = std::chrono::steady_clock::now();
    if (now < run_->settledFrom) return false;
    if (run_->deadline && now >= *run_->deadline) return true;
    return run_->request.subject->haveLeft(stream_.sequencer(), run_->seqnum,
                                           intake_.hasReadAll(run_->request.subject->source()));
}

void Reconciler::publish(const TurnBudget& budget) {
    const auto takeUp = [this](Event event) { stream_.publish(std::move(event)); };
    if (!run_->comparison.publish(budget, takeUp)) return turn_->defer();
    if (run_->comparison.isInDoubt() && run_->rounds++ < MaxRounds) {
        run_->comparison.lookAgain();
        run_->phase = Phase::Looking;
        return turn_->defer();
    }
    finish();
}

void Reconciler::finish() {
    tellResynced(*run_);
    const Done done = std::move(run_->request.done);
    const std::size_t differences = run_->comparison.published();
    run_.reset();
    done(differences);
    if (!requests_.empty()) turn_->defer();
}

void Reconciler::tellResynced(const Run& run) {
    const char* source = run.request.subject->source();
    const std::size_t count = run.comparison.published();
    stream_.publish(resyncedEvent(source, count, run.request.overrun));
    logResynced(source, count, run.request.overrun);
}

void Reconciler::logResynced(const std::string& source, std::size_t count, std::uint64_t overrun) {
    const std::string message = text(source, " resynchronised: ", count, " differences published");
    if (overrun == 0) return logInfo(message); // as somebody has asked for
    logEvent(LogLevel::Info, message_id::Resynced, message,
             {{names::key::Source, source}, {names::key::Count, std::to_string(count)}}, log_);
}

} // namespace keventd
