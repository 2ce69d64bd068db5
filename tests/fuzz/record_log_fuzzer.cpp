// Whatever the logs and the landing areas of a state file hold: they are not believed, or can be read and
// gone on with.
//
// A whole log is changed by the input: every three bytes are a place (two) and what is flipped there. It is
// taken up as it is then, and with the checksums of what its records have become. The landing areas begin
// with the input itself.
#include "daemon/base/checksum.h"
#include "daemon/base/mapped_memory.h"
#include "daemon/sources/landing_area.h"
#include "daemon/sources/udev_landing.h"
#include "daemon/stream/device_log.h"
#include "daemon/stream/record.h"
#include "daemon/stream/record_log.h"
#include "daemon/stream/waiting_log.h"
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

constexpr std::uint64_t Events = 5;
constexpr std::size_t WordsBytes = 2 * sizeof(CommitWord);
constexpr std::size_t Used = 1024; // of each area, that inputs change

/// A log of devices with a few events.
class Log {
public:
    Log() {
        Tables tables(RecordLog{areas()});
        tables.log.begin();
        for (std::uint64_t id = 1; id <= Events; ++id) tables.apply(id);
        std::size_t records = 0;
        RecordLog(std::get<RecordLog>(RecordLog::open(areas()))).forEach([&](auto) { ++records; });
        require(records == 1 + Events, "there is something to change");
        for (std::size_t i = 0; i < 2; ++i)
            whole_[i].assign(memory_[i].bytes().begin(), memory_[i].bytes().begin() + Used);
    }

    struct Tables {
        explicit Tables(RecordLog records) : log(std::move(records), devices, udevDevices, objects) {}
        void apply(std::uint64_t id) {
            Event event;
            event.source = "kernel";
            event.action = "add";
            event.object = "/devices/" + std::to_string(id);
            event.seqnum = id;
            log.makeRoom();
            if (devices.apply(event)) log.noteDevice(event, id);
        }

        Sysfs sysfs{"/nonexistent"};
        DeviceTable devices{sysfs};
        UdevTable udevDevices;
        ToldObjects objects;
        DeviceLog log;
    };

    [[nodiscard]] RecordLog::Areas areas() const {
        return {RecordArea(memory_[0].bytes()), RecordArea(memory_[1].bytes())};
    }
    void flip(std::size_t place, std::uint8_t bits) const {
        memory_[place / Used % 2].bytes()[place % Used] ^= std::byte{bits};
    }
    /// Gives the records the checksums of their bytes.
    void seal() const {
        for (const MappedMemory& memory : memory_) {
            std::span<std::byte> rest = memory.bytes().subspan(WordsBytes, Used - WordsBytes);
            for (std::size_t size = findRecordSize(rest); size != 0; size = findRecordSize(rest)) {
                const std::uint64_t sum = checksum(rest.first(size - sizeof sum));
                std::memcpy(&rest[size - sizeof sum], &sum, sizeof sum);
                rest = rest.subspan(std::min(size + sizeof(CommitWord), rest.size()));
            }
        }
    }
    void makeWhole() const {
        for (std::size_t i = 0; i < 2; ++i)
            std::copy(whole_[i].begin(), whole_[i].end(), memory_[i].bytes().begin());
    }

private:
    std::array<MappedMemory, 2> memory_{MappedMemory(4 * RecordArea::MinBytes, "log of a test"),
                                        MappedMemory(4 * RecordArea::MinBytes, "log of a test")};
    std::array<std::vector<std::byte>, 2> whole_;
};

void goOnWithDevices(const Log& log) {
    auto opened = RecordLog::open(log.areas());
    if (std::holds_alternative<NotBelieved>(opened)) return;
    Log::Tables tables(std::move(std::get<RecordLog>(opened)));
    if (!tables.log.restore(Events)) return;
    tables.apply(Events + 1);
    require(tables.devices.devices().contains("/devices/6"), "a table that was taken up goes on");
}

void goOnWithEvents(const Log& log) {
    auto opened = RecordLog::open(log.areas());
    if (std::holds_alternative<NotBelieved>(opened)) return;
    if (WaitingLog::whyNot(std::get<RecordLog>(opened))) return;
    WaitingLog waiting(std::move(std::get<RecordLog>(opened)));
    const std::vector<Event> left = waiting.leftOver();
    for (const Event& event : left) waiting.remove(event.id);
    require(waiting.leftOver().empty() || left.empty(), "a log of which all have left is empty");
}

void land(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return;
    static const MappedMemory memory(LandingArea::bytes(LandingArea::Uevents), "landing area of a test");
    std::memcpy(memory.bytes().data(), data, std::min(size, memory.bytes().size()));
    LandingArea area(memory.bytes(), LandingArea::Uevents);
    for (std::size_t i = 0; i < area.size(); ++i) {
        const Datagram datagram = area.at(i);
        require(datagram.payload.size() <= MaxUevent, "a datagram lies in its slot");
    }
    area.forget();
    require(LandingArea(memory.bytes(), LandingArea::Uevents).size() == 0, "what is forgotten is not there");

    static const MappedMemory udev(UdevLanding::bytes(), "landing area of a test");
    std::memcpy(udev.bytes().data(), data, std::min(size, udev.bytes().size()));
    const UdevLanding landing(udev.bytes());
    if (const auto message = landing.message())
        require(message->size() <= UdevLanding::MaxBytes, "a message lies in its slot");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Log log;
    for (const bool seals : {false, true}) {
        for (const auto goOn : {goOnWithDevices, goOnWithEvents}) {
            for (std::size_t at = 0; at + 3 <= size; at += 3)
                log.flip(static_cast<std::size_t>(data[at] << 8 | data[at + 1]), data[at + 2]);
            if (seals) log.seal();
            goOn(log);
            log.makeWhole();
        }
    }
    land(data, size);
    return 0;
}
