// The sources beside uevents: which of them run, and what they are to the rest of the daemon.
#pragma once

#include "daemon/config/source_settings.h"
#include "daemon/inherited_descriptors.h"
#include "daemon/saved_state.h"
#include "daemon/sources/address_source.h"
#include "daemon/sources/attribute_source.h"
#include "daemon/sources/generic_source.h"
#include "daemon/sources/link_source.h"
#include "daemon/sources/mount_source.h"
#include "daemon/sources/power_source.h"
#include "daemon/sources/pressure_source.h"
#include "daemon/sources/source.h"
#include "daemon/stream/intake.h"
#include "daemon/stream/told_objects.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace keventd {

class OtherSources {
public:
    /// @param saved           outlives the object
    /// @param stateDirectory  of the daemon
    /// @param leftOver  what an earlier daemon has left in the log, in that order
    /// @throws FatalError
    OtherSources(const SourcesSettings& settings, const std::string& stateDirectory, SavedState& saved,
                 InheritedDescriptors& inherited, const std::vector<Event>& leftOver);
    OtherSources(const OtherSources&) = delete;
    OtherSources& operator=(const OtherSources&) = delete;

    /// @param keep  is called with a source that reads from another socket than before
    [[nodiscard]] std::vector<Intake::Input> inputs(const std::function<void(const Source&)>& keep) const;
    /// @return those that run
    [[nodiscard]] std::vector<const Source*> running() const;
    /// @return names of those that are switched off
    [[nodiscard]] std::vector<const char*> disabled() const;

    [[nodiscard]] AttributeSource& attributes() { return attributes_; }

    /// Has each take up what has been told of its objects; what was never told, from what there is.
    /// @param told      as of the last event of the history; gets what was never told
    /// @param isKnown   whether it holds what an earlier daemon has told, if there was one
    /// @param leftOver  what has been read, and is not in the history
    /// @return whether `told` has got anything
    bool begin(ToldObjects& told, bool isKnown, const std::vector<Event>& leftOver);

private:
    struct Running {
        Source* source;
        ToldDrops* told;             ///< nullptr: of a source that cannot lose a message
        std::uint32_t ratePerSecond; ///< 0: no limit
    };

    void list(SavedState& saved);

    SourcesSettings settings_;
    std::optional<LinkSource> link_;
    std::optional<AddressSource> address_;
    std::optional<GenericSource> thermal_;
    std::optional<GenericSource> acpi_;
    std::optional<GenericSource> quota_;
    std::optional<MountSource> mount_;
    AttributeSource attributes_; // also where it is switched off: then nobody may watch any
    std::optional<PressureSource> pressure_;
    std::optional<PowerSource> power_;
    std::vector<Running> running_;
};

} // namespace keventd
