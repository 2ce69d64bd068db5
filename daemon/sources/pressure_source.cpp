#include "daemon/sources/pressure_source.h"

#include "daemon/base/clock.h"
#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/sources/pressure_file.h"
#include "keventd/names.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace keventd {
namespace {

constexpr SourceStatus NoThresholds{SourceState::Disabled, "no threshold is set"};
constexpr SourceStatus NoPressure{SourceState::Disabled, "the kernel counts no pressure"};
constexpr SourceStatus NoPrivilege{SourceState::Refused,
                                   "this kernel lets only CAP_SYS_RESOURCE set thresholds"};
constexpr SourceStatus StallTooLong{SourceState::Refused, "a stall is longer than its window"};
constexpr SourceStatus BadThreshold{SourceState::Refused,
                                    "the kernel refuses a threshold: without CAP_SYS_RESOURCE, windows are "
                                    "multiples of 2 s; all are from 500 ms to 10 s"};
constexpr SourceStatus CannotWatch{SourceState::Failed, "pressure cannot be watched"};

const char* nameOf(const PressureThreshold& threshold) {
    return threshold.full ? names::action::Full : names::action::Some;
}

// CONFIG_PSI is off: there is no file; the kernel was started with psi=0: it cannot be opened.
SourceStatus statusOf(int error) {
    if (isAbsence(error) || error == EOPNOTSUPP) return NoPressure;
    if (error == EPERM || error == EACCES) return NoPrivilege;
    return error == EINVAL ? BadThreshold : CannotWatch;
}

// @return 0, or an errno value
int writeThreshold(int file, const PressureThreshold& threshold) {
    const std::string written =
        text(nameOf(threshold), " ", threshold.stall.count(), " ", threshold.window.count());
    // The kernel wants the NUL, too.
    return write(file, written.c_str(), written.size() + 1) < 0 ? errno : 0;
}

// @return how things are now; nothing if that cannot be read
std::optional<Pressure> readPressure(int file, bool full) {
    std::array<char, 512> text{};
    const ssize_t length = pread(file, text.data(), text.size(), 0);
    if (length < 0) return std::nullopt;
    PressureFile read = parsePressure(std::string_view(text.data(), static_cast<std::size_t>(length)));
    return full ? std::move(read.full) : std::move(read.some);
}

} // namespace

PressureSource::PressureSource(const PressureOptions& options, std::string directory)
    : ObservedSource(names::source::Pressure), directory_(std::move(directory)) {
    add("memory", options.memory);
    add("cpu", options.cpu);
    add("io", options.io);
    if (!triggers_.empty()) {
        setStatus({}); // of the others the log tells
    } else if (status() == SourceStatus{}) {
        setStatus(NoThresholds);
    }
    while (!notifications_.take().empty()) {
        // Each tells once that it is there.
    }
}

void PressureSource::add(const char* resource, const PressureThreshold& threshold) {
    if (threshold.stall.count() == 0) return;
    if (threshold.stall > threshold.window) return fail(resource, StallTooLong);
    UniqueFd file(open(text(directory_, "/", resource).c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    const int error = file ? writeThreshold(file.get(), threshold) : errno;
    if (error != 0) return fail(resource, statusOf(error));
    if (!notifications_.watch(file.get(), triggers_.size())) return fail(resource, CannotWatch);
    triggers_.push_back({resource, threshold, std::move(file)});
}

void PressureSource::fail(const char* resource, const SourceStatus& status) {
    setStatus(status);
    const std::string message = text("pressure of ", resource, ": ", status.reason, ", ignoring");
    const bool isNoMistake = status == NoPressure || status == NoPrivilege;
    logMessage(isNoMistake ? LogLevel::Info : LogLevel::Warning, message);
}

Drained PressureSource::drain(Arrivals& arrivals, std::size_t /*budget*/) {
    for (const std::uint64_t tag : notifications_.take()) {
        ++counted().received;
        arrivals.add(eventOf(triggers_.at(tag)));
    }
    return {};
}

Event PressureSource::eventOf(const Trigger& trigger) const {
    Event event;
    event.source = names::source::Pressure;
    event.action = nameOf(trigger.threshold);
    event.subsystem = names::source::Pressure;
    event.attribute = trigger.resource;
    const ReadTime now = readTimeNow();
    event.boottime = now.boottime;
    event.realtime = now.realtime;
    PropertyList& properties = event.properties;
    if (const auto pressure = readPressure(trigger.file.get(), trigger.threshold.full)) {
        properties.set(names::key::Value, pressure->avg10);
        properties.set(names::key::Unit, names::unit::Percent);
        properties.set(names::pressure_key::Avg60, pressure->avg60);
        properties.set(names::pressure_key::Avg300, pressure->avg300);
        properties.set(names::pressure_key::Total, std::to_string(pressure->totalUsec));
    }
    properties.set(names::key::StallUsec, std::to_string(trigger.threshold.stall.count()));
    properties.set(names::key::WindowUsec, std::to_string(trigger.threshold.window.count()));
    return event;
}

} // namespace keventd
