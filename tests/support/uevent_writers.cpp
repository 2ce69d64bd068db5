#include "tests/support/uevent_writers.h"

#include "daemon/base/unique_fd.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <limits>
#include <sched.h>
#include <system_error>

namespace keventd::test {
namespace {

constexpr std::array<const char*, 3> Devices{"null", "zero", "full"};

std::string fileOf(const std::string& device) {
    return "/sys/devices/virtual/mem/" + device + "/uevent";
}

UniqueFd openFile(const std::string& device) {
    UniqueFd fd(open(fileOf(device).c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd) throw std::system_error(errno, std::generic_category(), "open " + fileOf(device));
    return fd;
}

void writeLine(int fd, const std::string& line) {
    if (write(fd, line.data(), line.size()) < 0) {
        throw std::system_error(errno, std::generic_category(), "write uevent '" + line + "'");
    }
}

std::string lineOf(const std::string& uuid, std::uint64_t writer, std::uint64_t number) {
    return "change " + uuid + " W=" + std::to_string(writer) + " N=" + std::to_string(number);
}

void pinTo(std::size_t index) {
    cpu_set_t allowed;
    sched_getaffinity(0, sizeof allowed, &allowed);
    auto skip = index % static_cast<std::size_t>(CPU_COUNT(&allowed));
    std::size_t cpu = 0;
    while (!CPU_ISSET(cpu, &allowed) || skip-- > 0) ++cpu;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
}

void joinAll(std::vector<std::thread>& threads) {
    for (std::thread& thread : threads) {
        if (thread.joinable()) thread.join();
    }
}

std::uint64_t argument(const Event& event, const char* key) {
    const std::string_view text = event.properties.find(key).value_or("");
    std::uint64_t value = std::numeric_limits<std::uint64_t>::max();
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

} // namespace

std::string newUuid() {
    std::string uuid;
    std::ifstream("/proc/sys/kernel/random/uuid") >> uuid;
    return uuid;
}

bool canWriteUevents(std::string& reason) {
    const UniqueFd fd(open(fileOf(Devices[0]).c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd) reason = "cannot write " + fileOf(Devices[0]) + ": " + std::strerror(errno);
    return static_cast<bool>(fd);
}

void writeUevent(const std::string& device, const std::string& uuid, const std::string& arguments) {
    writeLine(openFile(device).get(), "change " + uuid + " " + arguments);
}

void UeventWriter::write(std::uint64_t count) {
    const UniqueFd fd = openFile(Devices[0]);
    for (; count > 0; --count) writeLine(fd.get(), lineOf(uuid_, 0, written_++));
}

UeventWriters::UeventWriters(std::size_t writers, std::uint64_t eventsEach)
    : eventsEach_(eventsEach), start_(static_cast<std::ptrdiff_t>(writers)) {
    for (std::size_t writer = 0; writer < writers; ++writer) {
        threads_.emplace_back([this, writer] { write(writer); });
    }
}

void UeventWriters::write(std::size_t writer) {
    pinTo(writer);
    start_.arrive_and_wait();
    try {
        const UniqueFd fd = openFile(Devices[writer % Devices.size()]);
        for (std::uint64_t number = 0; number < eventsEach_; ++number)
            writeLine(fd.get(), lineOf(uuid_, writer, number));
    } catch (const std::system_error& error) {
        ADD_FAILURE() << error.what();
    }
}

void UeventWriters::join() {
    joinAll(threads_);
}

PacedWriters::PacedWriters(std::size_t writers, std::chrono::milliseconds pause)
    : pause_(pause), writers_(writers) {
    for (UeventWriter& writer : writers_) {
        threads_.emplace_back([this, &writer] { write(writer); });
    }
}

void PacedWriters::write(UeventWriter& writer) const {
    constexpr std::uint64_t burst = 10;
    try {
        while (!stopped_) {
            writer.write(burst);
            if (pause_.count() > 0) std::this_thread::sleep_for(pause_);
        }
    } catch (const std::system_error& error) {
        ADD_FAILURE() << error.what();
    }
}

void PacedWriters::stop() {
    stopped_ = true;
    joinAll(threads_);
}

bool isOf(const Event& event, const std::string& uuid) {
    return event.properties.find("SYNTH_UUID") == uuid;
}

std::uint64_t writerOf(const Event& event) {
    return argument(event, "SYNTH_ARG_W");
}
std::uint64_t numberOf(const Event& event) {
    return argument(event, "SYNTH_ARG_N");
}

} // namespace keventd::test
