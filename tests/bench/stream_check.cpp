#include "tests/bench/stream_check.h"

#include "dbus/names.h"
#include "tests/support/uevent_writers.h"

#include <algorithm>

namespace keventd::bench {
namespace {

constexpr std::size_t MaxExamples = 10;
constexpr std::string_view NetDevice = "/devices/virtual/net/";

std::string describe(const Event& event) {
    return "id " + std::to_string(event.id) + ", SEQNUM " + std::to_string(event.seqnum) + " (" +
           event.action + " " + event.object + ")";
}

} // namespace

void StreamCheck::take(const Event& event) {
    ++total_;
    if (nextId_ != 0 && event.id != nextId_) {
        fail(describe(event) + ": id " + std::to_string(nextId_) + " was to come");
    }
    nextId_ = event.id + 1;
    if (event.source == names::source::Kernel) {
        takeKernelEvent(event);
    } else if (event.source == names::source::Keventd && event.action == names::action::Overrun) {
        fail("the kernel dropped " + std::string(event.properties.find(names::key::Count).value_or("some")) +
             " messages");
    }
}

void StreamCheck::takeLoss(std::uint64_t from, std::uint64_t to) {
    fail("the history lost ids " + std::to_string(from) + " to " + std::to_string(to));
    nextId_ = to + 1;
}

void StreamCheck::takeKernelEvent(const Event& event) {
    checkSeqnum(event);
    const auto writers = nextOf_.find(event.properties.find("SYNTH_UUID").value_or(""));
    if (writers != nextOf_.end()) {
        checkWritersOrder(event, writers->second);
    } else if (event.object.starts_with(NetDevice)) {
        takeNetEvent(event);
    } else {
        ++foreign_;
    }
}

void StreamCheck::checkSeqnum(const Event& event) {
    const bool isLate = (event.flags & EventFlag::Late) != 0;
    const bool isInOrder = event.seqnum > highestSeqnum_;
    if (isInOrder == isLate)
        fail(describe(event) + (isLate ? ": flagged late, but in order" : ": out of order"));
    if (!seqnums_.insert(event.seqnum).second) fail(describe(event) + ": a second time");
    highestSeqnum_ = std::max(highestSeqnum_, event.seqnum);
    late_ += isLate ? 1 : 0;
}

void StreamCheck::checkWritersOrder(const Event& event, std::vector<std::uint64_t>& nextOf) {
    const std::uint64_t writer = test::writerOf(event);
    const std::uint64_t number = test::numberOf(event);
    if (writer >= nextOf.size()) return fail(describe(event) + ": of an unknown writer");
    if (number != nextOf[writer]) {
        fail(describe(event) + ": event " + std::to_string(number) + " of writer " + std::to_string(writer) +
             ", but " + std::to_string(nextOf[writer]) + " was to come");
    }
    nextOf[writer] = number + 1;
    ++taken_;
}

// Queues of devices have events, too; those are held to the order of SEQNUM only.
void StreamCheck::takeNetEvent(const Event& event) {
    ++netEvents_;
    const bool isAdded = event.action == "add";
    if (!isAdded && event.action != "remove") return;
    if (event.object.find('/', NetDevice.size()) != std::string::npos) return;
    const auto [device, isNew] = isPresent_.try_emplace(event.object, false);
    if (isNew != isAdded || device->second == isAdded)
        fail(describe(event) + ": cannot be, after what came before");
    device->second = isAdded;
    if (!isAdded) ++netDevices_;
}

void StreamCheck::requireEvents(const std::string& uuid, std::uint64_t each) {
    for (const std::uint64_t came : nextOf_.at(uuid)) {
        if (came == each) continue;
        fail("of a writer came " + std::to_string(came) + " events, not " + std::to_string(each));
    }
}

void StreamCheck::requireNetDevices(std::uint64_t count) {
    if (netDevices_ == count) return;
    fail("of net devices " + std::to_string(netDevices_) + " came and went, not " + std::to_string(count));
}

void StreamCheck::fail(const std::string& what) {
    if (++failures_ <= MaxExamples) examples_.push_back(what);
}

} // namespace keventd::bench
