// One comparison of what was told with what is there, in two looks.
//
// What is there is always ahead of what was told: a difference may be an event that is still under way. So
// everything is looked at once, then all events that had been sent by then are awaited (by the caller), and
// what is still different, and looks as it did, is published. What has changed between the two looks is in
// doubt, and can be looked at again; so is what could not be looked at, or has gone before it was described.
#pragma once

#include "daemon/base/turn_budget.h"
#include "daemon/stream/resync_subject.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace keventd {

class Comparison {
public:
    /// Takes an event into the stream, at once.
    using Publish = std::function<void(Event)>;

    /// @param subject  outlives the comparison
    explicit Comparison(const ResyncSubject& subject)
        : subject_(subject), enumeration_(subject.enumerate()) {}
    Comparison(const Comparison&) = delete;
    Comparison& operator=(const Comparison&) = delete;

    /// Goes on with the first look, for a turn: first finds what there is to look at.
    /// @return whether it is done
    [[nodiscard]] bool look(const TurnBudget& budget);
    /// Goes on with the second look, when all events that had been sent by the end of the first have left:
    /// first what has gone, children before parents, then what is new, parents before children.
    /// @return whether it is done
    [[nodiscard]] bool publish(const TurnBudget& budget, const Publish& publish);

    /// @return whether something changed between the two looks, by what was published, or by the time it was
    ///         described, or could not be looked at
    [[nodiscard]] bool isInDoubt() const { return !doubtful_.empty(); }
    /// Begins another first look, at what is in doubt.
    void lookAgain();

    /// @return events published
    [[nodiscard]] std::size_t published() const { return published_; }

private:
    using Difference = ResyncSubject::Difference;
    struct Suspect {
        std::string devpath;
        ResyncSubject::Look look;
    };

    void find(const TurnBudget& budget);
    void lookAt(const std::string& devpath);
    [[nodiscard]] Difference lookTwice(const Suspect& suspect);
    void publishRemoval(const Suspect& suspect, const Publish& publish);
    void doubtAllBelow(const std::string& devpath);
    void publishPresence(const Suspect& suspect, const Publish& publish);
    void tell(const Suspect& suspect, const char* action, const Publish& publish);

    const ResyncSubject& subject_;
    std::unique_ptr<Enumeration> enumeration_;       // until it is done
    std::set<std::string> objects_;                  // parents before children
    std::set<std::string>::const_iterator toLookAt_; // the next of these, once all are found
    std::vector<Suspect> suspects_;                  // those that differed at the first look, sorted
    std::size_t removalsDone_ = 0;                   // of these, from the last
    std::size_t presencesDone_ = 0;                  // of these, from the first
    std::set<std::string> doubtful_;
    std::size_t published_ = 0;
};

} // namespace keventd
