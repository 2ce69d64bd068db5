#include "daemon/state_header.h"

#include "daemon/base/assert.h"
#include "daemon/base/checksum.h"
#include "daemon/base/text.h"

namespace keventd {
namespace {

std::uint64_t checksumOf(const StateHeader& header) {
    return checksum(std::as_bytes(std::span(&header, 1)).first(offsetof(StateHeader, checksum)));
}

std::array<std::uint64_t, StateHeader::MaxRegions> bytesOf(std::span<const StateRegion> regions) {
    std::array<std::uint64_t, StateHeader::MaxRegions> bytes{};
    for (std::size_t i = 0; i < regions.size(); ++i) bytes[i] = regions[i].bytes;
    return bytes;
}

NotBelieved otherRegions(const StateHeader& header, std::span<const StateRegion> regions) {
    for (std::size_t i = 0; i < regions.size(); ++i) {
        if (header.regionBytes[i] == regions[i].bytes) continue;
        return {text("its ", regions[i].name, " has ", header.regionBytes[i], " bytes instead of ",
                     regions[i].bytes)};
    }
    return {"of other parts"};
}

} // namespace

std::size_t stateFileBytes(std::span<const StateRegion> regions) {
    std::size_t bytes = StatePageBytes;
    for (const StateRegion& region : regions) {
        bytes += (region.bytes + StatePageBytes - 1) / StatePageBytes * StatePageBytes;
    }
    return bytes;
}

StateHeader makeStateHeader(std::span<const StateRegion> regions, sd_id128_t boot, sd_id128_t stream) {
    KEVENTD_ASSERT(regions.size() <= StateHeader::MaxRegions);
    StateHeader header{};
    header.magic = StateHeader::ExpectedMagic;
    header.layout = StateHeader::CurrentLayout;
    header.boot = boot;
    header.stream = stream;
    header.fileBytes = stateFileBytes(regions);
    header.regionBytes = bytesOf(regions);
    header.checksum = checksumOf(header);
    return header;
}

// What is said first is what explains the rest: another layout has another checksum, another size is another
// configuration only in a header that is whole.
std::optional<NotBelieved> checkStateHeader(const StateHeader& header, std::size_t fileBytes,
                                            std::span<const StateRegion> regions, sd_id128_t boot) {
    if (header.magic != StateHeader::ExpectedMagic) return NotBelieved{"no state of keventd"};
    if (header.layout != StateHeader::CurrentLayout) return NotBelieved{"from another version of keventd"};
    if (header.checksum != checksumOf(header)) return NotBelieved{"its header is damaged"};
    if (!sd_id128_equal(header.boot, boot)) return NotBelieved{"from another boot"};
    if (header.regionBytes != bytesOf(regions)) return otherRegions(header, regions);
    if (header.fileBytes != fileBytes) return NotBelieved{"truncated, or grown"};
    return std::nullopt;
}

} // namespace keventd
