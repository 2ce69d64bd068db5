// Whatever a spool holds, it gives events that keep their promises, and counts the rest.
#include "daemon/hotplug/spool_format.h"
#include "daemon/sources/spool_record.h"
#include "tests/fuzz/fuzz_input.h"

#include <cstring>
#include <vector>

namespace {

using namespace keventd;

constexpr std::chrono::microseconds Now{1'000'000'000};

// Without a sound checksum, no record would ever get past it: where one begins, it is given that.
void makeChecksumsSound(std::vector<char>& bytes) {
    for (std::size_t at = sizeof(spool::Header); at + sizeof(spool::RecordHeader) <= bytes.size();
         at += spool::Alignment) {
        spool::RecordHeader header{};
        std::memcpy(&header, bytes.data() + at, sizeof header);
        const std::size_t room = bytes.size() - at - sizeof header;
        if (header.magic != spool::RecordHeader::ExpectedMagic || header.payloadBytes > room) continue;
        if (header.checksum % 2 == 1) continue; // some are left as they are
        header.checksum = spool::checksumOf(header, {bytes.data() + at + sizeof header, header.payloadBytes});
        std::memcpy(bytes.data() + at, &header, sizeof header);
    }
}

void check(const SpoolContents& contents, std::size_t size) {
    using fuzz::require;
    std::uint64_t refused = 0;
    for (const SpoolContents::Refused& of : contents.refused) {
        refused += of.count;
        require(of.count == 0 || of.firstOffset < size, "what is refused lies in the file");
    }
    for (const Event& event : contents.events) {
        require(event.source == "hotplug" && event.seqnum != 0, "it is of the kernel");
        require((event.flags & EventFlag::Early) != 0, "it is flagged");
        require(event.boottime <= Now && event.boottime <= contents.latest, "it is past");
        require(event.object.starts_with('/'), "the object is an absolute devpath");
    }
    const std::size_t places = size / spool::Alignment;
    require(contents.events.size() + refused <= places + 1, "there are no more than there is room for");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<char> bytes(data, data + size);
    makeChecksumsSound(bytes);
    const SpoolReading reading{.boot = {1}, .now = {.boottime = Now, .realtime = Now}};
    const auto parsed = parseSpool(bytes, reading);
    if (const auto* why = std::get_if<NotBelieved>(&parsed)) {
        fuzz::require(!why->reason.empty(), "every refusal has words");
        return 0;
    }
    check(std::get<SpoolContents>(parsed), size);
    return 0;
}
