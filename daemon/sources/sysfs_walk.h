// A way through the devices of sysfs that can be gone in pieces: by its classes and buses, a directory or a
// link to a device at each step. A machine may have 50,000 devices, which take too long for one turn.
#pragma once

#include <dirent.h>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace keventd {

class SysfsWalk {
public:
    using Visitor = std::function<void(std::string devpath, const std::string& subsystem)>;

    /// @param root  of sysfs, borrowed until the end of the walk; where it is -1, nothing is met
    explicit SysfsWalk(int root) : root_(root) {}

    /// Goes on by a step. On the whole way, every device is met that is there from its beginning to its end,
    /// perhaps twice, and of those that come or go meanwhile some: in no order, and without a look at the
    /// devices themselves.
    /// @return false if the walk had ended
    [[nodiscard]] bool step(const Visitor& visit);

private:
    struct CloseDirectory {
        void operator()(DIR* directory) const { closedir(directory); }
    };
    using DirectoryHandle = std::unique_ptr<DIR, CloseDirectory>;
    /// A directory that has links to the devices of a class or a bus.
    struct Links {
        std::string path;
        std::string subsystem;
    };

    void begin();
    void visitNextLink(const Visitor& visit);
    [[nodiscard]] DirectoryHandle openDirectory(const std::string& path) const;
    [[nodiscard]] std::vector<std::string> namesIn(const std::string& path) const;

    int root_;
    bool hasBegun_ = false;
    std::vector<Links> left_;
    Links links_;               // which are being read
    DirectoryHandle directory_; // of these; nothing between two of them
};

} // namespace keventd
