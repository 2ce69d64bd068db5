// The daemon: every part, in the order of the way of an event.
#pragma once

#include "daemon/base/event_loop.h"
#include "daemon/configuration.h"
#include "daemon/inherited_descriptors.h"
#include "daemon/other_sources.h"
#include "daemon/publish/attribute_watches.h"
#include "daemon/publish/broadcaster.h"
#include "daemon/publish/broker_connection.h"
#include "daemon/publish/clients.h"
#include "daemon/publish/large_answers.h"
#include "daemon/publish/manager_object.h"
#include "daemon/publish/private_socket.h"
#include "daemon/publish/publisher.h"
#include "daemon/saved_state.h"
#include "daemon/service_manager.h"
#include "daemon/sources/kernel_seqnum.h"
#include "daemon/sources/spool.h"
#include "daemon/sources/sysfs.h"
#include "daemon/sources/udev_source.h"
#include "daemon/sources/uevent_source.h"
#include "daemon/state_directory.h"
#include "daemon/stream/device_log.h"
#include "daemon/stream/device_table.h"
#include "daemon/stream/intake.h"
#include "daemon/stream/kernel_subject.h"
#include "daemon/stream/reconciler.h"
#include "daemon/stream/stream.h"
#include "daemon/stream/udev_subject.h"
#include "daemon/stream/waiting_log.h"

#include <optional>
#include <utility>
#include <vector>

namespace keventd {

class Daemon {
public:
    /// Opens everything; events are queued from here on.
    /// @param configuration  outlives the daemon, which reloads it on SIGHUP
    /// @throws FatalError
    Daemon(Configuration& configuration, InheritedDescriptors inherited);
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    /// Reads what has waited in the sockets, tells the service manager that it is ready, and serves until
    /// SIGTERM or SIGINT.
    /// @throws FatalError
    void run();

private:
    Daemon(Configuration& configuration, const Settings& settings, InheritedDescriptors inherited);
    [[nodiscard]] NetlinkSocket socketFor(const NetlinkChannel& channel, InheritedDescriptors& inherited);
    [[nodiscard]] Intake::Input inputOf(Source& source, std::optional<std::uint64_t> heard);
    [[nodiscard]] std::vector<const Source*> sources() const;
    [[nodiscard]] std::vector<std::pair<const char*, SourceStatus>> otherStates() const;
    void keep(const Source& source) const;
    void takeUpDevices();
    void takeUpEvents();
    void takeUpSpool();
    void coldplug();
    [[nodiscard]] bool isTold(const EarlyEvents::Loss& loss) const;
    void joinBus();
    void broadcast();
    void onReload();
    [[nodiscard]] Progress progress() const;

    Configuration& configuration_;
    EventLoop loop_;
    StateDirectory state_;
    SavedState saved_;
    WaitingLog waiting_;
    std::vector<Event> leftOver_; // of an earlier daemon, in the log, until run() takes it up
    Spool spool_;
    UeventSource kernel_;
    UdevSource udev_;
    OtherSources others_;
    KernelSeqnum seqnum_; // first read when the sockets are open: what came before is not waited for
    Sysfs sysfs_;
    DeviceTable devices_;
    UdevRecords udevRecords_;
    UdevTable udevDevices_;
    ToldObjects toldObjects_;
    DeviceLog deviceLog_;
    Stream stream_;
    Intake intake_;
    KernelSubject kernelSubject_;
    UdevSubject udevSubject_;
    Reconciler reconciler_;
    Clients clients_;
    Publisher publisher_;
    LargeAnswers answers_;
    AttributeWatches watches_;
    ManagerObject manager_;
    PrivateSocket privateSocket_;
    ServiceManager serviceManager_;
    std::optional<BrokerConnection> broker_;
    std::optional<Broadcaster> broadcaster_;
    EventLoop::Handle onTerminate_;
    EventLoop::Handle onInterrupt_;
    EventLoop::Handle onHangup_;
};

} // namespace keventd
