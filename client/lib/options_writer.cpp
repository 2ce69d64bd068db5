#include "client/lib/options_writer.h"

#include "keventd/names.h"

namespace keventd {
inline namespace client {
namespace {

template <typename Value>
void writeOption(sdbus::Message& message, const char* key, const char* signature, const Value& value) {
    message.openDictEntry("sv");
    message << key;
    message.openVariant(signature);
    message << value;
    message.closeVariant();
    message.closeDictEntry();
}

void writeGlobs(sdbus::Message& message, const char* key, const std::vector<std::string>& globs) {
    if (!globs.empty()) writeOption(message, key, "as", globs);
}

void writeFilter(sdbus::Message& message, const EventFilter& filter) {
    writeGlobs(message, names::option::Sources, filter.sources);
    writeGlobs(message, names::option::Subsystems, filter.subsystems);
    writeGlobs(message, names::option::Actions, filter.actions);
    writeGlobs(message, names::option::Objects, filter.objects);
    writeGlobs(message, names::option::Attributes, filter.attributes);
    writeGlobs(message, names::option::Properties, filter.properties);
}

void writeEntries(sdbus::Message& message, const EventOptions& options) {
    writeFilter(message, options.filter);
    if (options.stream) writeOption(message, names::option::Stream, "s", *options.stream);
    if (options.since) writeOption(message, names::option::Since, "t", *options.since);
    if (options.sinceBoottime) {
        const auto usec = static_cast<std::uint64_t>(options.sinceBoottime->count());
        writeOption(message, names::option::SinceBoottime, "t", usec);
    }
}

} // namespace

void writeOptions(sdbus::Message& message, const EventOptions& options) {
    message.openContainer("{sv}");
    writeEntries(message, options);
    message.closeContainer();
}

void writeOptions(sdbus::Message& message, const SubscribeOptions& options) {
    message.openContainer("{sv}");
    writeEntries(message, options);
    if (options.window != DefaultWindow) {
        writeOption(message, names::option::Window, "u", options.window);
    }
    message.closeContainer();
}

void writeDeviceOptions(sdbus::Message& message, const EventFilter& filter) {
    message.openContainer("{sv}");
    writeGlobs(message, names::option::Subsystems, filter.subsystems);
    writeGlobs(message, names::option::Objects, filter.objects);
    writeGlobs(message, names::option::Properties, filter.properties);
    message.closeContainer();
}

} // namespace client
} // namespace keventd
