#include "daemon/sources/attribute_file.h"

#include "daemon/base/errors.h"
#include "daemon/base/text.h"
#include "daemon/sources/read_link.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <linux/magic.h>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>
#include <utility>

namespace keventd {
namespace {

using Kind = RefusedAttribute::Kind;

RefusedAttribute refusedFor(int error) {
    if (isAbsence(error)) return {Kind::Missing, "there is none"};
    if (error == EACCES || error == EPERM) return {Kind::NotPermitted, "not everybody may read it"};
    return {Kind::Failed, errorText(error)};
}

std::size_t pageBytes() {
    static const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return bytes;
}

// ENOTDIR is said of a link, too.
RefusedAttribute whyNoDirectory(int parent, const char* part, int error) {
    struct stat found {};
    const bool isThere = fstatat(parent, part, &found, AT_SYMLINK_NOFOLLOW) == 0;
    if (isThere && S_ISLNK(found.st_mode))
        return {Kind::NotSuitable, text("'", part, "' is a link; name the place that it leads to")};
    return refusedFor(error);
}

/// @param path  "a/b", or "": the directory itself
/// @return the directory that it leads to from there, without a link
std::variant<UniqueFd, RefusedAttribute> walk(UniqueFd directory, std::string_view path) {
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string part(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
        UniqueFd next(openat(directory.get(), part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!next) return whyNoDirectory(directory.get(), part.c_str(), errno);
        struct stat found {};
        if (fstat(next.get(), &found) < 0) return refusedFor(errno);
        if ((found.st_mode & S_IXOTH) == 0) return refusedFor(EACCES);
        directory = std::move(next);
    }
    return directory;
}

/// The directory of the object, and that of the file.
struct Place {
    UniqueFd object;
    UniqueFd directory;
    std::string file;
};

std::variant<Place, RefusedAttribute> findPlace(int root, const AttributeName& name) {
    UniqueFd start(openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!start) return refusedFor(errno);
    auto object = walk(std::move(start), std::string_view(name.object).substr(1));
    if (auto* refused = std::get_if<RefusedAttribute>(&object)) return std::move(*refused);
    UniqueFd& of = std::get<UniqueFd>(object);
    UniqueFd from(openat(of.get(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!from) return refusedFor(errno);
    const std::size_t slash = name.attribute.rfind('/');
    const bool isInGroup = slash != std::string::npos;
    auto group = walk(std::move(from),
                      isInGroup ? std::string_view(name.attribute).substr(0, slash) : std::string_view());
    if (auto* refused = std::get_if<RefusedAttribute>(&group)) return std::move(*refused);
    return Place{std::move(of), std::move(std::get<UniqueFd>(group)),
                 isInGroup ? name.attribute.substr(slash + 1) : name.attribute};
}

// To read a file `uevent` may ask hardware (power_supply), and what changes it says sends an event anyway.
// `config` are the registers of a PCI device, as long as a page if it is of PCI Express: root gets more of
// them than others, and some chips do not bear that (pci_read_config() in drivers/pci/pci-sysfs.c).
std::optional<RefusedAttribute> whyUnsuitable(const struct stat& found, std::string_view file) {
    if (S_ISLNK(found.st_mode)) return RefusedAttribute{Kind::NotSuitable, "it is a link"};
    if (S_ISDIR(found.st_mode)) return RefusedAttribute{Kind::NotSuitable, "it is a directory"};
    if (!S_ISREG(found.st_mode)) return RefusedAttribute{Kind::NotSuitable, "it is no file"};
    if ((found.st_mode & S_IROTH) == 0) return refusedFor(EACCES);
    if (file == "uevent") return RefusedAttribute{Kind::NotSuitable, "events tell of it"};
    if (file == "config" || std::cmp_not_equal(found.st_size, pageBytes()))
        return RefusedAttribute{Kind::NotSuitable, "it is binary, or no attribute of sysfs"};
    return std::nullopt;
}

bool isOn(int fd, long fileSystem) {
    struct statfs found {};
    return fstatfs(fd, &found) == 0 && static_cast<long>(found.f_type) == fileSystem;
}

std::string subsystemOf(int object) {
    const auto link = readLink(object, "subsystem");
    return link ? link->substr(link->rfind('/') + 1) : "";
}

} // namespace

AttributeValue AttributeFile::read() const {
    AttributeValue value;
    value.text.resize(pageBytes());
    const ssize_t length = pread(file_.get(), value.text.data(), value.text.size(), 0);
    if (length < 0) value.error = errno;
    value.text.resize(static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
    if (value.text.ends_with('\n')) value.text.pop_back();
    return value;
}

AttributeFiles::AttributeFiles(const char* root, long fileSystem)
    : root_(::open(root, O_PATH | O_DIRECTORY | O_CLOEXEC)),
      fileSystem_(fileSystem == 0 ? SYSFS_MAGIC : fileSystem) {
    struct stat found {};
    if (root_ && (fstat(root_.get(), &found) < 0 || (found.st_mode & S_IXOTH) == 0)) root_.reset();
}

std::variant<AttributeFile, RefusedAttribute> AttributeFiles::open(const AttributeName& name) const {
    if (const char* reason = whyMalformed(name); *reason != '\0')
        return RefusedAttribute{Kind::NotSuitable, reason};
    auto place = findPlace(root_.get(), name);
    if (auto* refused = std::get_if<RefusedAttribute>(&place)) return std::move(*refused);
    const auto& [object, directory, file] = std::get<Place>(place);
    struct stat found {};
    if (fstatat(directory.get(), file.c_str(), &found, AT_SYMLINK_NOFOLLOW) < 0) return refusedFor(errno);
    if (auto refused = whyUnsuitable(found, file)) return std::move(*refused);
    UniqueFd opened(openat(directory.get(), file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!opened) return refusedFor(errno);
    if (!isOn(opened.get(), fileSystem_)) return RefusedAttribute{Kind::NotSuitable, "it is not in sysfs"};
    return AttributeFile(std::move(opened), found.st_ino, subsystemOf(object.get()));
}

bool AttributeFiles::isAt(const AttributeName& name, const AttributeFile& file) const {
    const auto place = findPlace(root_.get(), name);
    if (const auto* refused = std::get_if<RefusedAttribute>(&place)) return refused->kind == Kind::Failed;
    const auto& [object, directory, last] = std::get<Place>(place);
    struct stat found {};
    if (fstatat(directory.get(), last.c_str(), &found, AT_SYMLINK_NOFOLLOW) < 0) return !isAbsence(errno);
    return found.st_ino == file.inode_;
}

} // namespace keventd
