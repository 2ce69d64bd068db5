#include "daemon/sources/attribute_source.h"

#include "daemon/base/clock.h"
#include "daemon/base/errors.h"
#include "keventd/names.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <utility>
#include <variant>

namespace keventd {
namespace {

constexpr std::chrono::seconds UntilSecondLook{1};

Event eventOf(const AttributeName& name, const std::string& subsystem, const char* action) {
    const ReadTime now = readTimeNow();
    Event event;
    event.source = names::source::Attribute;
    event.action = action;
    event.subsystem = subsystem;
    event.object = name.object;
    event.attribute = name.attribute;
    event.boottime = now.boottime;
    event.realtime = now.realtime;
    return event;
}

void setIfKnown(PropertyList& properties, const char* key, const std::optional<std::string>& value) {
    if (value) properties.set(key, *value);
}

bool isAtOrBelow(std::string_view object, std::string_view devpath) {
    return devpath == "/" || object == devpath ||
           (object.starts_with(devpath) && object.substr(devpath.size()).starts_with('/'));
}

std::optional<std::string> textOf(AttributeValue value) {
    return value.error == 0 ? std::optional(std::move(value.text)) : std::nullopt;
}

} // namespace

AttributeSource::AttributeSource(AttributeFiles files)
    : ObservedSource(names::source::Attribute), files_(std::move(files)),
      epoll_(checkErrno(epoll_create1(EPOLL_CLOEXEC), "make an epoll descriptor for attributes")),
      timer_(checkErrno(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
                        "make a timer for attributes")) {
    epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
    checkErrno(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timer_.get(), &event), "watch a timer for attributes");
}

SourceStatus AttributeSource::status() const {
    if (!files_.areThere()) return {SourceState::Failed, "sysfs is not mounted, or not for everybody"};
    return {};
}

// A value with a NUL byte is no text: a binary attribute that happens to be as long as a page. One that
// cannot be read now (a speed, while the link is down) may be readable when the kernel notifies it.
std::optional<RefusedAttribute> AttributeSource::watch(const AttributeName& name) {
    using Kind = RefusedAttribute::Kind;
    auto opened = files_.open(name);
    if (auto* refused = std::get_if<RefusedAttribute>(&opened)) return std::move(*refused);
    AttributeFile& file = std::get<AttributeFile>(opened);
    AttributeValue value = file.read();
    if (value.error == ENODEV) return RefusedAttribute{Kind::Missing, "there is none"};
    if (value.text.find('\0') != std::string::npos)
        return RefusedAttribute{Kind::NotSuitable, "it is binary"};
    const int fd = file.fd();
    const auto made =
        watches_.insert_or_assign(name, Watch{std::move(file), textOf(std::move(value)), {}}).first;
    epoll_event event{.events = EPOLLPRI | EPOLLERR | EPOLLET, .data = {.ptr = &*made}};
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) return std::nullopt;
    const int error = errno;
    watches_.erase(made);
    if (error == EPERM) return RefusedAttribute{Kind::NotSuitable, "it cannot be polled"};
    return RefusedAttribute{Kind::Failed, errorText(error)};
}

// What is taken away has its descriptor closed and so leaves the epoll descriptor: nothing in `ready` is
// stale, as only the watch that it is the turn of ends here, and the timer comes last.
Drained AttributeSource::drain(Arrivals& arrivals, std::size_t budget) {
    std::array<epoll_event, 64> ready; // NOLINT(cppcoreguidelines-pro-type-member-init): by epoll_wait(2)
    const auto most = static_cast<int>(std::clamp<std::size_t>(budget, 1, ready.size()));
    const int count = epoll_wait(epoll_.get(), ready.data(), most, 0);
    bool hasTimePassed = false;
    for (int i = 0; i < count; ++i) {
        void* watched = ready[static_cast<std::size_t>(i)].data.ptr;
        hasTimePassed |= watched == nullptr;
        if (watched != nullptr) take(*static_cast<Watches::value_type*>(watched), arrivals);
    }
    if (hasTimePassed) onTimer();
    tellEnded(arrivals);
    return {.empty = count < most, .lost = 0, .lossPending = false};
}

void AttributeSource::take(Watches::value_type& watched, Arrivals& arrivals) {
    auto& [name, watch] = watched;
    ++counted().received;
    AttributeValue value = watch.file.read();
    if (value.error == ENODEV) return end(watches_.find(name));
    Event event = eventOf(name, watch.file.subsystem(), names::action::Change);
    setIfKnown(event.properties, names::key::OldValue, watch.value);
    watch.value = textOf(std::move(value));
    setIfKnown(event.properties, names::key::Value, watch.value);
    arrivals.add(std::move(event));
}

void AttributeSource::endIfGone(const AttributeName& name) {
    const auto watched = watches_.find(name);
    if (watched == watches_.end() || files_.isAt(name, watched->second.file)) return;
    end(watched);
}

void AttributeSource::lookAgain(std::string_view devpath) {
    const auto later = Clock::now() + UntilSecondLook;
    bool isAnyLeft = false;
    for (auto next = watches_.begin(); next != watches_.end();) {
        const auto watched = next++;
        if (!isAtOrBelow(watched->first.object, devpath)) continue;
        const bool isThere = files_.isAt(watched->first, watched->second.file);
        if (isThere) watched->second.lookAt = later;
        if (!isThere) end(watched);
        isAnyLeft |= isThere;
    }
    if (ended_.empty() && isAnyLeft) onTimer();
}

// Looks for those whose time has come, and wakes for the next.
void AttributeSource::onTimer() {
    std::uint64_t expirations = 0;
    static_cast<void>(
        read(timer_.get(), &expirations, sizeof expirations)); // which it then does not hold any more
    const auto now = Clock::now();
    auto soonest = Clock::time_point::max();
    for (auto next = watches_.begin(); next != watches_.end();) {
        const auto watched = next++;
        auto& [file, value, lookAt] = watched->second;
        if (!lookAt) continue;
        if (*lookAt > now) {
            soonest = std::min(soonest, *lookAt);
        } else if (lookAt.reset(); !files_.isAt(watched->first, file)) {
            end(watched);
        }
    }
    if (soonest != Clock::time_point::max()) wakeAt(soonest);
}

// The event is told in the next drain(), which the timer brings about.
void AttributeSource::end(Watches::iterator watched) {
    const AttributeName name = watched->first;
    Event event = eventOf(name, watched->second.file.subsystem(), names::action::Remove);
    setIfKnown(event.properties, names::key::OldValue, watched->second.value);
    ended_.push_back(std::move(event));
    watches_.erase(watched);
    wakeAt(Clock::now());
    onGone_(name);
}

void AttributeSource::tellEnded(Arrivals& arrivals) {
    for (Event& event : std::exchange(ended_, {})) arrivals.add(std::move(event));
}

// Cannot fail: the descriptor and the time are good.
void AttributeSource::wakeAt(Clock::time_point time) {
    using std::chrono::seconds;
    const auto since = time.time_since_epoch();
    const auto whole = std::chrono::floor<seconds>(since);
    const auto rest = std::chrono::nanoseconds(since - whole);
    const itimerspec when{.it_interval = {}, .it_value = {.tv_sec = whole.count(), .tv_nsec = rest.count()}};
    timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

} // namespace keventd
