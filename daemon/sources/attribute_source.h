// Attributes of sysfs that somebody watches: source `attribute`. Observed: the kernel says only "look again".
//
// A file of sysfs polls as an error with urgent data when the kernel has notified it (sysfs_notify(),
// kernfs_notify()) since it was read last. Each notification that is seen becomes an event with the value of
// that moment, also when it is the value of before: an attribute that counts edges of a line notifies for
// each, and shows the same level after each. Several between two readings are one event.
//
// The kernel does not wake who polls a file that is taken away (kernfs, up to 6.18 at least). So whoever
// hears of devices has us look whether the files are still there (lookAgain()).
//
// The files are watched edge-triggered, through an epoll descriptor of our own: a file that cannot be read
// stays ready, and would keep the loop from sleeping.
#pragma once

#include "daemon/base/unique_fd.h"
#include "daemon/sources/attribute_file.h"
#include "daemon/sources/attribute_name.h"
#include "daemon/sources/observed_source.h"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keventd {

class AttributeSource : public ObservedSource {
public:
    /// @throws FatalError
    explicit AttributeSource(AttributeFiles files = AttributeFiles());

    [[nodiscard]] int descriptor() const override { return epoll_.get(); }
    /// Loss cannot be told: nothing is lost but what nobody could have seen.
    [[nodiscard]] Drained drain(Arrivals& arrivals, std::size_t budget) override;
    [[nodiscard]] SourceStatus status() const override;

    /// Opens an attribute, reads it, and watches it from then on. It is not watched yet.
    /// @return nothing if it is watched now
    [[nodiscard]] std::optional<RefusedAttribute> watch(const AttributeName& name);
    /// Ends a watch, if there is one, without an event.
    void unwatch(const AttributeName& name) { watches_.erase(name); }
    [[nodiscard]] std::size_t watched() const { return watches_.size(); }

    /// @param handler  called when a watch has ended because its attribute has gone; the event follows
    void whenGone(std::function<void(const AttributeName&)> handler) { onGone_ = std::move(handler); }
    /// Ends the watch of this attribute, if there is one and the attribute has gone.
    void endIfGone(const AttributeName& name);
    /// Something has been said of this object that may have taken attributes away: ends the watches at it and
    /// below whose attributes have gone, and looks for the others once more a little later: the kernel says
    /// of a device that it is removed before it has taken all of it away.
    /// @param devpath  as Event::object; "/": any
    void lookAgain(std::string_view devpath);

private:
    using Clock = std::chrono::steady_clock;
    struct Watch {
        AttributeFile file;
        std::optional<std::string> value;        ///< as it was read last; nothing if it could not be
        std::optional<Clock::time_point> lookAt; ///< when it is to be looked for once more
    };
    using Watches = std::map<AttributeName, Watch>;

    void take(Watches::value_type& watched, Arrivals& arrivals);
    void onTimer();
    void end(Watches::iterator watched);
    void tellEnded(Arrivals& arrivals);
    void wakeAt(Clock::time_point time);

    AttributeFiles files_;
    UniqueFd epoll_;
    UniqueFd timer_; // for what is to be done without a notification
    Watches watches_;
    std::vector<Event> ended_; // that are to be told
    std::function<void(const AttributeName&)> onGone_ = [](const AttributeName&) {};
};

} // namespace keventd
