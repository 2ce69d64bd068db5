// Asks a broker whether it still reads a connection.
//
// A broker keeps for each recipient what it does not read, and counts it to the sender: with so much of it
// (dbus-daemon: max_incoming_bytes), it stops reading the sender, and says nothing. A call of the broker
// itself goes the way of all that was sent before it: when it is answered, that has been read.
#pragma once

#include "daemon/base/c_handles.h"

#include <functional>

namespace keventd {

class BusProbe {
public:
    /// @param patience  ticks without an answer after which the broker does not read. They are counted, not
    ///                  measured: whoever stops the daemon does not make the broker slow
    /// @param onAnswer  the broker has read all that was sent before ask(); does not throw
    BusProbe(int patience, std::function<void()> onAnswer);
    BusProbe(const BusProbe&) = delete;
    BusProbe& operator=(const BusProbe&) = delete;

    [[nodiscard]] bool isAsking() const { return isAsking_; }
    /// To be called while not asking.
    /// @param bus  connected; forget() is called before it ends
    /// @throws FatalError
    void ask(sd_bus* bus);
    /// To be called about each second while an answer is awaited.
    /// @return whether these were too many
    [[nodiscard]] bool countSilentTick() { return ++silentTicks_ >= patience_; }
    /// The connection is about to end.
    void forget();

private:
    void take(sd_bus_message* reply);

    int patience_;
    std::function<void()> onAnswer_;
    bool isAsking_ = false;
    int silentTicks_ = 0;
    BusSlotHandle slot_;
};

} // namespace keventd
