// bench-micro: what each step on the way of an event costs by itself, in nanoseconds per event.
//
// Every figure is per event: an iteration is one event also where events are handled in batches.

#include "daemon/base/mapped_memory.h"
#include "daemon/sources/uevent_parser.h"
#include "daemon/stream/escape.h"
#include "daemon/stream/filter.h"
#include "daemon/stream/history.h"
#include "daemon/stream/record.h"
#include "daemon/stream/sequencer.h"
#include "dbus/event_codec.h"
#include "keventd/names.h"
#include "tests/unit/support/loopback_bus.h"

#include <array>
#include <benchmark/benchmark.h>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace {

using namespace keventd;

constexpr std::string_view Small = // 162 bytes
    "change@/devices/virtual/mem/null|ACTION=change|DEVPATH=/devices/virtual/mem/"
    "null|SUBSYSTEM=mem|SYNTH_UUID=0|"
    "MAJOR=1|MINOR=3|DEVNAME=null|DEVMODE=0666|SEQNUM=4711|";
constexpr std::string_view Large = // 12 properties
    "add@/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0|ACTION=add|"
    "DEVPATH=/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0|SUBSYSTEM=usb|DEVTYPE=usb_interface|"
    "PRODUCT=46d/c52b/1211|TYPE=0/0/0|INTERFACE=3/1/1|BUSNUM=001|DEVNUM=004|"
    "MODALIAS=usb:v046DpC52Bd1211dc00dsc00dp00ic03isc01ip01in00|DRIVER=usbhid|SEQNUM=4712|";

std::string datagram(std::string_view text) {
    std::string bytes(text);
    for (char& c : bytes) {
        if (c == '|') c = '\0';
    }
    return bytes;
}

Event parsed(std::string_view text) {
    auto result = parseUevent(datagram(text));
    if (auto* event = std::get_if<Event>(&result)) return std::move(*event);
    throw std::runtime_error("the datagram is no uevent");
}

void parse(benchmark::State& state, std::string_view text) {
    const std::string bytes = datagram(text);
    for (auto _ : state) benchmark::DoNotOptimize(parseUevent(bytes));
}
BENCHMARK_CAPTURE(parse, small, Small);
BENCHMARK_CAPTURE(parse, large, Large);

constexpr std::size_t Batch = 4096;

// A batch of kernel events from `first` on; every hundredth comes so many places late.
std::vector<Event> batchOf(std::uint64_t first, std::size_t places) {
    std::vector<Event> events(Batch, parsed(Small));
    for (std::size_t i = 0; i < Batch; ++i) events[i].seqnum = first + i;
    if (places == 0) return events;
    for (std::size_t i = 0; i + places < Batch; i += 100) {
        std::rotate(events.begin() + static_cast<std::ptrdiff_t>(i),
                    events.begin() + static_cast<std::ptrdiff_t>(i + 1),
                    events.begin() + static_cast<std::ptrdiff_t>(i + places));
    }
    return events;
}

void sequence(benchmark::State& state, std::size_t places) {
    std::uint64_t left = 0;
    Sequencer sequencer({.startSeqnum = 1}, [&left](Event&) { ++left; });
    const auto now = Sequencer::Clock::now();
    std::uint64_t next = 2;
    while (state.KeepRunningBatch(Batch)) {
        state.PauseTiming();
        std::vector<Event> events = batchOf(next, places);
        next += Batch;
        state.ResumeTiming();
        for (Event& event : events) sequencer.push(std::move(event), now);
        sequencer.release(now);
    }
    if (left != next - 2) state.SkipWithError("events stayed behind");
}
BENCHMARK_CAPTURE(sequence, inOrder, 0);
BENCHMARK_CAPTURE(sequence, onePercent20PlacesLate, 20);
BENCHMARK_CAPTURE(sequence, onePercent1000PlacesLate, 1000);

void escapePlainText(benchmark::State& state) {
    Event event = parsed(Small);
    for (auto _ : state) {
        escapeText(event);
        benchmark::DoNotOptimize(event);
    }
}
BENCHMARK(escapePlainText);

void writeOneRecord(benchmark::State& state) {
    const Event event = parsed(Small);
    std::vector<std::uint64_t> place(recordSize(event) / sizeof(std::uint64_t));
    for (auto _ : state) {
        writeRecord(event, 1, event.boottime, reinterpret_cast<std::byte*>(place.data()));
        benchmark::ClobberMemory();
    }
}
BENCHMARK(writeOneRecord);

// Into memory that has been gone round once: every event displaces another.
void appendToHistory(benchmark::State& state) {
    const MappedMemory memory(64 * 1024 * 1024, "history");
    History history(memory.bytes());
    const Event event = parsed(Small);
    while (history.firstId() == 1) history.append(event);
    for (auto _ : state) benchmark::DoNotOptimize(history.append(event));
}
BENCHMARK(appendToHistory);

void appendToMessage(benchmark::State& state, std::string_view text) {
    constexpr std::size_t events = 512; // a full batch is about 700 of the small ones
    const test::LoopbackBus bus;
    const Event event = parsed(text);
    const EventView view = viewOf(event);
    while (state.KeepRunningBatch(events)) {
        const test::MessagePtr message = bus.newSignal();
        sd_bus_message_open_container(message.get(), 'a', names::EventSignature);
        for (std::size_t i = 0; i < events; ++i) {
            if (appendEvent(message.get(), view) < 0) state.SkipWithError("cannot append");
        }
    }
}
BENCHMARK_CAPTURE(appendToMessage, small, Small);
BENCHMARK_CAPTURE(appendToMessage, large, Large);

void measureSize(benchmark::State& state) {
    const Event event = parsed(Small);
    const EventView view = viewOf(event);
    for (auto _ : state) benchmark::DoNotOptimize(encodedSize(view));
}
BENCHMARK(measureSize);

void match(benchmark::State& state, EventField field, const char* glob) {
    Filter filter;
    filter.addField(field, {Glob::parse(glob).value()});
    const Event event = parsed(Large);
    const EventView view = viewOf(event);
    for (auto _ : state) benchmark::DoNotOptimize(filter.matches(view));
}
BENCHMARK_CAPTURE(match, subsystem, EventField::Subsystem, "usb");
BENCHMARK_CAPTURE(match, objectByPrefix, EventField::Object, "/devices/pci0000:00/*");
BENCHMARK_CAPTURE(match, objectByGlob, EventField::Object, "*/usb[0-9]*:1.0");

void matchProperty(benchmark::State& state) {
    Filter filter;
    filter.addProperty("DRIVER", Glob::parse("usbhid").value());
    const Event event = parsed(Large);
    const EventView view = viewOf(event);
    for (auto _ : state) benchmark::DoNotOptimize(filter.matches(view));
}
BENCHMARK(matchProperty);

} // namespace

BENCHMARK_MAIN();
