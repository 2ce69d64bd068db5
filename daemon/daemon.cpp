#include "daemon/daemon.h"

#include "daemon/base/descriptor_limit.h"
#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/config/size.h"
#include "daemon/kernel_version.h"
#include "daemon/netlink_sockets.h"
#include "daemon/sources/hotplug_helper.h"
#include "daemon/stream/coldplug.h"
#include "daemon/stream/own_event.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <grp.h>
#include <utility>

namespace keventd {
namespace {

ListeningSocket privateSocket(UniqueFd inherited, const std::string& path) {
    if (inherited) return ListeningSocket::adopt(std::move(inherited));
    const std::size_t slash = path.rfind('/');
    if (slash != std::string::npos && slash > 0) makeDirectory(path.substr(0, slash));
    return ListeningSocket::bind(path);
}

// Before Linux 6.9 the kernel delivered in SEQNUM order: a hole is then foreign, and not worth a wait.
std::chrono::milliseconds reorderWait(const Settings& settings) {
    const auto kernel = runningKernel();
    const bool deliversInOrder = kernel && *kernel < KernelVersion{6, 9};
    return settings.reorderWait.value_or(std::chrono::milliseconds(deliversInOrder ? 0 : 50));
}

void blockSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    checkErrno(sigprocmask(SIG_BLOCK, &signals, nullptr), "block signals");
    std::signal(SIGPIPE, SIG_IGN); // NOLINT(cert-err33-c): cannot fail for SIGPIPE
}

// @param group  name or number
// @return nothing if there is no such group, which is told
std::optional<gid_t> findGroup(const std::string& group) {
    if (group.empty()) return std::nullopt;
    if (const auto number = parseNumber(group)) return static_cast<gid_t>(*number);
    if (const struct group* found = getgrnam(group.c_str())) return found->gr_gid;
    logWarning(text("access.admin_group: no group '", group, "', only root sees what is not public"));
    return std::nullopt;
}

std::string fromWhere(const Configuration& configuration) {
    const std::string files = configuration.files();
    return files.empty() ? "no file: defaults" : files;
}

} // namespace

Daemon::Daemon(Configuration& configuration, InheritedDescriptors inherited)
    : Daemon(configuration, configuration.settings(), std::move(inherited)) {}

Daemon::Daemon(Configuration& configuration, const Settings& settings, InheritedDescriptors inherited)
    : configuration_(configuration), state_(settings.stateDirectory.value()),
      saved_(settings.stateDirectory.value(), settings.historyBytes), waiting_(saved_.takeWaiting()),
      leftOver_(waiting_.leftOver()), spool_(settings.spoolDirectory.value()),
      kernel_(socketFor(channel::KernelUevents, inherited), saved_.landing(names::source::Kernel)),
      udev_(socketFor(channel::UdevEvents, inherited), saved_.landing(names::source::Udev)),
      others_(settings.sources, settings.stateDirectory.value(), saved_, inherited, leftOver_),
      devices_(sysfs_), deviceLog_(saved_.takeDevices(), devices_, udevDevices_, toldObjects_),
      stream_(saved_.streamId(), {.startSeqnum = seqnum_.read(), .wait = reorderWait(settings)},
              saved_.history(), devices_, udevDevices_),
      intake_(loop_, stream_.sequencer(), seqnum_, waiting_, inputOf(kernel_, saved_.heardOfKernel()),
              {inputOf(udev_, saved_.heardOfUdev())},
              others_.inputs([this](const Source& source) { keep(source); })),
      kernelSubject_(sysfs_, devices_), udevSubject_(sysfs_, devices_, udevDevices_, udevRecords_),
      reconciler_(loop_, stream_, intake_, {&kernelSubject_, &udevSubject_}), clients_(settings.limits),
      publisher_(loop_, stream_, clients_), answers_(loop_, clients_),
      watches_(loop_, stream_, clients_, others_.attributes(), settings.sources.attribute.enabled),
      manager_(loop_, stream_, intake_, clients_, publisher_, answers_, watches_, sysfs_, reconciler_,
               sources(), otherStates()),
      privateSocket_(loop_, privateSocket(std::move(inherited.privateSocket), settings.socket.value()),
                     manager_, clients_),
      serviceManager_(loop_, [this] { return progress(); }) {
    stream_.keepIn(deviceLog_, waiting_, toldObjects_);
    stream_.countRestarts(saved_.restarts());
    blockSignals();
    raiseDescriptorLimit(); // every private connection is one
    clients_.setAdminGroup(findGroup(settings.adminGroup));
    if (settings.bus != "none") joinBus();
    onTerminate_ = loop_.addSignal("SIGTERM", SIGTERM, [this] { loop_.stop(); });
    onInterrupt_ = loop_.addSignal("SIGINT", SIGINT, [this] { loop_.stop(); });
    onHangup_ = loop_.addSignal("SIGHUP", SIGHUP, [this] { onReload(); });
}

NetlinkSocket Daemon::socketFor(const NetlinkChannel& channel, InheritedDescriptors& inherited) {
    return takeSocket(inherited.take(channel.name), channel, saved_.drops(channel.name), leftOver_);
}

std::vector<const Source*> Daemon::sources() const {
    std::vector<const Source*> all{&kernel_, &udev_};
    for (const Source* source : others_.running()) all.push_back(source);
    return all;
}

std::vector<std::pair<const char*, SourceStatus>> Daemon::otherStates() const {
    std::vector<std::pair<const char*, SourceStatus>> all{{names::source::Hotplug, hotplugHelperStatus()}};
    for (const char* name : others_.disabled())
        all.emplace_back(name, SourceStatus{SourceState::Disabled, "switched off in the configuration"});
    return all;
}

Intake::Input Daemon::inputOf(Source& source, std::optional<std::uint64_t> heard) {
    ToldDrops& told = saved_.drops(source.name());
    return {.source = &source,
            .told = &told,
            .gapAfter = told.goesOn() ? std::nullopt : heard,
            .onMoved = [this, &source] { keep(source); }};
}

// With what it holds, whatever the service manager does to its socket unit when we have crashed.
void Daemon::keep(const Source& source) const {
    if (!source.isCounted()) return;
    serviceManager_.keep(source.name(), source.descriptor());
}

// A mistake in a file is no reason to end, nor to take up half of it.
void Daemon::onReload() {
    serviceManager_.tellReloading();
    try {
        const std::vector<std::string> waiting = configuration_.reload();
        setLogLevel(configuration_.settings().logLevel);
        clients_.setAdminGroup(findGroup(configuration_.settings().adminGroup));
        broadcast();
        logInfo(text("configuration reloaded from ", fromWhere(configuration_)));
        for (const std::string& key : waiting) logWarning(text(key, ": takes effect at the next start"));
    } catch (const ConfigError& error) {
        logErrors(error.complaints());
        logError("configuration not reloaded, keeping the one in force");
    } catch (const std::exception& error) {
        logError(text(error.what(), "; configuration not reloaded, keeping the one in force"));
    }
    serviceManager_.tellReady();
}

void Daemon::joinBus() {
    const std::string address = BrokerConnection::addressOf(configuration_.settings().bus);
    broker_.emplace(loop_, address, manager_, clients_);
    broadcast();
}

// As it is wanted now; before a bus is joined, and where there is none, not at all.
void Daemon::broadcast() {
    const BroadcastOptions& wanted = configuration_.settings().broadcast;
    if (!broker_ || wanted.ratePerSecond == 0) {
        broadcaster_.reset();
    } else if (broadcaster_) {
        broadcaster_->change(wanted);
    } else {
        broadcaster_.emplace(loop_, broker_->address(), wanted, stream_, udev_);
    }
}

Progress Daemon::progress() const {
    std::uint64_t lost = 0;
    for (const Source* source : sources()) lost += source->statistics().dropped;
    return {
        .lastId = stream_.history().nextId() - 1, .subscriptions = publisher_.subscriptions(), .lost = lost};
}

// As of the last event in the history. Where that is not known, or nobody has listened since it was, as of
// now.
void Daemon::takeUpDevices() {
    const bool isKnown = saved_.heardOfKernel() && deviceLog_.restore(stream_.history().nextId());
    if (!isKnown) {
        devices_.walk();
        udevDevices_.begin(devices_, udevRecords_);
    }
    const bool isNew = others_.begin(toldObjects_, isKnown, leftOver_);
    if (!isKnown || isNew) deviceLog_.begin();
}

// What has no SEQNUM, the sequencer cannot know for a repeat.
void Daemon::takeUpEvents() {
    for (Event& event : std::exchange(leftOver_, {})) {
        if (event.seqnum == 0 && stream_.has(event)) {
            waiting_.remove(event.id);
        } else {
            intake_.takeUp(std::move(event));
        }
    }
}

// Of its events, the sequencer knows those that a daemon has written down which was killed before it could
// remove them. Losses have no SEQNUM.
void Daemon::takeUpSpool() {
    EarlyEvents early = spool_.read();
    if (!early.events.empty()) logInfo(text(early.events.size(), " early events from the hotplug helper"));
    std::erase_if(early.losses, [this](const EarlyEvents::Loss& loss) { return isTold(loss); });
    intake_.takeUp(std::move(early));
}

bool Daemon::isTold(const EarlyEvents::Loss& loss) const {
    const std::vector<Event> waiting = waiting_.leftOver();
    return stream_.hasOverrunOf(loss.boottime) ||
           std::any_of(waiting.begin(), waiting.end(), [&loss](const Event& event) {
               return isOverrun(event.source, event.action) && event.boottime == loss.boottime;
           });
}

// Once in a stream, or not at all.
void Daemon::coldplug() {
    if (saved_.hasBegun()) return;
    if (configuration_.settings().coldplug) {
        const std::size_t count = Coldplug(stream_, sysfs_).publish();
        logInfo(text(count, " devices were there before, of which no event tells"));
    }
    saved_.keepBegun();
}

void Daemon::run() {
    logInfo(text("keventd ", KEVENTD_VERSION, ", stream ", stream_.id(), " from event ",
                 stream_.history().nextId(), ", after SEQNUM ", stream_.sequencer().options().startSeqnum));
    if (const std::string files = configuration_.files(); !files.empty()) {
        logInfo(text("configuration from ", files));
    }
    for (const Source* source : sources()) {
        if (!source->nextDescriptor()) keep(*source);
    }
    takeUpDevices();
    takeUpEvents();
    takeUpSpool();
    intake_.gather();
    const std::uint64_t start = stream_.sequencer().options().startSeqnum;
    saved_.keepHeardOfKernel(start);
    coldplug();
    intake_.start();
    saved_.keepHeardOfUdev(start);
    spool_.remove();
    serviceManager_.tellReady();
    loop_.run();
    serviceManager_.tellStopping();
    logInfo("stopping");
    intake_.tellRest();
    saved_.keepHeardOfKernel(intake_.readToEnd());
}

} // namespace keventd
