#include "daemon/hotplug/payload.h"

#include <cstring>
#include <string_view>

namespace keventd::spool {
namespace {

/// Appends to the place as long as there is room; afterwards says that there was not.
class Writer {
public:
    explicit Writer(std::span<char, MaxPayload> place) : place_(place) {}

    void add(std::string_view text) {
        if (text.size() > place_.size() - used_) {
            isFull_ = true;
            return;
        }
        std::memcpy(place_.data() + used_, text.data(), text.size());
        used_ += text.size();
    }
    void end() { add(std::string_view("\0", 1)); }

    [[nodiscard]] std::size_t written() const { return isFull_ ? 0 : used_; }

private:
    std::span<char, MaxPayload> place_;
    std::size_t used_ = 0;
    bool isFull_ = false;
};

bool isWithinBounds(const char* const* environment) {
    std::size_t bytes = 0;
    std::size_t keys = 0;
    for (; *environment != nullptr; ++environment) {
        bytes += strnlen(*environment, MaxEnvironmentBytes) + 1;
        if (++keys > MaxEnvironmentKeys || bytes > MaxEnvironmentBytes) return false;
    }
    return true;
}

// @return what stands behind "KEY="; nullptr if there is no such key
const char* find(const char* const* environment, std::string_view key) {
    const char* found = nullptr;
    for (; *environment != nullptr; ++environment) {
        if (std::strncmp(*environment, key.data(), key.size()) == 0 && (*environment)[key.size()] == '=')
            found = *environment + key.size() + 1; // the last one counts, as for all who read uevents
    }
    return found;
}

bool isForHelperOnly(std::string_view variable) {
    return variable.starts_with("HOME=") || variable.starts_with("PATH=");
}

} // namespace

std::size_t writePayload(const char* const* environment, const char* subsystem,
                         std::span<char, MaxPayload> place) {
    if (!isWithinBounds(environment)) return 0;
    const char* action = find(environment, "ACTION");
    const char* devpath = find(environment, "DEVPATH");
    if (action == nullptr || devpath == nullptr) return 0;

    Writer writer(place);
    writer.add(action);
    writer.add("@");
    writer.add(devpath);
    writer.end();
    if (subsystem != nullptr && find(environment, "SUBSYSTEM") == nullptr) {
        writer.add("SUBSYSTEM=");
        writer.add({subsystem, strnlen(subsystem, MaxEnvironmentBytes)});
        writer.end();
    }
    for (; *environment != nullptr; ++environment) {
        if (isForHelperOnly(*environment)) continue;
        writer.add(*environment);
        writer.end();
    }
    return writer.written();
}

} // namespace keventd::spool
