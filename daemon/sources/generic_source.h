// One family of generic netlink, of which each message is an event: sources `thermal`, `acpi` and `quota`.
// Counted.
//
// A family has its number when its module is there: the same socket is told of families that come and go.
#pragma once

#include "daemon/sources/control_message.h"
#include "daemon/sources/generic_message.h"
#include "daemon/sources/message_numbers.h"
#include "daemon/sources/netlink_source.h"

#include <cstdint>
#include <variant>

namespace keventd {

class GenericSource final : public NetlinkSource {
public:
    /// What it listens to.
    struct Kind {
        NetlinkChannel channel;
        const char* family;
        const char* group;
        SourceStatus missing; ///< told while the kernel does not know the family
        bool isNumbered;      ///< its messages (message_numbers.h)
        std::variant<Event, RefusedMessage> (*parse)(const GenericMessage&);
    };
    static const Kind Thermal;
    static const Kind Acpi;
    static const Kind Quota;

    /// @param kind     one of those above
    /// @param socket   of its channel
    /// @param landing  landingBytes(), zero or of an earlier daemon; outlives the source
    GenericSource(const Kind& kind, NetlinkSocket socket, std::span<std::byte> landing);

    SocketPosition moveOn() override;
    [[nodiscard]] bool willTellWhatIsMissing() const override { return numbers_.know(); }

protected:
    [[nodiscard]] SourceStatus statusOfSender() const override { return status_; }
    [[nodiscard]] Drained read(Arrivals& arrivals, std::size_t budget) override;
    void take(const nlmsghdr& message, const Telling& telling) override;
    void passOver(const nlmsghdr& message) override;
    [[nodiscard]] bool knowsWhatItTold() const override { return false; }

private:
    void join();
    void join(const GenericFamily& family);
    void takeControl(const GenericMessage& message);
    void takeEvent(const GenericMessage& message, const Telling& telling);
    void tellEvent(const GenericMessage& message, const Telling& telling);
    void tellMissingBefore(std::uint32_t number, Arrivals& arrivals);

    const Kind& kind_;
    SourceStatus status_;
    std::uint16_t number_ = 0; // of the family; 0: not there
    MessageNumbers numbers_;
};

} // namespace keventd
