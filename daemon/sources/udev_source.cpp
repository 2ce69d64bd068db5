#include "daemon/sources/udev_source.h"

#include "daemon/base/clock.h"
#include "daemon/base/errors.h"
#include "daemon/sources/udev_message.h"
#include "daemon/sources/udev_properties.h"
#include "keventd/names.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace keventd {
namespace {

// udevd's control socket: there as long as it runs (src/shared/udev-util.h, systemd).
constexpr const char* UdevdControl = "/run/udev/control";

// Makes the monitor's socket a copy of ours: the descriptor's number belongs to libudev, the socket behind it
// to both.
void handTo(udev_monitor* monitor, int socket) {
    checkErrno(dup3(socket, udev_monitor_get_fd(monitor), O_CLOEXEC), "hand socket to udev monitor");
}

// The copy is made after enable_receiving: before, binding a bound socket fails.
UdevMonitorHandle makeMonitor(udev* udev, int socket) {
    UdevMonitorHandle monitor(udev_monitor_new_from_netlink(udev, "udev"));
    if (!monitor) throwError("create udev monitor", errno);
    checkResult(udev_monitor_enable_receiving(monitor.get()), "enable udev monitor");
    handTo(monitor.get(), socket);
    return monitor;
}

Event eventOf(udev_device* device) {
    Event event;
    event.source = names::source::Udev;
    event.action = orEmpty(udev_device_get_action(device));
    event.subsystem = orEmpty(udev_device_get_subsystem(device));
    event.object = orEmpty(udev_device_get_devpath(device));
    event.seqnum = udev_device_get_seqnum(device);
    event.properties = propertiesOf(device);
    if (event.properties.find("SYNTH_UUID")) event.flags |= EventFlag::Synthetic;
    return event;
}

} // namespace

UdevSource::UdevSource(NetlinkSocket socket, std::span<std::byte> landing)
    : SocketSource(channel::UdevEvents, std::move(socket)), landing_(landing), udev_(udev_new()),
      udevdSeen_(access(UdevdControl, F_OK) == 0) {
    if (!udev_) throwError("create udev context", errno);
    monitor_ = makeMonitor(udev_.get(), descriptor());
}

// It may be in the socket still: then it comes once more, and is a repeat.
void UdevSource::takeLanded(Arrivals& arrivals) {
    if (const auto message = landing_.message()) {
        auto parsed = parseUdevMessage(*message);
        if (auto* event = std::get_if<Event>(&parsed)) {
            take(std::move(*event), arrivals);
        } else {
            refuse(std::get<std::string>(parsed));
        }
    }
    landing_.forget();
}

Drained UdevSource::read(Arrivals& arrivals, std::size_t budget) {
    return drainOneByOne(budget, [&] {
        const bool isThere = landing_.peek(descriptor());
        if (isThere) receiveOne(arrivals);
        return isThere;
    });
}

SocketPosition UdevSource::moveOn() {
    const SocketPosition position = SocketSource::moveOn();
    handTo(monitor_.get(), descriptor());
    return position;
}

// libudev says EAGAIN for an empty queue and for a message that it refused alike: here, there is one.
void UdevSource::receiveOne(Arrivals& arrivals) {
    ++counted().received;
    errno = 0;
    const UdevDeviceHandle device(udev_monitor_receive_device(monitor_.get()));
    if (device) {
        take(eventOf(device.get()), arrivals);
    } else {
        refuse(errno == 0 || errno == EAGAIN ? "not udevd's, or malformed" : errorText(errno));
    }
    landing_.forget();
}

void UdevSource::take(Event event, Arrivals& arrivals) {
    udevdSeen_ = true;
    if (event.action.empty() || event.object.empty()) return refuse("without ACTION or DEVPATH");
    if (isTooLong(event)) return refuse("too long");
    const ReadTime now = readTimeNow();
    event.boottime = now.boottime;
    event.realtime = now.realtime;
    arrivals.add(std::move(event));
}

SourceStatus UdevSource::statusOfSender() const {
    if (udevdSeen_) return {};
    return {SourceState::Waiting,
            "no sign of udevd: nothing received, and no /run/udev/control at the start"};
}

} // namespace keventd
