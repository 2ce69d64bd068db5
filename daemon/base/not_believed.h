// Why what an earlier process left behind is not taken up.
#pragma once

#include <string>

namespace keventd {

struct NotBelieved {
    std::string reason; ///< for the log, after the name of the file: "from another boot"
};

} // namespace keventd
