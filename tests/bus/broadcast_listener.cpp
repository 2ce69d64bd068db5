#include "tests/bus/broadcast_listener.h"

#include "dbus/event_codec.h"

#include <algorithm>
#include <exception>
#include <gtest/gtest.h>
#include <string_view>

namespace keventd::test {

// A message that several rules let through comes once, and would be given to the handler of each: so one
// filter takes it.
BroadcastListener::BroadcastListener(const std::string& busAddress, const std::vector<std::string>& rules)
    : client_(busAddress, Via::Broker) {
    sd_bus_slot* slot = nullptr;
    checkBus(sd_bus_add_filter(client_.get(), &slot, onMessage, this), "add filter");
    filter_.reset(slot);
    const auto ignore = [](sd_bus_message*, void*, sd_bus_error*) { return 0; };
    for (const std::string& rule : rules) {
        checkBus(sd_bus_add_match(client_.get(), &slot, rule.c_str(), ignore, nullptr), rule.c_str());
        matches_.emplace_back(slot);
    }
}

bool BroadcastListener::knowsOf(const char* interface, std::uint64_t id) const {
    return std::any_of(gaps_.begin(), gaps_.end(),
                       [&](const Gap& gap) {
                           return gap.interface == interface && gap.from <= id && id <= gap.to;
                       }) ||
           std::any_of(heard_.begin(), heard_.end(), [&](const Heard& heard) {
               return heard.interface == interface && heard.event.id == id;
           });
}

bool BroadcastListener::waitUntil(const std::function<bool()>& done, const Deadline& deadline) {
    while (!done()) {
        if (deadline.expired()) return false;
        if (checkBus(sd_bus_process(client_.get(), nullptr), "process connection") > 0) continue;
        checkBus(sd_bus_wait(client_.get(), static_cast<std::uint64_t>(deadline.left().count())), "wait");
    }
    return true;
}

bool BroadcastListener::waitForEvent(const std::function<bool(const Event&)>& isWanted) {
    std::size_t seen = 0;
    return waitUntil([&] {
        while (seen < heard_.size()) {
            if (isWanted(heard_[seen++].event)) return true;
        }
        return false;
    });
}

int BroadcastListener::onMessage(sd_bus_message* message, void* self, sd_bus_error*) noexcept {
    try {
        static_cast<BroadcastListener*>(self)->take(message);
    } catch (const std::exception& error) {
        ADD_FAILURE() << "broadcast: " << error.what();
    }
    return 0;
}

void BroadcastListener::take(sd_bus_message* signal) {
    for (const char* interface : {names::Events, names::KernelEvents}) {
        if (sd_bus_message_is_signal(signal, interface, names::signal::Event) > 0) {
            Event event;
            checkBus(readBroadcast(signal, event), "read Event");
            bytes_ += encodedSize(viewOf(event));
            heard_.push_back({interface, std::move(event)});
        } else if (sd_bus_message_is_signal(signal, interface, names::signal::Skipped) > 0) {
            Gap gap{.interface = interface, .from = 0, .to = 0};
            checkBus(sd_bus_message_read(signal, "tt", &gap.from, &gap.to), "read Skipped");
            gaps_.push_back(std::move(gap));
        }
    }
}

} // namespace keventd::test
