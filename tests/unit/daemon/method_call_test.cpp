// What failed while a call was read: the caller's fault, or ours.

#include "daemon/publish/method_call.h"

#include "daemon/base/errors.h"
#include "daemon/publish/bus_error.h"

#include <cerrno>
#include <gtest/gtest.h>

namespace keventd::test {
namespace {

TEST(CheckRead, PassesOnWhatSucceeded) {
    EXPECT_EQ(checkRead(0), 0);
    EXPECT_EQ(checkRead(1), 1);
}

TEST(CheckRead, BlamesTheCallerForABodyThatIsMalformed) {
    for (const int error : {EBADMSG, ENXIO, EBUSY}) {
        try {
            checkRead(-error);
            ADD_FAILURE() << errorText(error);
        } catch (const BusError& refused) {
            EXPECT_STREQ(refused.name(), SD_BUS_ERROR_INVALID_ARGS) << errorText(error);
        }
    }
}

TEST(CheckRead, BlamesNoCallerForWhatIsOurs) {
    EXPECT_THROW(checkRead(-ENOMEM), FatalError);
}

} // namespace
} // namespace keventd::test
