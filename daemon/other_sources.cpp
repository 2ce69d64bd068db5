#include "daemon/other_sources.h"

#include "daemon/mount_table_file.h"
#include "daemon/netlink_sockets.h"

#include <chrono>

namespace keventd {
namespace {

PressureOptions optionsOf(const PressureSettings& settings) {
    const auto threshold = [&settings](std::uint32_t stallMs) {
        return PressureThreshold{.full = false,
                                 .stall = std::chrono::milliseconds(stallMs),
                                 .window = std::chrono::milliseconds(settings.windowMs)};
    };
    return {.memory = threshold(settings.memoryStallMs),
            .cpu = threshold(settings.cpuStallMs),
            .io = threshold(settings.ioStallMs)};
}

} // namespace

OtherSources::OtherSources(const SourcesSettings& settings, const std::string& stateDirectory,
                           SavedState& saved, InheritedDescriptors& inherited,
                           const std::vector<Event>& leftOver)
    : settings_(settings) {
    const auto socketFor = [&](const NetlinkChannel& channel) {
        return takeSocket(inherited.take(channel.name), channel, saved.drops(channel.name), leftOver);
    };
    const auto begin = [&](std::optional<GenericSource>& source, const GenericSource::Kind& kind) {
        source.emplace(kind, socketFor(kind.channel), saved.landing(kind.channel.name));
    };
    if (settings.link.enabled) link_.emplace(socketFor(channel::Links), saved.landing(channel::Links.name));
    if (settings.address.enabled)
        address_.emplace(socketFor(channel::Addresses), saved.landing(channel::Addresses.name),
                         link_ ? &link_->links() : nullptr);
    if (settings.thermal.enabled) begin(thermal_, GenericSource::Thermal);
    if (settings.acpi.enabled) begin(acpi_, GenericSource::Acpi);
    if (settings.quota.enabled) begin(quota_, GenericSource::Quota);
    if (settings.mount.enabled) mount_.emplace(openMountTable(settings.mountTable, stateDirectory));
    if (settings.pressure.enabled) pressure_.emplace(optionsOf(settings.pressureThresholds));
    if (settings.power.enabled) power_.emplace();
    list(saved);
}

// As the intake reads them: effects first, their causes last.
void OtherSources::list(SavedState& saved) {
    const auto run = [&](Source& source, const SourceSettings& wanted) {
        ToldDrops* told = source.isCounted() ? &saved.drops(source.name()) : nullptr;
        running_.push_back({&source, told, wanted.rate});
    };
    const auto add = [&](auto& source, const SourceSettings& wanted) {
        if (source) run(*source, wanted);
    };
    if (settings_.attribute.enabled) run(attributes_, settings_.attribute);
    add(pressure_, settings_.pressure);
    add(power_, settings_.power);
    add(mount_, settings_.mount);
    add(quota_, settings_.quota);
    add(thermal_, settings_.thermal);
    add(acpi_, settings_.acpi);
    add(address_, settings_.address);
    add(link_, settings_.link);
}

// What was sent while nobody listened, may be anything.
std::vector<Intake::Input> OtherSources::inputs(const std::function<void(const Source&)>& keep) const {
    std::vector<Intake::Input> inputs;
    for (const auto& [source, told, rate] : running_) {
        const bool hasGap = told != nullptr && told->followsAnother();
        inputs.push_back({.source = source,
                          .told = told,
                          .gapAfter = hasGap ? std::optional<std::uint64_t>(0) : std::nullopt,
                          .onMoved = [keep, source = source] { keep(*source); },
                          .ratePerSecond = rate});
    }
    return inputs;
}

std::vector<const Source*> OtherSources::running() const {
    std::vector<const Source*> sources;
    for (const Running& running : running_) sources.push_back(running.source);
    return sources;
}

std::vector<const char*> OtherSources::disabled() const {
    std::vector<const char*> names;
    for (const auto& [name, member] : SourcesByName) {
        if (!(settings_.*member).enabled) names.push_back(name);
    }
    return names;
}

bool OtherSources::begin(ToldObjects& told, bool isKnown, const std::vector<Event>& leftOver) {
    bool isNew = false;
    ToldObjects asRead = told;
    for (const Event& event : leftOver) asRead.apply(event);
    for (const auto& [source, drops, rate] : running_) {
        const std::vector<Event> known = asRead.of(source->name());
        const bool hasListened = drops != nullptr && (drops->goesOn() || drops->followsAnother());
        if (isKnown && (hasListened || !known.empty())) {
            source->begin(known);
        } else {
            for (const Event& event : source->readAll()) isNew |= told.apply(event);
        }
    }
    return isNew;
}

} // namespace keventd
