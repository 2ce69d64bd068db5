// The object /org/keventd1 with its interface org.keventd1.Manager: the same on every connection.
//
// It translates between messages and the rooms behind it, and keeps nothing itself.
#pragma once

#include "daemon/base/c_handles.h"
#include "daemon/base/clock.h"
#include "daemon/publish/attribute_watches.h"
#include "daemon/publish/callers.h"
#include "daemon/publish/large_answers.h"
#include "daemon/publish/publisher.h"
#include "daemon/publish/resync_calls.h"
#include "daemon/sources/source.h"
#include "daemon/sources/sysfs.h"
#include "daemon/sources/udev_properties.h"
#include "daemon/stream/intake.h"

#include <memory>
#include <utility>
#include <vector>

namespace keventd {

class ManagerObject {
public:
    /// The object on one connection, as long as it lives.
    struct StopServing {
        ManagerObject* manager = nullptr;
        void operator()(sd_bus_slot* slot) const;
    };
    using Serving = std::unique_ptr<sd_bus_slot, StopServing>;

    /// All that is borrowed outlives the object.
    /// @param otherStates  of what else there is, as of the start of the daemon, by name
    ManagerObject(EventLoop& loop, const Stream& stream, Intake& intake, Clients& clients,
                  Publisher& publisher, LargeAnswers& answers, AttributeWatches& watches, const Sysfs& sysfs,
                  Reconciler& reconciler, std::vector<const Source*> sources,
                  std::vector<std::pair<const char*, SourceStatus>> otherStates);
    ManagerObject(const ManagerObject&) = delete;
    ManagerObject& operator=(const ManagerObject&) = delete;

    [[nodiscard]] Serving serveOn(sd_bus* bus);

private:
    struct Table;

    void onSubscribe(sd_bus_message* call);
    void onUnsubscribe(sd_bus_message* call);
    void onAcknowledge(sd_bus_message* call);
    void onGetEvents(sd_bus_message* call);
    void onListDevices(sd_bus_message* call);
    void onListSubscriptions(sd_bus_message* call);
    void onSync(sd_bus_message* call);
    void onResync(sd_bus_message* call);
    void onWatchAttribute(sd_bus_message* call);
    void onUnwatchAttribute(sd_bus_message* call);

    void getVersion(sd_bus_message* reply) const;
    void getStreamId(sd_bus_message* reply) const;
    void getFirstId(sd_bus_message* reply) const;
    void getLastId(sd_bus_message* reply) const;
    void getStatistics(sd_bus_message* reply) const;
    void getSources(sd_bus_message* reply) const;

    [[nodiscard]] std::vector<SourceStatus> sourceStatus() const;
    void tellChangedSources();

    const ReadTime started_ = readTimeNow();
    const Stream& stream_;
    Intake& intake_;
    Clients& clients_;
    Callers callers_;
    Publisher& publisher_;
    LargeAnswers& answers_;
    AttributeWatches& watches_;
    const Sysfs& sysfs_;
    UdevDatabase database_;
    ResyncCalls resyncCalls_;
    std::vector<const Source*> sources_;
    std::vector<std::pair<const char*, SourceStatus>> otherStates_;
    std::vector<SourceStatus> toldStatus_;
    std::vector<sd_bus*> served_;
    EventLoop::Handle afterTurn_;
};

} // namespace keventd
