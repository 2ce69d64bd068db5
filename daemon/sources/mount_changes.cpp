#include "daemon/sources/mount_changes.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <unordered_map>

namespace keventd {
namespace {

/// How many mounts each mount of a table stands on: each is looked at once.
class Depths {
public:
    explicit Depths(const MountTable& table) : table_(table) {}

    [[nodiscard]] std::size_t of(const Mount& mount) {
        // Down to one whose depth is known, or which stands on none; then back up. A parent counts as known
        // once it was met: a table that goes in a circle, which the kernel does not have, ends there.
        std::vector<int> above;
        const Mount* at = &mount;
        while (at != nullptr && depths_.try_emplace(at->id, 0).second) {
            above.push_back(at->id);
            at = table_.find(at->parent);
        }
        std::size_t depth = at == nullptr ? 0 : depths_[at->id] + 1;
        for (auto id = above.rbegin(); id != above.rend(); ++id) depths_[*id] = depth++;
        return depths_[mount.id];
    }

private:
    const MountTable& table_;
    std::unordered_map<int, std::size_t> depths_;
};

bool isSamePlace(const Mount& before, const Mount& after) {
    return before.parent == after.parent && before.mountpoint == after.mountpoint;
}

bool hasSameOptions(const Mount& before, const Mount& after) {
    return before.options == after.options && before.superOptions == after.superOptions;
}

std::optional<MountChangeKind> changeOf(const Mount* before, const Mount& after) {
    if (before == nullptr || !isSameMount(*before, after)) return MountChangeKind::Mounted;
    if (!isSamePlace(*before, after)) return MountChangeKind::Moved;
    if (!hasSameOptions(*before, after)) return MountChangeKind::Remounted;
    return std::nullopt;
}

std::vector<MountChange> findUmounted(const MountTable& before, const MountTable& after) {
    std::vector<MountChange> changes;
    for (const auto& [id, mount] : before) {
        const Mount* now = after.find(id);
        if (now == nullptr || !isSameMount(mount, *now))
            changes.push_back({MountChangeKind::Umounted, &mount, nullptr});
    }
    Depths depths(before);
    std::stable_sort(changes.begin(), changes.end(), [&](const MountChange& left, const MountChange& right) {
        return depths.of(*left.before) > depths.of(*right.before);
    });
    return changes;
}

std::vector<MountChange> findOthers(const MountTable& before, const MountTable& after) {
    std::vector<MountChange> changes;
    for (const auto& [id, mount] : after) {
        const Mount* was = before.find(id);
        const auto kind = changeOf(was, mount);
        if (kind) changes.push_back({*kind, *kind == MountChangeKind::Mounted ? nullptr : was, &mount});
    }
    Depths depths(after);
    std::stable_sort(changes.begin(), changes.end(), [&](const MountChange& left, const MountChange& right) {
        return depths.of(*left.after) < depths.of(*right.after);
    });
    return changes;
}

} // namespace

bool isSameMount(const Mount& before, const Mount& after) {
    const bool isSameFileSystem =
        before.major == after.major && before.minor == after.minor && before.fstype == after.fstype;
    const bool samePlace = isSamePlace(before, after);
    const bool sameRoot = before.root == after.root;
    if (!isSameFileSystem || (samePlace && sameRoot)) return isSameFileSystem;
    return (samePlace || sameRoot) && before.source == after.source && hasSameOptions(before, after);
}

std::vector<MountChange> compareMounts(const MountTable& before, const MountTable& after) {
    std::vector<MountChange> changes = findUmounted(before, after);
    const std::vector<MountChange> others = findOthers(before, after);
    changes.insert(changes.end(), others.begin(), others.end());
    return changes;
}

} // namespace keventd
