#include "daemon/state_file.h"

#include "daemon/base/errors.h"
#include "daemon/base/text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <new>
#include <optional>
#include <sys/stat.h>
#include <utility>

namespace keventd {
namespace {

// So many bytes are allocated at a time: seldom enough that it costs nothing, few enough for a small tmpfs.
constexpr std::size_t ReserveStep = 256 * 1024;

std::string named(const std::string& path) {
    return text("state file ", path);
}

std::string nameOfNew(const std::string& path) {
    return path + ".new";
}

// @return an errno value; 0
int allocate(int fd, std::size_t offset, std::size_t bytes) {
    int error = EINTR;
    while (error == EINTR) error = posix_fallocate(fd, static_cast<off_t>(offset), static_cast<off_t>(bytes));
    return error;
}

// @return its size
std::size_t requireRegularFile(int fd, const std::string& path) {
    struct stat status {};
    checkErrno(fstat(fd, &status), named(path));
    if (!S_ISREG(status.st_mode)) throw FatalError(text(named(path), " is no regular file"));
    return static_cast<std::size_t>(status.st_size);
}

// Not through the mapping, which may be longer than the file.
std::optional<StateHeader> readHeader(int fd, const std::string& path) {
    StateHeader header{};
    const ssize_t length = pread(fd, &header, sizeof header, 0);
    checkErrno(static_cast<int>(std::min<ssize_t>(length, sizeof header)), text(named(path), ": read"));
    return static_cast<std::size_t>(length) == sizeof header ? std::optional(header) : std::nullopt;
}

sd_id128_t thisBoot() {
    sd_id128_t boot{};
    checkResult(sd_id128_get_boot(&boot), "read boot id");
    return boot;
}

sd_id128_t newStreamId() {
    sd_id128_t stream{};
    checkResult(sd_id128_randomize(&stream), "make stream id");
    return stream;
}

} // namespace

StateFile::StateFile(UniqueFd fd, std::string path, std::span<const StateRegion> regions)
    : fd_(std::move(fd)), path_(std::move(path)),
      memory_(MappedMemory::ofFile(fd_.get(), stateFileBytes(regions), named(path_).c_str())) {
    for (std::size_t i = 0; i < regions.size(); ++i) {
        regions_.push_back({stateFileBytes(regions.first(i)), regions[i].bytes, 0});
    }
}

std::variant<StateFile, NotBelieved> StateFile::open(const std::string& path,
                                                     std::span<const StateRegion> regions) {
    // Without waiting for a writer, should it be a pipe.
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!fd && errno == ENOENT) return NotBelieved{};
    checkErrno(fd.get(), named(path));
    const std::size_t size = requireRegularFile(fd.get(), path);
    const auto header = readHeader(fd.get(), path);
    if (!header) return NotBelieved{"truncated"};
    if (auto why = checkStateHeader(*header, size, regions, thisBoot())) return *std::move(why);
    StateFile file(std::move(fd), path, regions);
    file.reserveAtStart(regions);
    return file;
}

StateFile StateFile::create(const std::string& path, std::span<const StateRegion> regions) {
    unlink(path.c_str());
    const std::string name = nameOfNew(path);
    unlink(name.c_str()); // of one that was killed here
    try {
        return makeNew(path, regions);
    } catch (const FatalError&) {
        unlink(name.c_str()); // it has what room there was
        throw;
    }
}

StateFile StateFile::makeNew(const std::string& path, std::span<const StateRegion> regions) {
    const std::string name = nameOfNew(path);
    const int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    UniqueFd fd(checkErrno(::open(name.c_str(), flags, 0600), named(name)));
    const std::size_t bytes = stateFileBytes(regions);
    checkErrno(ftruncate(fd.get(), static_cast<off_t>(bytes)), text(named(path), " of ", bytes, " bytes"));
    StateFile file(std::move(fd), path, regions);
    file.reserveAtStart(regions);
    new (file.memory_.bytes().data()) StateHeader(makeStateHeader(regions, thisBoot(), newStreamId()));
    return file;
}

void StateFile::takePlace() {
    checkErrno(rename(nameOfNew(path_).c_str(), path_.c_str()), text(named(path_), ": rename the new one"));
}

void StateFile::reserveAtStart(std::span<const StateRegion> regions) {
    int error = allocate(fd_.get(), 0, StatePageBytes);
    for (std::size_t i = 0; i < regions.size() && error == 0; ++i) {
        error = allocateUpTo(regions[i].bytesAtStart, regions_[i]);
    }
    if (error != 0) throwError(text(named(path_), ": allocate"), error);
}

std::size_t StateFile::reserve(std::size_t index, std::size_t bytes) {
    Region& region = regions_.at(index);
    static_cast<void>(allocateUpTo(bytes, region));
    return region.reserved;
}

// Where a file cannot have holes, it keeps what it has.
std::size_t StateFile::release(std::size_t index, std::size_t bytes) {
    Region& region = regions_.at(index);
    const std::size_t kept = wholeSteps(bytes, region);
    if (kept >= region.reserved) return region.reserved;
    const int holes = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    const auto begin = static_cast<off_t>(region.offset + kept);
    if (fallocate(fd_.get(), holes, begin, static_cast<off_t>(region.reserved - kept)) == 0)
        region.reserved = kept;
    return region.reserved;
}

std::size_t StateFile::wholeSteps(std::size_t bytes, const Region& region) {
    return std::min((bytes + ReserveStep - 1) / ReserveStep * ReserveStep, region.bytes);
}

// @return an errno value; 0
int StateFile::allocateUpTo(std::size_t bytes, Region& region) const {
    const std::size_t end = wholeSteps(bytes, region);
    if (end <= region.reserved) return 0;
    const int error = allocate(fd_.get(), region.offset + region.reserved, end - region.reserved);
    if (error == 0) region.reserved = end;
    return error;
}

std::span<std::byte> StateFile::region(std::size_t index) const {
    const Region& region = regions_.at(index);
    return memory_.bytes().subspan(region.offset, region.bytes);
}

const StateHeader& StateFile::header() const {
    return *std::launder(reinterpret_cast<const StateHeader*>(memory_.bytes().data()));
}

std::string StateFile::streamId() const {
    std::array<char, SD_ID128_STRING_MAX> digits{};
    return sd_id128_to_string(header().stream, digits.data());
}

} // namespace keventd
