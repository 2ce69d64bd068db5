#include "daemon/hotplug/hand_over.h"

#include "daemon/hotplug/complaint.h"
#include "daemon/hotplug/helper_switch.h"
#include "daemon/hotplug/spool_file.h"

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace keventd::spool {
namespace {

constexpr const char* TakenName = "taken"; // a spool that has been moved aside
constexpr const char* CopyName = "copy.new";
constexpr mode_t ReadersAlone = 0600;
constexpr mode_t DirectoryMode = 0700;
constexpr mode_t EverybodyEnters = 0755;

/// Whom the daemon's directory belongs to.
struct Reader {
    UniqueFd directory;
    uid_t user = 0;
    gid_t group = 0;
};

/// A spool, where the helper has it.
struct Found {
    const Place& place;
    UniqueFd parent;
    UniqueFd directory;
};

Found find(const Place& place) {
    Found found{place, openFileSystem(place), {}};
    if (found.parent) found.directory = openDirectory(found.parent.get(), place.name, WhenMissing::LeaveIt);
    return found;
}

bool complainOf(const Found& found, const char* file, const char* why) {
    const bool isRoot = found.place.fileSystem[1] == '\0';
    return complain(isRoot ? "" : found.place.fileSystem, "/", found.place.name, "/", file, why);
}

bool hasFile(int directory, const char* name) {
    return faccessat(directory, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

off_t sizeOf(int fd) {
    struct stat found {};
    return fstat(fd, &found) < 0 ? 0 : found.st_size;
}

// @return bytes of all spools, which rises while helpers run
off_t recordedBytes() {
    off_t bytes = 0;
    for (const Place& place : Places) {
        const Found found = find(place);
        if (!found.directory) continue;
        const UniqueFd spool = openSpool(found.directory.get(), WhenMissing::LeaveIt);
        if (spool) bytes += sizeOf(spool.get());
    }
    return bytes;
}

// The kernel does not wait for its helpers, and nobody knows how many it has started: a millisecond is what
// one takes, and where none has come to its end in a hundred, none is under way, or the machine is busy
// beyond reason. What comes later all the same, is in the spool of the next time, and by netlink long since.
void waitForStragglers() {
    constexpr int quietTicks = 10;
    constexpr int maxTicks = 100;
    constexpr timespec tick{.tv_sec = 0, .tv_nsec = 10'000'000};
    off_t before = recordedBytes();
    for (int ticks = 0, quiet = 0; ticks < maxTicks && quiet < quietTicks; ++ticks) {
        nanosleep(&tick, nullptr);
        const off_t now = recordedBytes();
        quiet = now == before ? quiet + 1 : 0;
        before = now;
    }
}

/// "/run/keventd/spool", in two.
struct ReaderPath {
    std::array<char, PATH_MAX> above{};
    const char* name = nullptr;
};

// @return an absolute path, and not that of the root
bool split(const char* path, ReaderPath& parts) {
    const char* const slash = std::strrchr(path, '/');
    const std::size_t length = std::strlen(path);
    if (path[0] != '/' || slash[1] == '\0' || length >= parts.above.size()) return false;
    std::memcpy(parts.above.data(), path, slash == path ? 1 : static_cast<std::size_t>(slash - path));
    parts.name = slash + 1;
    return true;
}

// @param visit  is given each name, and returns whether it has done what it should
// @return whether it always has
template <typename Visit>
bool forEachFile(int directory, Visit visit) {
    const int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* const listing = fd < 0 ? nullptr : fdopendir(fd);
    if (listing == nullptr) return false;
    bool isDone = true;
    while (const dirent* entry = readdir(listing)) isDone = visit(entry->d_name) && isDone;
    closedir(listing);
    return isDone;
}

// It has been root's up to now, and so has what is in it, by whatever name: of a hand-over in the initramfs,
// where there was no other user. The directory comes last, so that this is known until it is done.
bool giveAway(int directory, const struct stat& to) {
    return forEachFile(directory,
                       [&](const char* name) {
                           return !std::string_view(name).ends_with(HandedOverSuffix) ||
                                  fchownat(directory, name, to.st_uid, to.st_gid, AT_SYMLINK_NOFOLLOW) == 0;
                       }) &&
           fchown(directory, to.st_uid, to.st_gid) == 0;
}

// @return the directory, made if it was missing, of the same owner as the one above
UniqueFd openOwnedAs(const struct stat& above, int parent, const char* name) {
    if (mkdirat(parent, name, DirectoryMode) < 0 && errno != EEXIST) return {};
    UniqueFd fd(openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat own {};
    if (!fd || fstat(fd.get(), &own) < 0 || own.st_uid == above.st_uid) return fd;
    if (own.st_uid == geteuid()) return giveAway(fd.get(), above) ? std::move(fd) : UniqueFd();
    errno = EPERM; // of a third: what is not ours is not given away
    return {};
}

// The directory above may be the daemon's, which is not trusted: nothing in it is followed.
bool openReader(const char* path, Reader& reader) {
    ReaderPath parts;
    if (!split(path, parts)) return complain("'", path, "': must be the absolute path of a directory");
    const char* const parent = parts.above.data();
    if (mkdir(parent, EverybodyEnters) < 0 && errno != EEXIST)
        return complain("make directory ", parent, ": ", strerror(errno));
    const UniqueFd above(open(parent, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat owner {};
    if (!above || fstat(above.get(), &owner) < 0) return complain("open ", parent, ": ", strerror(errno));
    reader.directory = openOwnedAs(owner, above.get(), parts.name);
    reader.user = owner.st_uid;
    reader.group = owner.st_gid;
    return reader.directory || complain("open ", path, ": ", strerror(errno));
}

bool copyBytes(int from, int to) {
    static char buffer[65536];
    for (off_t at = 0;;) {
        const ssize_t got = pread(from, buffer, sizeof buffer, at);
        if (got <= 0) return got == 0;
        at += got;
        for (ssize_t done = 0; done < got;) {
            const ssize_t written = write(to, buffer + done, static_cast<std::size_t>(got - done));
            if (written < 0) return false;
            done += written;
        }
    }
}

bool copyTo(const Reader& reader, int spool, const char* name) {
    const int directory = reader.directory.get();
    unlinkat(directory, CopyName, 0); // of one that was killed
    const UniqueFd copy(
        openat(directory, CopyName, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, ReadersAlone));
    if (!copy) return complain("make a copy of the spool: ", strerror(errno));
    if (copyBytes(spool, copy.get()) && fchown(copy.get(), reader.user, reader.group) == 0 &&
        renameat(directory, CopyName, directory, name) == 0)
        return true;
    complain("copy the spool: ", strerror(errno));
    unlinkat(directory, CopyName, 0);
    return false;
}

// @return its name for the daemon, another one for each spool
std::array<char, 64> nameOf(const Header& header) {
    std::array<char, 64> name{};
    std::snprintf(name.data(), name.size(), "%020llu-%u%s",
                  static_cast<unsigned long long>(header.boottimeUsec), header.pid, HandedOverSuffix);
    return name;
}

// Whoever has opened it before it was moved aside, may still append to it. What was appended before it is
// removed, is copied in the end, and whoever appends later sees that it is gone, and does it again elsewhere
// (append()).
bool copyAndRemove(const Found& found, const Reader& reader, int spool, const char* name) {
    off_t copied = sizeOf(spool);
    if (!copyTo(reader, spool, name)) return false;
    if (unlinkat(found.directory.get(), TakenName, 0) < 0)
        return complain("remove the spool: ", strerror(errno));
    while (sizeOf(spool) > copied) {
        copied = sizeOf(spool);
        if (!copyTo(reader, spool, name)) return false;
    }
    return true;
}

// @return it is gone from there, or there was none
bool handOverTaken(const Found& found, const Reader& reader) {
    const int directory = found.directory.get();
    if (!hasFile(directory, TakenName)) return true;
    const UniqueFd spool = openSpoolAs(directory, TakenName);
    if (!spool) return complainOf(found, TakenName, ": no spool of ours alone, leaving it");
    if (sizeOf(spool.get()) > static_cast<off_t>(MaxFileBytes))
        return complainOf(found, TakenName, ": larger than a spool, leaving it");
    Header header{};
    if (pread(spool.get(), &header, sizeof header, 0) != sizeof header) return complain("read the spool");
    return copyAndRemove(found, reader, spool.get(), nameOf(header).data());
}

// Begun by helpers that were killed over it. One that is at it now begins again.
void removeUnfinished(int directory) {
    forEachFile(directory, [directory](const char* name) {
        if (std::string_view(name).starts_with(NewPrefix)) unlinkat(directory, name, 0);
        return true;
    });
}

bool handOver(const Found& found, const Reader& reader) {
    const int directory = found.directory.get();
    if (!handOverTaken(found, reader)) return false;
    if (!hasFile(directory, FileName)) return true;
    if (!openSpoolAs(directory, FileName))
        return complainOf(found, FileName, ": no spool of ours alone, leaving it");
    if (renameat(directory, FileName, directory, TakenName) < 0)
        return complain("move the spool aside: ", strerror(errno));
    return handOverTaken(found, reader);
}

} // namespace

bool handOver(const char* directory) {
    Reader reader;
    if (!openReader(directory, reader)) return false;
    // Not to wait: the directory may be the daemon's, and so may be the lock.
    if (flock(reader.directory.get(), LOCK_EX | LOCK_NB) < 0)
        return complain(directory, ": another one is at it");
    const SwitchedOff off = switchHelperOff();
    if (off == SwitchedOff::Now || recordedBytes() > 0) waitForStragglers();
    bool isDone = off != SwitchedOff::Failed;
    for (const Place& place : Places) {
        const Found found = find(place);
        if (!found.directory) continue;
        isDone = handOver(found, reader) && isDone;
        removeUnfinished(found.directory.get());
        // If nothing is in it. Whoever needs it makes it anew.
        unlinkat(found.parent.get(), place.name, AT_REMOVEDIR);
    }
    return isDone;
}

} // namespace keventd::spool
