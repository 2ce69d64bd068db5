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

EventLoop::Handle EventLoop::finish(Handle handle, sd_event_source* source, const char* name,
                                    Priority priority) {
    handle->source_.reset(source);
    checkResult(sd_event_source_set_description(source, name), name);
    checkResult(sd_event_source_set_priority(source, static_cast<std::int64_t>(priority)), name);
    return handle;
}

EventLoop::Handle EventLoop::addIo(const char* name, int fd, std::uint32_t events, Handler handler) {
    auto handle = std::make_unique<Registration>(*this, std::move(handler));
    sd_event_source* source = nullptr;
    const auto onIo = [](sd_event_source*, int, std::uint32_t, void* self) { return dispatch(self); };
    checkResult(sd_event_add_io(get(), &source, fd, events, onIo, handle.get()), name);
    return finish(std::move(handle), source, name);
}

EventLoop::Handle EventLoop::addTimer(const char* name, Handler handler) {
    auto handle = std::make_unique<Registration>(*this, std::move(handler));
    sd_event_source* source = nullptr;
    const auto onTime = [](sd_event_source*, std::uint64_t, void* self) { return dispatch(self); };
    checkResult(sd_event_add_time(get(), &source, CLOCK_MONOTONIC, UINT64_MAX, TimerAccuracyUsec, onTime,
                                  handle.get()),
                name);
    handle = finish(std::move(handle), source, name);
    handle->disable();
    return handle;
}

EventLoop::Handle EventLoop::addPost(const char* name, Handler handler) {
    auto handle = std::make_unique<Registration>(*this, std::move(handler));
    sd_event_source* source = nullptr;
    const auto onPost = [](sd_event_source*, void* self) { return dispatch(self); };
    checkResult(sd_event_add_post(get(), &source, onPost, handle.get()), name);
    return finish(std::move(handle), source, name);
}

EventLoop::Handle EventLoop::addDefer(const char* name, Handler handler) {
    auto handle = std::make_unique<Registration>(*this, std::move(handler));
    sd_event_source* source = nullptr;
    const auto onDefer = [](sd_event_source*, void* self) { return dispatch(self); };
    checkResult(sd_event_add_defer(get(), &source, onDefer, handle.get()), name);
    return finish(std::move(handle), source, name);
}

EventLoop::Handle EventLoop::addSignal(const char* name, int signal, Handler handler) {
    auto handle = std::make_unique<Registration>(*this, std::move(handler));
    sd_event_source* source = nullptr;
    const auto onSignal = [](sd_event_source*, const signalfd_siginfo*, void* self) {
        return dispatch(self);
    };
    checkResult(sd_event_add_signal(get(), &source, signal, onSignal, handle.get()), name);
    return finish(std::move(handle), source, name, Priority::Signals);
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

void EventLoop::Registration::armAt(std::chrono::steady_clock::time_point time) {
    const auto usec = std::chrono::ceil<std::chrono::microseconds>(time.time_since_epoch()).count();
    checkResult(sd_event_source_set_time(source_.get(), static_cast<std::uint64_t>(usec)), "set timer");
    setEnabled(SD_EVENT_ONESHOT);
}

} // namespace keventd
