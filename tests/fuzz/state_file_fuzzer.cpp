// Whatever a state file holds: it is not believed, or it can be read and gone on with.
//
// A whole file is changed by the input: its first byte says whether the records get the checksums of what
// they have become, then every four bytes are a place (three) and what is flipped there.
#include "daemon/base/checksum.h"
#include "daemon/base/mapped_memory.h"
#include "daemon/state_header.h"
#include "daemon/stream/history.h"
#include "daemon/stream/record.h"
#include "tests/fuzz/fuzz_input.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace {

using keventd::fuzz::require;
using namespace keventd;

constexpr std::array<StateRegion, 1> Regions{StateRegion{"history", History::MinBytes, History::MinBytes}};
constexpr sd_id128_t Boot = SD_ID128_MAKE(01, 02, 03, 04, 05, 06, 07, 08, 09, 0a, 0b, 0c, 0d, 0e, 0f, 10);

Event eventOf(std::uint64_t number) {
    Event event;
    event.source = "kernel";
    event.action = "change";
    event.object = std::string(number * 7, 'x');
    event.seqnum = number;
    event.properties.set("NUMBER", std::to_string(number));
    return event;
}

/// A file with a few events, which each input changes and which is then made whole again.
class File {
public:
    File() {
        const StateHeader header = makeStateHeader(Regions, Boot, Boot);
        std::memcpy(memory_.bytes().data(), &header, sizeof header);
        History history(region());
        for (std::uint64_t number = 1; number <= Events; ++number) history.append(eventOf(number));
        whole_.assign(memory_.bytes().begin(), memory_.bytes().end());
    }

    [[nodiscard]] std::span<std::byte> region() const { return memory_.bytes().subspan(StatePageBytes); }
    [[nodiscard]] const StateHeader& header() const {
        return *reinterpret_cast<const StateHeader*>(memory_.bytes().data());
    }
    [[nodiscard]] bool isWhole() const {
        return std::equal(whole_.begin(), whole_.begin() + Used, memory_.bytes().begin());
    }

    /// The words of the history aside: each has a check of eight bits, which several flips may meet.
    [[nodiscard]] bool hasWholeRecords() const {
        const auto bytes = memory_.bytes();
        return std::equal(whole_.begin(), whole_.begin() + StatePageBytes, bytes.begin()) &&
               std::equal(whole_.begin() + Records, whole_.begin() + Used, bytes.begin() + Records);
    }

    void flip(std::size_t place, std::uint8_t bits) const {
        memory_.bytes()[place % Used] ^= std::byte{bits};
    }
    /// Gives the records that stand one behind the other from the first on the checksums of their bytes.
    void seal() const {
        std::span<std::byte> rest = region().subspan(FirstRecord);
        for (std::size_t i = 0; i < Events; ++i) {
            const std::size_t size = findRecordSize(rest);
            if (size == 0) return;
            const std::uint64_t sum = checksum(rest.first(size - sizeof sum));
            std::memcpy(&rest[size - sizeof sum], &sum, sizeof sum);
            rest = rest.subspan(size);
        }
    }
    void makeWhole() const { std::copy(whole_.begin(), whole_.end(), memory_.bytes().begin()); }

    static constexpr std::uint64_t Events = 5;

private:
    static constexpr std::size_t FirstRecord = 24; // behind the words of the history
    static constexpr std::ptrdiff_t Records = StatePageBytes + FirstRecord;
    static constexpr std::ptrdiff_t Used = StatePageBytes + FirstRecord + 640; // all of it records

    MappedMemory memory_{StatePageBytes + History::MinBytes, "file of a test"};
    std::vector<std::byte> whole_;
};

void readAll(const History& history) {
    std::size_t letters = 0;
    for (std::uint64_t id = history.firstId(); id < history.nextId(); ++id) {
        const EventView event = history.at(id);
        require(event.id == id, "each event has its id");
        for (const char* text : {event.source, event.action, event.subsystem, event.object, event.attribute})
            letters += std::strlen(text);
        std::size_t count = 0;
        for (const Property& property : event.properties) {
            letters += property.key.size() + property.value.size();
            ++count;
        }
        require(count == event.properties.size(), "there are as many properties as it says");
    }
    require(letters < History::MinBytes, "all text lies in the memory");
    static_cast<void>(history.findSince(std::chrono::microseconds(1)));
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const File file;
    const bool seals = size > 0 && data[0] % 2 == 1;
    for (std::size_t at = 1; at + 4 <= size; at += 4) {
        file.flip(static_cast<std::size_t>(data[at] << 16 | data[at + 1] << 8 | data[at + 2]), data[at + 3]);
    }
    const bool isWhole = file.isWhole();
    const bool hasWholeRecords = file.hasWholeRecords();
    if (seals) file.seal();
    const bool hasHeader =
        !checkStateHeader(file.header(), StatePageBytes + History::MinBytes, Regions, Boot).has_value();
    auto opened = History::open(file.region());
    if (auto* history = std::get_if<History>(&opened)) {
        require(seals || !hasHeader || hasWholeRecords, "a file that has changed is not believed");
        readAll(*history);
        for (std::uint64_t number = 1; number <= 3; ++number) history->append(eventOf(number));
        readAll(*history);
    } else {
        require(!isWhole, "a file that has not changed is believed");
    }
    file.makeWhole();
    return 0;
}
