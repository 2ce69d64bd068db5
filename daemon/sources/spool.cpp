#include "daemon/sources/spool.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/hotplug/spool_format.h"
#include "daemon/sources/spool_record.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <iterator>
#include <memory>
#include <sys/stat.h>
#include <systemd/sd-id128.h>
#include <variant>

namespace keventd {
namespace {

/// A file's bytes, or why they were not read.
using FileBytes = std::variant<std::vector<char>, std::string>;

// A helper that nobody else can make say things: root's, or ours, since it has been given to us.
bool isTrusted(const struct stat& found) {
    return (found.st_uid == 0 || found.st_uid == geteuid()) && (found.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

// @return why not; empty if it can
std::string whyNotRead(int fd) {
    struct stat found {};
    if (fstat(fd, &found) < 0) return errorText(errno);
    if (!S_ISREG(found.st_mode)) return "no regular file";
    if (!isTrusted(found)) return "others may write to it";
    if (std::cmp_greater(found.st_size, spool::MaxFileBytes)) return "larger than a spool can be";
    return "";
}

// Not even a FIFO makes it wait.
FileBytes readSpool(int directory, const std::string& file) {
    const UniqueFd fd(
        openat(directory, file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd) return errno == ELOOP ? "a symbolic link" : errorText(errno);
    if (std::string why = whyNotRead(fd.get()); !why.empty()) return why;
    std::vector<char> bytes(spool::MaxFileBytes);
    std::size_t used = 0;
    for (ssize_t got = 1; got > 0 && used < bytes.size(); used += static_cast<std::size_t>(got)) {
        got = ::read(fd.get(), bytes.data() + used, bytes.size() - used);
        if (got < 0) return errorText(errno);
    }
    bytes.resize(used);
    return bytes;
}

SpoolReading readingNow() {
    SpoolReading reading{.boot = {}, .now = readTimeNow()};
    sd_id128_t boot{};
    if (sd_id128_get_boot(&boot) >= 0)
        std::copy(std::begin(boot.bytes), std::end(boot.bytes), reading.boot.begin());
    return reading;
}

} // namespace

EarlyEvents Spool::read() {
    EarlyEvents early;
    directory_.reset(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory_) {
        if (errno != ENOENT) complain("", errorText(errno));
        return early;
    }
    struct stat found {};
    if (fstat(directory_.get(), &found) < 0 || !isTrusted(found)) {
        complain("", "others may write to it");
        return early;
    }
    const SpoolReading reading = readingNow();
    for (const std::string& file : list()) take(file, reading, early);
    std::stable_sort(early.events.begin(), early.events.end(),
                     [](const Event& a, const Event& b) { return a.seqnum < b.seqnum; });
    return early;
}

std::vector<std::string> Spool::list() const {
    std::vector<std::string> files;
    const int fd = openat(directory_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(fd < 0 ? nullptr : fdopendir(fd), closedir);
    if (!listing) return files;
    while (const dirent* entry = readdir(listing.get())) {
        const std::string_view name(entry->d_name);
        if (name.ends_with(spool::HandedOverSuffix)) files.emplace_back(name);
    }
    std::sort(files.begin(), files.end());
    return files;
}

void Spool::take(const std::string& file, const SpoolReading& reading, EarlyEvents& early) {
    if (taken_.size() == MaxFiles) return complain(file, "too many others");
    const FileBytes bytes = readSpool(directory_.get(), file);
    if (const auto* why = std::get_if<std::string>(&bytes)) return complain(file, *why);
    auto parsed = parseSpool(std::get<std::vector<char>>(bytes), reading);
    if (const auto* why = std::get_if<NotBelieved>(&parsed)) return complain(file, why->reason);
    add(file, std::move(std::get<SpoolContents>(parsed)), early);
    taken_.push_back(file);
}

void Spool::add(const std::string& file, SpoolContents contents, EarlyEvents& early) {
    std::size_t reason = 0;
    for (const SpoolContents::Refused& refused : contents.refused) {
        const auto why = reasonText(static_cast<RefusedRecord>(reason++));
        if (refused.count == 0) continue;
        complain(file, text(refused.count, " refused, the first at byte ", refused.firstOffset, ": ", why));
    }
    if (contents.lost > 0) early.losses.push_back({contents.lost, contents.latest});
    std::move(contents.events.begin(), contents.events.end(), std::back_inserter(early.events));
}

void Spool::complain(const std::string& file, std::string_view why) {
    logWarning(text("spool ", path_, file.empty() ? "" : "/", file, ": ", why, ", ignoring"), log_);
}

void Spool::remove() {
    for (const std::string& file : taken_) {
        if (unlinkat(directory_.get(), file.c_str(), 0) < 0)
            complain(file, text("remove: ", errorText(errno)));
    }
    taken_.clear();
}

} // namespace keventd
