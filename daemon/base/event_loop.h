// The daemon's one loop, over sd-event(3).
//
// Handlers are plain functions that may throw: the exception is kept, the loop stops, and run() throws it.
// Each registration lives as long as its handle.
#pragma once

#include "daemon/base/c_handles.h"

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>

namespace keventd {

/// All priorities of the loop; the lower the number, the earlier.
///
/// Reading, publishing and serving share one priority: sd-event then takes turns. Were reading first, a storm
/// that never ends would starve every subscriber; were serving first, subscribers could starve the reading.
/// A turn of reading may take longer than one of publishing (Intake::Budget, TurnBudget), so that a backlog
/// moves from the socket, where more would be lost, to the history.
enum class Priority : std::int64_t {
    Signals = -100, ///< an end is asked for once, and should not wait for a storm to end
    Normal = 0,
};

class EventLoop {
public:
    using Handler = std::function<void()>;

    /// A registration; nothing is called any more once it is gone.
    class Registration {
    public:
        Registration(EventLoop& loop, const char* name, Handler handler)
            : loop_(&loop), name_(name), handler_(std::move(handler)) {}
        Registration(const Registration&) = delete;
        Registration& operator=(const Registration&) = delete;

        void enable() { setEnabled(SD_EVENT_ON); }
        void disable() { setEnabled(SD_EVENT_OFF); }
        /// Of a defer: calls the handler once, when all that was ready by now has had its turn.
        void defer();
        /// Of a descriptor: has another one watched in its place, which outlives the registration. Both are
        /// open.
        void watch(int fd);
        /// Of a timer: calls the handler once, at this time or as soon as possible after it.
        void armAt(std::chrono::steady_clock::time_point time);

    private:
        friend class EventLoop;
        void setEnabled(int state);

        EventLoop* loop_;
        const char* name_;
        Handler handler_;
        EventSourceHandle source_;
    };
    using Handle = std::unique_ptr<Registration>;

    EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    /// @param name    for diagnosis, a literal
    /// @param fd      borrowed; outlives the registration
    /// @param events  EPOLLIN, …
    [[nodiscard]] Handle addIo(const char* name, int fd, std::uint32_t events, Handler handler);
    /// A timer on CLOCK_MONOTONIC, disarmed until armAt().
    [[nodiscard]] Handle addTimer(const char* name, Handler handler);
    /// Called once after each turn of the loop in which anything else was called.
    [[nodiscard]] Handle addPost(const char* name, Handler handler);
    /// Called in a later turn, whatever else happens, once it is asked for by defer().
    [[nodiscard]] Handle addDefer(const char* name, Handler handler);
    /// @param signal  blocked by the caller
    [[nodiscard]] Handle addSignal(const char* name, int signal, Handler handler);

    /// Runs until stop().
    /// @throws what a handler threw
    void run();
    void stop();

    [[nodiscard]] sd_event* get() const { return event_.get(); }

private:
    [[nodiscard]] static int dispatch(void* registration) noexcept;
    static void adopt(Registration& registration, sd_event_source* source,
                      Priority priority = Priority::Normal);

    EventHandle event_;
    std::exception_ptr failure_;
};

} // namespace keventd
