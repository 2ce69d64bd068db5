#include "daemon/hotplug/stragglers.h"

#include "daemon/hotplug/spool_file.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>

namespace keventd::spool {
namespace {

constexpr timespec Tick{.tv_sec = 0, .tv_nsec = 10'000'000};

UniqueFd openSpoolIn(const Place& place) {
    const UniqueFd directory = openDirectory(place, WhenMissing::LeaveIt);
    return directory ? openSpool(directory.get(), WhenMissing::LeaveIt) : UniqueFd();
}

/// Asks every 10 ms, until what is asked for has been the same for a while.
/// @param quietTicks  how long, in these; asked anew each time
/// @param maxTicks    how long at most
template <typename Recorded, typename Quiet>
void waitForQuiet(Recorded recorded, Quiet quietTicks, int maxTicks) {
    auto before = recorded();
    for (int ticks = 0, quiet = 0; ticks < maxTicks && quiet < quietTicks(); ++ticks) {
        nanosleep(&Tick, nullptr);
        const auto now = recorded();
        quiet = now == before ? quiet + 1 : 0;
        before = now;
    }
}

// @return bytes of all spools, which rises while helpers run
off_t recordedBytes() {
    off_t bytes = 0;
    for (const Place& place : Places) {
        const UniqueFd spool = openSpoolIn(place);
        struct stat found {};
        if (spool && fstat(spool.get(), &found) == 0) bytes += found.st_size;
    }
    return bytes;
}

// @return of the last event that the kernel has numbered; 0 if that is not known
std::uint64_t newestSeqnum() {
    const UniqueFd fd(open("/sys/kernel/uevent_seqnum", O_RDONLY | O_CLOEXEC | O_NOCTTY));
    std::array<char, 24> text{};
    if (!fd || read(fd.get(), text.data(), text.size() - 1) <= 0) return 0;
    return std::strtoull(text.data(), nullptr, 10);
}

// @param payload  ends with a NUL
std::uint64_t seqnumOf(std::string_view payload) {
    constexpr std::string_view key("\0SEQNUM=", 8);
    const std::size_t at = payload.find(key);
    return at == payload.npos ? 0 : std::strtoull(payload.data() + at + key.size(), nullptr, 10);
}

/// How many events up to a certain one are recorded; reads on where it was.
class Tally {
public:
    explicit Tally(std::uint64_t last) : last_(last) {}

    void readOn() {
        for (std::size_t i = 0; i < Places.size(); ++i) {
            const UniqueFd spool = openSpoolIn(Places[i]);
            if (spool) readOn(spool.get(), at_[i]);
        }
    }
    [[nodiscard]] std::uint64_t counted() const { return counted_; }
    [[nodiscard]] bool hasHole() const { return counted_ == 0 || counted_ != last_ - first_ + 1; }

private:
    // Up to one that is not whole, or none.
    void readOn(int spool, off_t& at) {
        static RecordBuffer record; // and zeros behind it
        for (;;) {
            const ssize_t got = pread(spool, &record, sizeof record.header + MaxPayload, at);
            const std::size_t payload = record.header.payloadBytes;
            if (got < static_cast<ssize_t>(sizeof record.header) ||
                record.header.magic != RecordHeader::ExpectedMagic || payload == 0 || payload > MaxPayload ||
                recordBytes(payload) > static_cast<std::size_t>(got))
                return;
            record.payload[payload] = '\0';
            count(seqnumOf({record.payload.data(), payload}));
            at += static_cast<off_t>(recordBytes(payload));
        }
    }
    void count(std::uint64_t seqnum) {
        if (seqnum == 0 || seqnum > last_) return;
        first_ = std::min(first_, seqnum);
        ++counted_;
    }

    std::uint64_t last_;
    std::uint64_t first_ = UINT64_MAX;
    std::uint64_t counted_ = 0;
    std::array<off_t, Places.size()> at_{sizeof(Header), sizeof(Header), sizeof(Header)};
};

} // namespace

// What is missing below the lowest number that is recorded, is no hole yet: so some quiet is always waited
// for.
void waitForQueue() {
    constexpr int quietTicks = 30;
    constexpr int quietTicksWithHole = 300;
    constexpr int maxTicks = 6000;
    const std::uint64_t newest = newestSeqnum();
    if (newest == 0) return;
    Tally tally(newest);
    const auto recorded = [&tally] {
        tally.readOn();
        return tally.counted();
    };
    waitForQuiet(
        recorded, [&tally] { return tally.hasHole() ? quietTicksWithHole : quietTicks; }, maxTicks);
}

void waitForRunning() {
    constexpr int quietTicks = 10;
    constexpr int maxTicks = 100;
    waitForQuiet(
        recordedBytes, [] { return quietTicks; }, maxTicks);
}

bool isAnythingRecorded() {
    return recordedBytes() > 0;
}

} // namespace keventd::spool
