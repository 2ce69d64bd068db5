// The state file: memory that outlives the daemon, in parts that others make something of.
//
// The whole file is mapped, and what is written is there for the next daemon at once, also if this one is
// killed. Its bytes are promised by its size, and allocated when they are asked for: of a tmpfs that is full
// one is told so here, by an error, and not by SIGBUS where the memory is touched. A file system on which
// nothing can be allocated in advance is written to instead (posix_fallocate(3) does that).
#pragma once

#include "daemon/base/mapped_memory.h"
#include "daemon/base/not_believed.h"
#include "daemon/base/unique_fd.h"
#include "daemon/state_header.h"

#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace keventd {

class StateFile {
public:
    /// Takes up what an earlier daemon has left.
    /// @param regions  what the file consists of, behind its header
    /// @return the file; or why it is not taken up, with an empty reason if there is none
    /// @throws FatalError if it cannot be opened for another reason than that it is missing, is no regular
    ///         file, or cannot be mapped
    [[nodiscard]] static std::variant<StateFile, NotBelieved> open(const std::string& path,
                                                                   std::span<const StateRegion> regions);

    /// Makes a new file of zeros, with a new StreamId. It is not where it is looked for before takePlace().
    /// Whatever is at `path` is removed: it may have the memory that this one needs.
    /// @throws FatalError
    [[nodiscard]] static StateFile create(const std::string& path, std::span<const StateRegion> regions);

    /// Puts a new file where it is looked for. To be called when all regions are ready to be taken up.
    /// @throws FatalError
    void takePlace();

    /// @return 32 hexadecimal digits
    [[nodiscard]] std::string streamId() const;
    /// @param index  place in the list of regions that the file was opened with
    /// @return the bytes of the region, aligned to 4 KiB; those that may be touched are the first reserve()
    /// ones
    [[nodiscard]] std::span<std::byte> region(std::size_t index) const;

    /// Allocates so many of a region's first bytes, and some more.
    /// @return how many may be touched: fewer than asked for if there is no room
    [[nodiscard]] std::size_t reserve(std::size_t index, std::size_t bytes);
    /// Gives a region's memory back, but for so many of its first bytes, and some more.
    /// @return how many may be touched
    [[nodiscard]] std::size_t release(std::size_t index, std::size_t bytes);

private:
    struct Region {
        std::size_t offset;
        std::size_t bytes;
        std::size_t reserved;
    };

    StateFile(UniqueFd fd, std::string path, std::span<const StateRegion> regions);
    [[nodiscard]] static StateFile makeNew(const std::string& path, std::span<const StateRegion> regions);
    void reserveAtStart(std::span<const StateRegion> regions);
    [[nodiscard]] static std::size_t wholeSteps(std::size_t bytes, const Region& region);
    [[nodiscard]] int allocateUpTo(std::size_t bytes, Region& region) const;
    [[nodiscard]] const StateHeader& header() const;

    UniqueFd fd_;
    std::string path_;
    std::vector<Region> regions_;
    MappedMemory memory_;
};

} // namespace keventd
