// Files of sysfs with a property that no test can make: found by a walk.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace keventd::test {

/// Where an attribute is: its object and its name.
using AttributePlace = std::pair<std::string, std::string>;

/// @param isWanted  takes a std::filesystem::directory_entry of a file
/// @param most      to be found
/// @return attributes below /sys/devices for which it says so. Devices may come and go meanwhile
template <typename IsWanted>
std::vector<AttributePlace> findAttributes(IsWanted isWanted, std::size_t most = 8) {
    namespace fs = std::filesystem;
    std::vector<AttributePlace> found;
    std::error_code error;
    fs::recursive_directory_iterator file("/sys/devices", fs::directory_options::skip_permission_denied,
                                          error);
    for (; file != fs::recursive_directory_iterator() && found.size() < most; file.increment(error)) {
        if (file->is_symlink(error) || !file->is_regular_file(error) || !isWanted(*file)) continue;
        const std::string directory = file->path().parent_path().string();
        found.emplace_back(directory.substr(sizeof "/sys" - 1), file->path().filename());
    }
    return found;
}

/// @return attributes that not everybody may read
inline std::vector<AttributePlace> findPrivateAttributes() {
    using std::filesystem::perms;
    return findAttributes([](const std::filesystem::directory_entry& file) {
        std::error_code error;
        return (file.status(error).permissions() & perms::others_read) == perms::none;
    });
}

} // namespace keventd::test
