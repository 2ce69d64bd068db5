#include "daemon/saved_state.h"

#include "daemon/base/assert.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/sources/landing_area.h"
#include "daemon/sources/netlink_source.h"
#include "daemon/sources/udev_landing.h"
#include "daemon/stream/waiting_log.h"
#include "keventd/names.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>
#include <variant>

namespace keventd {
namespace {

/// The parts of the file, in their order. Of the logs, the two areas.
enum Part : std::size_t {
    HistoryPart,
    WaitingPart,
    DevicesPart = WaitingPart + 2,
    CountersPart = DevicesPart + 2,
    LandingPart, // of the first source that reads from netlink; then of the others
};

/// A source that reads from netlink, and the memory in which its messages land.
struct NetlinkReader {
    const char* source;
    const char* landing;
    std::size_t (*landingBytes)();
};
constexpr std::array Readers{
    NetlinkReader{names::source::Kernel, "landing area of the kernel",
                  [] { return LandingArea::bytes(LandingArea::Uevents); }},
    NetlinkReader{names::source::Udev, "landing area of udev", UdevLanding::bytes},
    NetlinkReader{names::source::Link, "landing area of links", NetlinkSource::landingBytes},
    NetlinkReader{names::source::Address, "landing area of addresses", NetlinkSource::landingBytes},
    NetlinkReader{names::source::Thermal, "landing area of thermal", NetlinkSource::landingBytes},
    NetlinkReader{names::source::Acpi, "landing area of ACPI", NetlinkSource::landingBytes},
    NetlinkReader{names::source::Quota, "landing area of quota", NetlinkSource::landingBytes},
};
constexpr std::size_t PartCount = LandingPart + Readers.size();
static_assert(PartCount <= StateHeader::MaxRegions);

std::size_t indexOf(std::string_view source) {
    const auto isOfSource = [source](const NetlinkReader& reader) { return source == reader.source; };
    const auto found = std::find_if(Readers.begin(), Readers.end(), isOfSource);
    KEVENTD_ASSERT(found != Readers.end());
    return static_cast<std::size_t>(found - Readers.begin());
}

// No more is allocated of it than is used. Some hundred bytes for each event that waits, of which there are
// Sequencer::Options::maxWaiting at most; or for each device.
constexpr std::size_t LogBytes = std::size_t{64} * 1024 * 1024;

constexpr StateRegion logArea(const char* name) {
    return {.name = name, .bytes = LogBytes, .bytesAtStart = RecordArea::MinBytes};
}

StateRegion wholePart(const char* name, std::size_t bytes) {
    return {.name = name, .bytes = bytes, .bytesAtStart = bytes};
}

std::array<StateRegion, PartCount> partsWith(std::size_t historyBytes) {
    std::array<StateRegion, PartCount> parts{
        StateRegion{.name = "history", .bytes = historyBytes, .bytesAtStart = History::MinBytes},
        logArea("log of events"),
        logArea("log of events"),
        logArea("log of devices"),
        logArea("log of devices"),
        wholePart("counters", StatePageBytes)};
    for (std::size_t i = 0; i < Readers.size(); ++i)
        parts[LandingPart + i] = wholePart(Readers[i].landing, Readers[i].landingBytes());
    return parts;
}

// @return what is wrong with the log; nothing if it has been taken up
std::optional<NotBelieved> openLog(RecordLog::Areas areas, const char* name, std::optional<RecordLog>& log) {
    auto opened = RecordLog::open(std::move(areas));
    if (const auto* why = std::get_if<NotBelieved>(&opened))
        return NotBelieved{text("its ", name, " has ", why->reason)};
    log = std::move(std::get<RecordLog>(opened));
    return std::nullopt;
}

std::optional<std::uint64_t> loadSeqnum(const CommitWord& word) {
    const std::uint64_t seqnumAndOne = word.load().value_or(0);
    return seqnumAndOne == 0 ? std::nullopt : std::optional(seqnumAndOne - 1);
}

// They count from the boot: none that does not fit was ever seen.
void storeSeqnum(CommitWord& word, std::uint64_t seqnum) {
    word.store(std::min(seqnum, CommitWord::MaxValue - 1) + 1);
}

} // namespace

struct SavedState::Counters {
    CommitWord restarts;
    CommitWord heardOfKernel; // a SEQNUM, and one; 0: none
    CommitWord heardOfUdev;   // the same
    CommitWord begun;         // 1: what was there before has been told
    alignas(8) std::array<std::array<std::byte, ToldDrops::bytes()>, Readers.size()> drops;
};

SavedState::Counters& SavedState::counters() const {
    static_assert(sizeof(Counters) <= StatePageBytes);
    return *std::launder(reinterpret_cast<Counters*>(file_->region(CountersPart).data()));
}

SavedState::SavedState(const std::string& directory, std::size_t historyBytes) : path_(directory + "/state") {
    const auto parts = partsWith(historyBytes);
    if (const auto why = takeUp(parts)) {
        if (!why->reason.empty()) {
            logEvent(LogLevel::Warning, message_id::StateReplaced,
                     text("state file ", path_, ": ", why->reason, ", starting anew"),
                     {{"KEVENTD_PATH", path_}, {"KEVENTD_REASON", why->reason}});
        }
        begin(parts);
    } else {
        countRestart();
    }
}

std::optional<NotBelieved> SavedState::takeUp(std::span<const StateRegion> regions) {
    auto opened = StateFile::open(path_, regions);
    if (const auto* why = std::get_if<NotBelieved>(&opened)) return *why;
    file_ = std::move(std::get<StateFile>(opened));
    auto history = History::open(file_->region(HistoryPart), reserveOf(HistoryPart));
    if (const auto* why = std::get_if<NotBelieved>(&history)) return *why;
    history_ = std::move(std::get<History>(history));
    if (auto why = openLog(areasOf(WaitingPart), regions[WaitingPart].name, waiting_)) return why;
    if (auto why = WaitingLog::whyNot(*waiting_)) return NotBelieved{text("its log of events has ", *why)};
    if (auto why = openLog(areasOf(DevicesPart), regions[DevicesPart].name, devices_)) return why;
    return takeUpCounters();
}

std::optional<NotBelieved> SavedState::takeUpCounters() {
    useCounters();
    const auto restarts = counters().restarts.load();
    const bool areSound =
        restarts && *restarts < CommitWord::MaxValue / 2 && counters().heardOfKernel.load() &&
        counters().heardOfUdev.load() && counters().begun.load() &&
        std::all_of(drops_.begin(), drops_.end(), [](const ToldDrops& drops) { return drops.isSound(); });
    return areSound ? std::nullopt : std::optional(NotBelieved{"its counters are damaged"});
}

void SavedState::useCounters() {
    drops_.clear();
    for (std::size_t i = 0; i < Readers.size(); ++i)
        drops_.emplace_back(Readers[i].source, counters().drops[i]);
}

void SavedState::begin(std::span<const StateRegion> regions) {
    file_.reset(); // the memory of an old one
    file_ = StateFile::create(path_, regions);
    history_.emplace(file_->region(HistoryPart), reserveOf(HistoryPart));
    waiting_.emplace(areasOf(WaitingPart));
    devices_.emplace(areasOf(DevicesPart));
    useCounters();
    counters().restarts.store(0);
    counters().heardOfKernel.store(0);
    counters().heardOfUdev.store(0);
    counters().begun.store(0);
    for (ToldDrops& drops : drops_) drops.clear();
    file_->takePlace();
}

void SavedState::countRestart() {
    CommitWord& restarts = counters().restarts;
    restarts_ = restarts.load().value_or(0) + 1;
    restarts.store(restarts_);
}

std::optional<std::uint64_t> SavedState::heardOfKernel() const {
    return loadSeqnum(counters().heardOfKernel);
}

void SavedState::keepHeardOfKernel(std::uint64_t seqnum) {
    storeSeqnum(counters().heardOfKernel, seqnum);
}

std::optional<std::uint64_t> SavedState::heardOfUdev() const {
    return loadSeqnum(counters().heardOfUdev);
}

void SavedState::keepHeardOfUdev(std::uint64_t seqnum) {
    storeSeqnum(counters().heardOfUdev, seqnum);
}

bool SavedState::hasBegun() const {
    return counters().begun.load() == 1;
}

void SavedState::keepBegun() {
    counters().begun.store(1);
}

std::span<std::byte> SavedState::landing(std::string_view source) const {
    return file_->region(LandingPart + indexOf(source));
}

ToldDrops& SavedState::drops(std::string_view source) {
    return drops_[indexOf(source)];
}

RecordLog::Areas SavedState::areasOf(std::size_t part) {
    const auto areaOf = [this](std::size_t index) {
        return RecordArea(file_->region(index), reserveOf(index),
                          [this, index](std::size_t kept) { return file_->release(index, kept); });
    };
    return {areaOf(part), areaOf(part + 1)};
}

// Who wants more tells what becomes of it without: of the history, this does.
Reserve SavedState::reserveOf(std::size_t part) {
    return [this, part](std::size_t wanted) {
        const std::size_t reserved = file_->reserve(part, wanted);
        if (reserved < wanted && part == HistoryPart) {
            logWarning(text("state file ", path_, ": no room for more than ", reserved,
                            " bytes of history, dropping older events"),
                       noRoomLog_);
        }
        return reserved;
    };
}

} // namespace keventd
