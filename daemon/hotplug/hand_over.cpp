#include "daemon/hotplug/hand_over.h"

#include "daemon/hotplug/complaint.h"
#include "daemon/hotplug/helper_switch.h"
#include "daemon/hotplug/spool_file.h"
#include "daemon/hotplug/stragglers.h"

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
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

/// What changes of a spool when a helper records, or drops, an event.
struct Extent {
    off_t bytes = 0;
    std::uint64_t dropped = 0;

    bool operator==(const Extent&) const = default;
};

Extent extentOf(int spool) {
    Header header{};
    const bool isRead = pread(spool, &header, sizeof header, 0) == sizeof header;
    return {.bytes = sizeOf(spool), .dropped = isRead ? header.dropped : 0};
}

// Only one at a time. A file of root's: whoever else could hold it would keep the helper on. Where there is
// no room for one, there is hardly another.
// @return whether to go on
bool lockAlone(UniqueFd& lock) {
    constexpr const char* path = "/run/keventd-hotplug.lock";
    lock.reset(open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, ReadersAlone));
    if (!lock) {
        complain("open ", path, ": ", strerror(errno), ", going on without");
        return true;
    }
    if (!isOursAlone(lock.get())) return complain(path, ": not ours alone");
    if (flock(lock.get(), LOCK_EX | LOCK_NB) < 0) return complain(path, ": another one is at it");
    return true;
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
bool openReader(const char* path, const ReaderPath& parts, Reader& reader) {
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
    Extent copied = extentOf(spool);
    if (!copyTo(reader, spool, name)) return false;
    if (unlinkat(found.directory.get(), TakenName, 0) < 0)
        return complain("remove the spool: ", strerror(errno));
    for (Extent now = extentOf(spool); now != copied; now = extentOf(spool)) {
        copied = now;
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
    ReaderPath parts;
    if (!split(directory, parts))
        return complain("'", directory, "': must be the absolute path of a directory");
    UniqueFd lock;
    if (!lockAlone(lock)) return false;
    if (isHelperOn()) waitForQueue();
    const SwitchedOff off = switchHelperOff();
    Reader reader;
    if (!openReader(directory, parts, reader)) return false;
    if (off == SwitchedOff::Now || isAnythingRecorded()) waitForRunning();
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
