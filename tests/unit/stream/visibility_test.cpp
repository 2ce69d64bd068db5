// Who may see an event.

#include "daemon/stream/visibility.h"

#include <gtest/gtest.h>

namespace keventd::test {
namespace {

TEST(Visibility, EverybodyMaySeeDevices) {
    for (const char* source : {names::source::Kernel, names::source::Udev, names::source::Keventd})
        EXPECT_TRUE(isPublic({.source = source})) << source;
}

TEST(Visibility, NotEverybodyMaySeeQuotas) {
    EXPECT_FALSE(isPublic({.source = "quota"}));
}

} // namespace
} // namespace keventd::test
