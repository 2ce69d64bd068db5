// Whatever a table of mounts holds, what is read of it can be compared, told and read back.
#include "daemon/sources/mount_event.h"
#include "tests/fuzz/fuzz_input.h"

#include <string_view>

namespace {

using keventd::fuzz::require;

// The last change of each mount leaves the table as it is.
void requireTold(const keventd::MountTable& table) {
    keventd::MountTable followed;
    for (const keventd::MountChange& change : keventd::compareMounts({}, table)) {
        const keventd::Event event = keventd::mountEvent(change);
        keventd::applyMountEvent(followed, keventd::viewOf(event));
    }
    require(followed.size() == table.size(), "every mount is told, once");
    require(keventd::compareMounts(followed, table).empty(), "what is told is what is there");
}

} // namespace

// The text before the first NUL is what was there, that behind it what is there now.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t middle = std::min(text.find('\0'), text.size());
    const auto before = keventd::parseMountinfo(text.substr(0, middle));
    const auto after = keventd::parseMountinfo(text.substr(std::min(middle + 1, text.size())));
    if (!before || !after) return 0;
    for (const auto& [id, mount] : after->table) {
        require(id > 0 && id == mount.id, "a mount has its id");
        require(!mount.mountpoint.empty(), "a mount has its place");
    }
    requireTold(after->table);

    keventd::MountTable followed = before->table;
    for (const keventd::MountChange& change : keventd::compareMounts(before->table, after->table)) {
        const keventd::Event event = keventd::mountEvent(change);
        keventd::applyMountEvent(followed, keventd::viewOf(event));
    }
    require(keventd::compareMounts(followed, after->table).empty(),
            "changes lead from one table to the other");
    return 0;
}
