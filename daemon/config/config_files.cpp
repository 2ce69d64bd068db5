#include "daemon/config/config_files.h"

#include "daemon/base/errors.h"
#include "daemon/base/text.h"
#include "daemon/base/unique_fd.h"
#include "daemon/config/config_parser.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <unistd.h>

namespace keventd {
namespace {

namespace fs = std::filesystem;

// Whoever writes more has named the wrong file: /dev/zero has no end.
constexpr std::size_t MaxFileBytes = 1024 * 1024;
constexpr std::size_t MaxComplaints = 10;

// Does not wait, whatever the file is: it is read by a daemon that runs, too.
/// @throws FatalError without the name of the file
std::string read(const std::string& path) {
    const UniqueFd file(checkErrno(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), "open"));
    std::string contents;
    std::array<char, 4096> buffer{};
    while (true) {
        const ssize_t length = ::read(file.get(), buffer.data(), buffer.size());
        if (length < 0 && errno == EINTR) continue;
        if (length < 0) throwError("read", errno);
        if (length == 0) return contents;
        contents.append(buffer.data(), static_cast<std::size_t>(length));
        if (contents.size() > MaxFileBytes) throw FatalError(text("more than ", MaxFileBytes, " bytes"));
    }
}

void take(const std::string& path, LoadedConfig& loaded) {
    loaded.files.push_back(path);
    try {
        for (std::string& complaint : parseConfig(read(path), path, loaded.settings))
            loaded.complaints.push_back(std::move(complaint));
    } catch (const FatalError& error) {
        loaded.complaints.push_back(text(path, ": ", error.what()));
    }
}

bool isThere(const std::string& path) {
    return access(path.c_str(), F_OK) == 0 || errno != ENOENT;
}

// A directory that is not there is no mistake.
std::map<std::string, std::string> findDropIns(const ConfigPlaces& places, LoadedConfig& loaded) {
    std::map<std::string, std::string> byName;
    for (const std::string& directory : places.dropInDirectories) {
        std::error_code error;
        for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
             entry.increment(error)) {
            const fs::path& path = entry->path();
            if (path.extension() == ".toml") byName.try_emplace(path.filename().string(), path.string());
        }
        if (error && error != std::errc::no_such_file_or_directory) {
            loaded.complaints.push_back(text(directory, ": ", error.message()));
        }
    }
    return byName;
}

void clip(std::vector<std::string>& complaints) {
    if (complaints.size() <= MaxComplaints) return;
    const std::size_t more = complaints.size() - MaxComplaints;
    complaints.resize(MaxComplaints);
    complaints.push_back(text("and ", more, " more mistakes in the configuration"));
}

} // namespace

ConfigPlaces ConfigPlaces::standard() {
    return {.file = "/etc/keventd/keventd.toml",
            .mayBeMissing = true,
            .dropInDirectories = {"/etc/keventd/keventd.toml.d", "/run/keventd/keventd.toml.d",
                                  "/usr/lib/keventd/keventd.toml.d"}};
}

ConfigPlaces ConfigPlaces::of(const std::string& file) {
    return {.file = file, .mayBeMissing = false, .dropInDirectories = {file + ".d"}};
}

LoadedConfig loadConfig(const ConfigPlaces& places) {
    LoadedConfig loaded;
    if (!places.mayBeMissing || isThere(places.file)) take(places.file, loaded);
    for (const auto& [name, path] : findDropIns(places, loaded)) take(path, loaded);
    clip(loaded.complaints);
    return loaded;
}

} // namespace keventd
