// One attribute of sysfs, open: its value, and whether it is still the one that its name leads to.
//
// The daemon may be root, so that what everybody may read is decided here, as the kernel decides it for
// others: every directory on the way may be searched by all, and the file be read by all. On the way nothing
// is a link, so that the place is the one that is named, and a file is what the kernel makes for a plain
// attribute: as long as a page, whatever is in it (sysfs_add_file_mode_ns() in fs/sysfs/file.c). The length
// of a binary attribute is that of its contents.
//
// There is no reading of sysfs that would not wait for the driver: O_NONBLOCK says nothing there. Most answer
// from memory; one that asks slow hardware keeps the daemon that long.
#pragma once

#include "daemon/base/unique_fd.h"
#include "daemon/sources/attribute_name.h"

#include <string>
#include <sys/types.h>
#include <variant>

namespace keventd {

/// Why an attribute cannot be watched.
struct RefusedAttribute {
    enum class Kind {
        Missing,      ///< nothing is there
        NotPermitted, ///< not everybody may read it
        NotSuitable,  ///< something is there, but no attribute that could be watched
        Failed        ///< cannot be told now: no memory, no descriptors
    };
    Kind kind;
    std::string reason; ///< for a person, without the name
};

/// What reading has brought.
struct AttributeValue {
    int error = 0;    ///< errno of a reading that failed: ENODEV if the attribute has been taken away
    std::string text; ///< as it is there, but for one newline at its end; at most a page
};

class AttributeFile {
public:
    [[nodiscard]] int fd() const { return file_.get(); }
    /// @return as of its device's directory; empty if that belongs to none
    [[nodiscard]] const std::string& subsystem() const { return subsystem_; }
    /// Reads it from its beginning, which also takes notice of what the kernel has notified until then.
    [[nodiscard]] AttributeValue read() const;

private:
    friend class AttributeFiles;
    AttributeFile(UniqueFd file, ino_t inode, std::string subsystem)
        : file_(std::move(file)), inode_(inode), subsystem_(std::move(subsystem)) {}

    UniqueFd file_;
    ino_t inode_;
    std::string subsystem_;
};

/// Where attributes are found.
class AttributeFiles {
public:
    /// @param root        where sysfs is mounted
    /// @param fileSystem  f_type of what may be opened (statfs(2)); 0: SYSFS_MAGIC
    explicit AttributeFiles(const char* root = "/sys", long fileSystem = 0);

    /// @return whether anything can be found
    [[nodiscard]] bool areThere() const { return static_cast<bool>(root_); }
    /// Opens one that everybody may read. It is not read.
    [[nodiscard]] std::variant<AttributeFile, RefusedAttribute> open(const AttributeName& name) const;
    /// @return false if the name does not lead to this file any more: it has been taken away or moved, or
    ///         there is another one in its place
    [[nodiscard]] bool isAt(const AttributeName& name, const AttributeFile& file) const;

private:
    UniqueFd root_;
    long fileSystem_;
};

} // namespace keventd
