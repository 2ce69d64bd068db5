// The state directory: who holds it is the one daemon that uses it.
#pragma once

#include "daemon/base/unique_fd.h"

#include <string>

namespace keventd {

class StateDirectory {
public:
    /// Makes the directory if it is missing (not its parents), and locks it until the end of the process,
    /// however that comes.
    /// @throws FatalError if it cannot be written, or is held by another daemon, which is named
    explicit StateDirectory(const std::string& path);

private:
    UniqueFd lock_;
};

/// Makes a directory that everybody may enter, unless it is there.
/// @throws FatalError
void makeDirectory(const std::string& path);

} // namespace keventd
