#include "daemon/stream/comparison.h"

#include "daemon/stream/branch.h"
#include "keventd/names.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace keventd {

bool Comparison::look(const TurnBudget& budget) {
    if (enumeration_) find(budget);
    if (enumeration_) return false;
    while (toLookAt_ != objects_.end() && !budget.isSpent()) lookAt(*toLookAt_++);
    return toLookAt_ == objects_.end();
}

void Comparison::find(const TurnBudget& budget) {
    while (!budget.isSpent()) {
        if (enumeration_->addNext(objects_)) continue;
        enumeration_.reset();
        toLookAt_ = objects_.begin();
        return;
    }
}

void Comparison::lookAt(const std::string& devpath) {
    const auto look = subject_.look(devpath);
    if (!look) {
        doubtful_.insert(devpath);
    } else if (subject_.compare(devpath, *look) != Difference::None) {
        suspects_.push_back({devpath, *look});
    }
}

bool Comparison::publish(const TurnBudget& budget, const Publish& publish) {
    const std::size_t count = suspects_.size();
    while (removalsDone_ < count && !budget.isSpent())
        publishRemoval(suspects_[count - ++removalsDone_], publish);
    while (removalsDone_ == count && presencesDone_ < count && !budget.isSpent())
        publishPresence(suspects_[presencesDone_++], publish);
    return presencesDone_ == count;
}

ResyncSubject::Difference Comparison::lookTwice(const Suspect& suspect) {
    if (doubtful_.contains(suspect.devpath)) return Difference::None;
    if (subject_.look(suspect.devpath) == suspect.look)
        return subject_.compare(suspect.devpath, suspect.look);
    doubtful_.insert(suspect.devpath);
    return Difference::None;
}

void Comparison::publishRemoval(const Suspect& suspect, const Publish& publish) {
    const Difference difference = lookTwice(suspect);
    if (difference != Difference::Gone && difference != Difference::Replaced) return;
    doubtAllBelow(suspect.devpath);
    tell(suspect, names::action::Remove, publish);
}

// With what is removed goes all that is below it, also what looked as it was told and has not been removed.
void Comparison::doubtAllBelow(const std::string& devpath) {
    const auto first = objects_.lower_bound(firstBelow(devpath));
    const auto end = objects_.lower_bound(endBelow(devpath));
    std::copy_if(first, end, std::inserter(doubtful_, doubtful_.end()), [this](const std::string& below) {
        return subject_.compare(below, {}) != Difference::None;
    });
}

// What was replaced has been removed by now, and is new.
void Comparison::publishPresence(const Suspect& suspect, const Publish& publish) {
    const Difference difference = lookTwice(suspect);
    if (difference == Difference::New) tell(suspect, names::action::Add, publish);
    if (difference == Difference::Changed) tell(suspect, names::action::Change, publish);
}

void Comparison::tell(const Suspect& suspect, const char* action, const Publish& publish) {
    auto event = subject_.describe(suspect.devpath, action);
    if (!event) {
        doubtful_.insert(suspect.devpath);
        return;
    }
    publish(std::move(*event));
    ++published_;
}

void Comparison::lookAgain() {
    objects_ = std::exchange(doubtful_, {});
    toLookAt_ = objects_.begin();
    suspects_.clear();
    removalsDone_ = presencesDone_ = 0;
}

} // namespace keventd
