#include "daemon/base/event_loop.h"

#include "daemon/base/errors.h"

#include <utility>

namespace keventd {
namespace {

// sd-event takes 0 for "the default", 250 ms of slack.
constexpr std::uint64_t TimerAccuracyUsec = 1000;

} // namespace

EventLoop::EventLoop() {
    sd_event* event = nullptr;
    checkResult(sd_event_new(&event), "create event loop");
    event_.reset(event);
}

// Reached from C: nothing may be thrown through sd-event.
int EventLoop::dispatch(void* registration) noexcept {
    auto& self = *static_cast<Registration*>(registration);
    EventLoop& loop = *self.loop_; // the handler may end its own registration
    try {
        self.handler_();
    } catch (...) {
        loop.failure_ = std::current_exception();
        loop.stop();
    }
    return 0;
}

void EventLoop::adopt(Registration& registration, sd_event_source* source, Priority priority) {
    registration.source_.reset(source);
    checkResult(sd_event_source_set_description(source, registration.name_), registration.name_);
    checkResult(sd_event_source_set_priority(source, static_cast<std::int64_t>(priority)),
                registration.name_);
}

EventLoop::Handle EventLoop::addIo(const char* name, int fd, std::uint32_t events, Handler handler) {
    auto handle = std::make_unique<Registration>(*this, name, std::move(handler));
    sd_event_source* source = nullptr;
    const auto onIo = [](sd_event_source*, int, std::uint32_t, void* self) { return dispatch(self); };
    checkResult(sd_event_add_io(get(), &source, fd, events, onIo, handle.get()), name);
    adopt(*handle, source);
    return handle;
}

EventLoop::Handle EventLoop::addTimer(const char* name, Handler handler) {
    auto handle = std::make_unique<Registration>(*this, name, std::move(handler));
    sd_event_source* source = nullptr;
    const auto onTime = [](sd_event_source*, std::uint64_t, void* self) { return dispatch(self); };
    checkResult(sd_event_add_time(get(), &source, CLOCK_MONOTONIC, UINT64_MAX, TimerAccuracyUsec, onTime,
                                  handle.get()),
                name);
    adopt(*handle, source);
    handle->disable();
    return handle;
}

EventLoop::Handle EventLoop::addPost(const char* name, Handler handler) {
    auto handle = std::make_unique<Registration>(*this, name, std::move(handler));
    sd_event_source* source = nullptr;
    const auto onPost = [](sd_event_source*, void* self) { return dispatch(self); };
    checkResult(sd_event_add_post(get(), &source, onPost, handle.get()), name);
    adopt(*handle, source);
    return handle;
}

EventLoop::Handle EventLoop::addDefer(const char* name, Handler handler) {
    return std::make_unique<Registration>(*this, name, std::move(handler));
}

EventLoop::Handle EventLoop::addSignal(const char* name, int signal, Handler handler) {
    auto handle = std::make_unique<Registration>(*this, name, std::move(handler));
    sd_event_source* source = nullptr;
    const auto onSignal = [](sd_event_source*, const signalfd_siginfo*, void* self) {
        return dispatch(self);
    };
    checkResult(sd_event_add_signal(get(), &source, signal, onSignal, handle.get()), name);
    adopt(*handle, source, Priority::Signals);
    return handle;
}

void EventLoop::run() {
    checkResult(sd_event_loop(get()), "run event loop");
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void EventLoop::stop() {
    sd_event_exit(get(), 0);
}

void EventLoop::Registration::setEnabled(int state) {
    checkResult(sd_event_source_set_enabled(source_.get(), state), "switch event source");
}

void EventLoop::Registration::watch(int fd) {
    checkResult(sd_event_source_set_io_fd(source_.get(), fd), name_);
}

// Of what is ready, sd-event calls first what has been so for longest. A defer source has been since it was
// made, however often it is enabled: one that enables itself would be called for ever, and nothing else. So
// it is made when it is asked for.
void EventLoop::Registration::defer() {
    int isWaiting = SD_EVENT_OFF;
    if (source_) checkResult(sd_event_source_get_enabled(source_.get(), &isWaiting), name_);
    if (isWaiting != SD_EVENT_OFF) return;
    sd_event_source* source = nullptr;
    const auto onDefer = [](sd_event_source*, void* self) { return dispatch(self); };
    checkResult(sd_event_add_defer(loop_->get(), &source, onDefer, this), name_);
    adopt(*this, source);
}

void EventLoop::Registration::armAt(std::chrono::steady_clock::time_point time) {
    const auto usec = std::chrono::ceil<std::chrono::microseconds>(time.time_since_epoch()).count();
    checkResult(sd_event_source_set_time(source_.get(), static_cast<std::uint64_t>(usec)), "set timer");
    setEnabled(SD_EVENT_ONESHOT);
}

} // namespace keventd
