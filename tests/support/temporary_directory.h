// A directory of one test, removed with everything in it. Others may go through it, to a socket whose name
// they know.
#pragma once

#include <filesystem>
#include <string>

namespace keventd::test {

class TemporaryDirectory {
public:
    TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// @return path of `name` in the directory
    [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

/// @return what is in the file; empty if there is none
[[nodiscard]] std::string readFile(const std::string& path);

} // namespace keventd::test
