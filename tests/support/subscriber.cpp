#include "tests/support/subscriber.h"

#include "dbus/event_codec.h"
#include "keventd/names.h"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <gtest/gtest.h>

namespace keventd::test {

Subscriber::Subscriber(const std::string& address, const Wanted& wanted, Via via)
    : client_(address, via), eventsSlot_(match(names::signal::Events, onEvents)),
      lostSlot_(match(names::signal::Lost, onLost)) {
    subscribe(wanted);
}

BusSlotHandle Subscriber::match(const char* signal, sd_bus_message_handler_t handler) {
    sd_bus_slot* slot = nullptr;
    checkBus(sd_bus_match_signal(client_.get(), &slot, nullptr, names::Object, names::Manager, signal,
                                 handler, this),
             "connect handler");
    return BusSlotHandle(slot);
}

void Subscriber::subscribe(const Wanted& wanted) {
    const BusMessageHandle call = client_.newCall(names::method::Subscribe);
    appendWanted(call, wanted);
    const BusMessageHandle reply = client_.send(call);
    const char* stream = nullptr;
    checkBus(sd_bus_message_read(reply.get(), "ust", &number_, &stream, &first_), "read reply of Subscribe");
    stream_ = stream;
    next_ = first_;
}

int Subscriber::onEvents(sd_bus_message* signal, void* self, sd_bus_error*) noexcept {
    try {
        static_cast<Subscriber*>(self)->take(signal);
    } catch (const std::exception& error) {
        ADD_FAILURE() << "signal Events: " << error.what();
    }
    return 0;
}

void Subscriber::take(sd_bus_message* signal) {
    std::uint32_t number = 0;
    checkBus(sd_bus_message_read(signal, "u", &number), "read subscription");
    std::size_t bytes = 0;
    for (Event& event : readEvents(signal)) {
        bytes += encodedSize(viewOf(event));
        events_.push_back(std::move(event));
    }
    largestSignal_ = std::max(largestSignal_, bytes);
    checkBus(sd_bus_message_read(signal, "t", &next_), "read next");
    EXPECT_EQ(number, number_);
    ++signals_;
    if (acknowledging_) acknowledge(next_ - 1);
}

int Subscriber::onLost(sd_bus_message* signal, void* self, sd_bus_error*) noexcept {
    std::uint32_t number = 0;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    EXPECT_GE(sd_bus_message_read(signal, "utt", &number, &from, &to), 0);
    static_cast<Subscriber*>(self)->lost_.emplace_back(from, to);
    return 0;
}

void Subscriber::acknowledge(std::uint64_t id) {
    const BusMessageHandle call = client_.newCall(names::method::Acknowledge);
    checkBus(sd_bus_message_append(call.get(), "ut", number_, id), "append arguments");
    checkBus(sd_bus_message_set_expect_reply(call.get(), 0), "expect no reply");
    checkBus(sd_bus_send(client_.get(), call.get(), nullptr), "acknowledge");
}

bool Subscriber::waitUntil(const std::function<bool()>& done, const Deadline& deadline) {
    while (!done()) {
        const int result = sd_bus_process(client_.get(), nullptr);
        if (result == -ENOTCONN || result == -ECONNRESET) return false;
        if (checkBus(result, "process connection") > 0) continue;
        if (deadline.expired()) return false;
        checkBus(sd_bus_wait(client_.get(), static_cast<std::uint64_t>(deadline.left().count())), "wait");
    }
    return true;
}

const Event* Subscriber::waitForEvent(const std::function<bool(const Event&)>& isWanted,
                                      const Deadline& deadline) {
    std::size_t looked = 0;
    const Event* found = nullptr;
    const auto look = [&] {
        for (; found == nullptr && looked < events_.size(); ++looked) {
            if (isWanted(events_[looked])) found = &events_[looked];
        }
        return found != nullptr;
    };
    static_cast<void>(waitUntil(look, deadline));
    return found;
}

// sync() may queue signals, which sd-bus hands out afterwards; what the window held back still comes.
bool Subscriber::waitForSync(const Deadline& deadline) {
    const std::uint64_t end = client_.sync();
    return waitUntil([this, end] { return next_ >= end; }, deadline);
}

} // namespace keventd::test
