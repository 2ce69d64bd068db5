#include "daemon/sources/generic_source.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/sources/acpi_message.h"
#include "daemon/sources/generic_families.h"
#include "daemon/sources/generic_objects.h"
#include "daemon/sources/quota_message.h"
#include "daemon/sources/thermal_message.h"

#include <cerrno>
#include <sys/socket.h>
#include <utility>

namespace keventd {
namespace {

constexpr SourceStatus NoThermal{SourceState::Waiting,
                                 "the kernel has no netlink family thermal (CONFIG_THERMAL_NETLINK)"};
constexpr SourceStatus NoAcpi{SourceState::Waiting,
                              "the kernel has no netlink family acpi_event (CONFIG_ACPI)"};
constexpr SourceStatus NoQuota{SourceState::Waiting,
                               "the kernel has no netlink family VFS_DQUOT (CONFIG_QUOTA_NETLINK_INTERFACE)"};
constexpr SourceStatus Refused{SourceState::Refused, "the kernel refuses its group"};

/// Property: the family's own counter.
constexpr const char* Number = "NLMSG_SEQ";

int joinGroup(int socket, std::uint32_t group) {
    return setsockopt(socket, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group);
}

} // namespace

const GenericSource::Kind GenericSource::Thermal{.channel = channel::Thermal,
                                                 .family = ThermalFamily,
                                                 .group = ThermalGroup,
                                                 .missing = NoThermal,
                                                 .isNumbered = false,
                                                 .parse = parseThermalMessage};
const GenericSource::Kind GenericSource::Acpi{.channel = channel::Acpi,
                                              .family = AcpiFamily,
                                              .group = AcpiGroup,
                                              .missing = NoAcpi,
                                              .isNumbered = true,
                                              .parse = parseAcpiMessage};
const GenericSource::Kind GenericSource::Quota{.channel = channel::Quota,
                                               .family = QuotaFamily,
                                               .group = QuotaGroup,
                                               .missing = NoQuota,
                                               .isNumbered = true,
                                               .parse = parseQuotaMessage};

GenericSource::GenericSource(const Kind& kind, NetlinkSocket socket, std::span<std::byte> landing)
    : NetlinkSource(kind.channel, std::move(socket), landing), kind_(kind), status_(kind.missing),
      numbers_(wordIn(landing)) {
    join();
}

SocketPosition GenericSource::moveOn() {
    const SocketPosition position = NetlinkSource::moveOn();
    numbers_.begin();
    join();
    return position;
}

// Told of those that come first: what comes in between is then told twice, and not missed.
void GenericSource::join() {
    number_ = 0;
    status_ = kind_.missing;
    if (joinGroup(descriptor(), ControlGroup) < 0) status_ = Refused;
    if (const auto family = findFamily(kind_.family)) join(*family);
}

void GenericSource::join(const GenericFamily& family) {
    const auto group = family.findGroup(kind_.group);
    if (!group) return; // it comes with a message of its own
    number_ = family.number;
    const bool isJoined = joinGroup(descriptor(), *group) == 0;
    status_ = isJoined ? SourceStatus() : Refused;
    if (!isJoined) logWarning(text("join group ", kind_.group, " of ", kind_.family, ": ", errorText(errno)));
}

Drained GenericSource::read(Arrivals& arrivals, std::size_t budget) {
    const Drained drained = NetlinkSource::read(arrivals, budget);
    if (kind_.isNumbered && drained.lost > 0) numbers_.drop(drained.lost);
    return drained;
}

void GenericSource::passOver(const nlmsghdr& message) {
    if (kind_.isNumbered && message.nlmsg_type == number_) numbers_.account(message.nlmsg_seq);
}

void GenericSource::take(const nlmsghdr& message, const Telling& telling) {
    const auto parsed = parseGenericMessage(message);
    if (std::holds_alternative<NetlinkAnswer>(parsed)) return;
    if (const auto* reason = std::get_if<RefusedMessage>(&parsed)) return refuse(reasonText(*reason));
    const auto& generic = std::get<GenericMessage>(parsed);
    if (generic.family == ControlFamily) return takeControl(generic);
    if (generic.family == number_) return takeEvent(generic, telling);
    refuse("of a family that is not there any more");
}

// Of all families that come and go.
void GenericSource::takeControl(const GenericMessage& message) {
    const auto parsed = parseControlMessage(message);
    const auto* control = std::get_if<ControlMessage>(&parsed);
    if (control == nullptr || control->family.name != kind_.family) return;
    if (control->kind == ControlMessage::Kind::FamilyRemoved) {
        number_ = 0;
        status_ = kind_.missing;
    } else if (control->kind != ControlMessage::Kind::GroupRemoved) {
        join(control->family);
    }
}

void GenericSource::takeEvent(const GenericMessage& message, const Telling& telling) {
    if (kind_.isNumbered) tellMissingBefore(message.sequence, telling.arrivals);
    tellEvent(message, telling);
    if (kind_.isNumbered) numbers_.take(message.sequence);
}

void GenericSource::tellEvent(const GenericMessage& message, const Telling& telling) {
    auto parsed = kind_.parse(message);
    if (const auto* reason = std::get_if<RefusedMessage>(&parsed)) return refuse(reasonText(*reason));
    Event& event = std::get<Event>(parsed);
    event.object = genericObject(event);
    if (kind_.isNumbered) event.properties.set(Number, text(message.sequence));
    telling.tell(std::move(event));
}

void GenericSource::tellMissingBefore(std::uint32_t number, Arrivals& arrivals) {
    const auto [first, count] = numbers_.missingBefore(number, pendingLoss());
    if (count == 0) return;
    tellMissing(first, count, arrivals);
    numbers_.account(number - 1);
}

} // namespace keventd
