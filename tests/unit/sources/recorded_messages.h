// Datagrams of generic netlink as kernels sent them (tests/system/record_messages.py), each a file of the
// fuzz target's corpus whose name says what had been done, and to which version of Linux.
#pragma once

#include "tests/support/temporary_directory.h"

#include <gtest/gtest.h>
#include <string>

namespace keventd::test {

[[nodiscard]] inline std::string recorded(const std::string& name) {
    std::string bytes = readFile(GENERIC_MESSAGES + name);
    EXPECT_FALSE(bytes.empty()) << name;
    return bytes;
}

} // namespace keventd::test
