#include "daemon/other_sources.h"

#include "daemon/netlink_sockets.h"

namespace keventd {

OtherSources::OtherSources(const SourcesSettings& settings, SavedState& saved,
                           InheritedDescriptors& inherited, const std::vector<Event>& leftOver)
    : settings_(settings) {
    const auto socketFor = [&](const NetlinkChannel& channel) {
        return takeSocket(inherited.take(channel.name), channel, saved.drops(channel.name), leftOver);
    };
    const auto run = [&](Source& source, const SourceSettings& wanted) {
        running_.push_back({&source, &saved.drops(source.name()), wanted.rate});
    };
    if (settings.link.enabled) {
        link_.emplace(socketFor(channel::Links), saved.landing(channel::Links.name));
    }
    if (settings.address.enabled) {
        address_.emplace(socketFor(channel::Addresses), saved.landing(channel::Addresses.name),
                         link_ ? &link_->links() : nullptr);
        run(*address_, settings.address);
    }
    if (link_) run(*link_, settings.link); // causes last, as the intake wants it
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

void OtherSources::begin(ToldObjects& told, const std::vector<Event>& leftOver) {
    ToldObjects asRead = told;
    for (const Event& event : leftOver) asRead.apply(event);
    for (const auto& [source, drops, rate] : running_) {
        if (drops != nullptr && (drops->goesOn() || drops->followsAnother())) {
            source->begin(asRead.of(source->name()));
        } else {
            for (const Event& event : source->readAll()) told.apply(event);
        }
    }
}

} // namespace keventd
