#include "daemon/hotplug/spool_file.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace keventd::spool {
namespace {

constexpr int Spool = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
constexpr mode_t OursAlone = 0600;

std::uint64_t boottimeUsec() {
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

bool isSound(int fd) {
    struct stat found {};
    if (fstat(fd, &found) < 0 || !S_ISREG(found.st_mode) || !isOursAlone(fd)) return false;
    Header header{};
    return pread(fd, &header, sizeof header, 0) == sizeof header && header.magic == Header::ExpectedMagic &&
           header.layout == Header::CurrentLayout;
}

// Of two that make the spool at once, each has a name of its own.
struct NewName {
    std::array<char, 16> text{};

    explicit NewName(pid_t pid) {
        std::size_t end = std::strlen(NewPrefix);
        std::memcpy(text.data(), NewPrefix, end);
        for (pid_t rest = pid; rest > 0; rest /= 10) ++end;
        for (pid_t rest = pid; rest > 0; rest /= 10) text[--end] = static_cast<char>('0' + rest % 10);
    }
    [[nodiscard]] const char* get() const { return text.data(); }
};

// Made under another name, so that nobody ever sees one without its header; takes its place only if nobody
// else has been faster. What a killed one leaves has a pid that comes again.
void make(int directory) {
    const NewName name(getpid());
    unlinkat(directory, name.get(), 0);
    const UniqueFd fd(
        openat(directory, name.get(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, OursAlone));
    if (!fd) return;
    Header header{};
    header.magic = Header::ExpectedMagic;
    header.layout = Header::CurrentLayout;
    header.pid = static_cast<std::uint32_t>(getpid());
    header.boottimeUsec = boottimeUsec();
    const bool isWhole = write(fd.get(), &header, sizeof header) == sizeof header;
    if (isWhole && renameat2(directory, name.get(), directory, FileName, RENAME_NOREPLACE) == 0) return;
    unlinkat(directory, name.get(), 0);
}

// The one thing that is ever said, and only by the first who finds no room: whoever reads the kernel's log
// should not have to read it a thousand times.
void sayThatItIsFull() {
    constexpr std::string_view message =
        "<4>keventd-hotplug: no room in the spool, events are dropped and counted\n";
    const UniqueFd log(open("/dev/kmsg", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC));
    if (log && write(log.get(), message.data(), message.size()) < 0) return; // there is nobody to tell
}

void countDrop(int spool) {
    void* const page = mmap(nullptr, sizeof(Header), PROT_READ | PROT_WRITE, MAP_SHARED, spool, 0);
    if (page == MAP_FAILED) return;
    auto* const header = static_cast<Header*>(page);
    if (__atomic_fetch_add(&header->dropped, 1, __ATOMIC_RELAXED) == 0) sayThatItIsFull();
}

// Only the soft limit: it can be raised again, and concerns nobody but this process.
void limitFile() {
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    if (limit.rlim_cur <= MaxFileBytes) return;
    limit.rlim_cur = MaxFileBytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

std::array<std::uint8_t, 16> readBootId() {
    std::array<char, 40> text{};
    const UniqueFd fd(open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    const ssize_t length = fd ? read(fd.get(), text.data(), text.size()) : 0;
    return parseBootId({text.data(), static_cast<std::size_t>(length > 0 ? length : 0)});
}

} // namespace

UniqueFd openSpoolAs(int directory, const char* name) {
    UniqueFd fd(openat(directory, name, Spool));
    if (fd && !isSound(fd.get())) {
        fd.reset();
        errno = EEXIST;
    }
    return fd;
}

UniqueFd openSpool(int directory, WhenMissing whenMissing) {
    constexpr int enough = 16; // it may be handed over in between, each time
    for (int attempt = 0; attempt < enough; ++attempt) {
        UniqueFd fd = openSpoolAs(directory, FileName);
        if (fd || errno != ENOENT || whenMissing == WhenMissing::LeaveIt) return fd;
        make(directory);
    }
    return {};
}

// What was written in part is evidence enough of itself, whoever cut it short: the reader counts it.
Appended append(int spool, RecordBuffer& record, std::size_t payloadBytes) {
    record.header.magic = RecordHeader::ExpectedMagic;
    record.header.payloadBytes = static_cast<std::uint32_t>(payloadBytes);
    record.header.boottimeUsec = boottimeUsec();
    record.header.boot = readBootId();
    record.header.checksum = checksumOf(record.header, {record.payload.data(), payloadBytes});
    std::signal(SIGXFSZ, SIG_IGN); // NOLINT(cert-err33-c): cannot fail for SIGXFSZ
    limitFile();
    const std::size_t bytes = recordBytes(payloadBytes);
    const ssize_t written = write(spool, &record, bytes);
    if (written <= 0) countDrop(spool);
    if (isRemoved(spool)) return Appended::Nowhere;
    return written == static_cast<ssize_t>(bytes) ? Appended::Whole : Appended::Dropped;
}

} // namespace keventd::spool
