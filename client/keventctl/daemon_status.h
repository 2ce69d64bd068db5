// What the daemon says about itself, at one time: a plain value.
#pragma once

#include "client/lib/client.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace keventd::ctl {

struct DaemonStatus {
    std::string version;
    std::string stream;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::vector<SourceState> sources;
    std::map<std::string, std::uint64_t> statistics;
};

} // namespace keventd::ctl
