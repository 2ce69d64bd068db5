// What is wrong with the command line, in one line that names it.
#pragma once

#include <stdexcept>

namespace keventd::ctl {

class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

} // namespace keventd::ctl
