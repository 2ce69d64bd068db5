#include "daemon/sources/mount_source.h"

#include "daemon/base/clock.h"
#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/sources/mount_changes.h"
#include "daemon/sources/mount_event.h"
#include "keventd/names.h"

#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <sys/timerfd.h>
#include <unistd.h>
#include <utility>

namespace keventd {
namespace {

constexpr SourceStatus CannotOpen{SourceState::Failed, "the table of mounts cannot be opened"};
constexpr SourceStatus CannotWatch{SourceState::Failed, "the table of mounts cannot be watched"};
constexpr SourceStatus CannotRead{SourceState::Failed, "the table of mounts cannot be read"};

constexpr time_t SecondsUntilNextLook = 1;

// The kernel gives a page at a time, and goes on where it was as long as nobody reads elsewhere.
// @return the whole file, or an errno value
std::pair<std::string, int> readWhole(int file) {
    constexpr std::size_t Piece = 65'536;
    std::string text;
    for (std::size_t length = 0;;) {
        text.resize(length + Piece);
        const ssize_t got = pread(file, text.data() + length, Piece, static_cast<off_t>(length));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return {std::string(), errno};
        length += static_cast<std::size_t>(got);
        text.resize(length);
        if (got == 0) return {std::move(text), 0};
    }
}

} // namespace

MountSource::MountSource(UniqueFd mountinfo, BlockDevices devices)
    : ObservedSource(names::source::Mount), mountinfo_(std::move(mountinfo)), devices_(std::move(devices)),
      again_(checkErrno(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
                        "make a timer for mounts")) {
    if (!mountinfo_) {
        setStatus(CannotOpen);
    } else if (!notifications_.watch(mountinfo_.get(), 0) || !notifications_.watch(again_.get(), 1)) {
        setStatus(CannotWatch);
    }
}

MountSource::MountSource(const std::string& path, BlockDevices devices)
    : MountSource(UniqueFd(open(path.c_str(), O_RDONLY | O_CLOEXEC)), std::move(devices)) {}

void MountSource::begin(const std::vector<Event>& known) {
    table_.emplace();
    for (const Event& event : known) applyMountEvent(*table_, viewOf(event));
    isResync_ = true;
}

std::vector<Event> MountSource::readAll() {
    if (mountinfo_) look();
    return present();
}

std::vector<Event> MountSource::present() const {
    std::vector<Event> events;
    if (!table_) return events;
    for (const auto& [id, mount] : *table_) events.push_back(presentMount(mount));
    const ReadTime now = readTimeNow();
    for (Event& event : events) {
        event.boottime = now.boottime;
        event.realtime = now.realtime;
    }
    return events;
}

Drained MountSource::drain(Arrivals& arrivals, std::size_t budget) {
    if (found_.empty() && !notifications_.take().empty()) look();
    for (; budget > 0 && !found_.empty(); --budget) {
        arrivals.add(std::move(found_.front()));
        found_.pop_front();
    }
    return {.empty = found_.empty(), .lost = 0, .lossPending = false};
}

void MountSource::look() {
    ++counted().received;
    auto fresh = read();
    setStatus(fresh ? SourceStatus{} : CannotRead);
    if (!fresh) return lookAgainLater();
    findDevices(*fresh);
    if (table_) findChanges(*fresh);
    table_ = std::move(fresh);
    isResync_ = false;
}

// What has happened would be told with the next change only.
void MountSource::lookAgainLater() const {
    const itimerspec when{.it_interval = {}, .it_value = {.tv_sec = SecondsUntilNextLook, .tv_nsec = 0}};
    timerfd_settime(again_.get(), 0, &when, nullptr);
}

std::optional<MountTable> MountSource::read() {
    const auto [text, error] = readWhole(mountinfo_.get());
    auto parsed = error == 0 ? parseMountinfo(text) : std::nullopt;
    if (!parsed) {
        logWarning(keventd::text("table of mounts: ", errorText(error != 0 ? error : ENOMEM),
                                 ", looking again in a second"),
                   failureLog_);
        return std::nullopt;
    }
    counted().refused += parsed->refused;
    return std::move(parsed->table);
}

// When it is umounted, its device may have gone.
void MountSource::findDevices(MountTable& table) const {
    for (auto& [id, mount] : table) {
        const Mount* known = table_ ? table_->find(id) : nullptr;
        mount.devpath =
            known != nullptr && isSameMount(*known, mount) ? known->devpath : devices_.devpathOf(mount);
    }
}

void MountSource::findChanges(const MountTable& fresh) {
    const ReadTime now = readTimeNow();
    for (const MountChange& change : compareMounts(*table_, fresh)) {
        Event event = mountEvent(change);
        event.boottime = now.boottime;
        event.realtime = now.realtime;
        if (isResync_) event.flags |= EventFlag::Resync;
        found_.push_back(std::move(event));
    }
}

} // namespace keventd
