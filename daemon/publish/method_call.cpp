#include "daemon/publish/method_call.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/publish/bus_error.h"

#include <cerrno>
#include <exception>

namespace keventd {

int answerCall(const std::function<void()>& handler, sd_bus_error* error) noexcept {
    try {
        handler();
        return 1;
    } catch (const BusError& refused) {
        return sd_bus_error_set(error, refused.name(), refused.what());
    } catch (const std::exception& failure) {
        logError(text("method call failed: ", failure.what(), ", telling the caller"));
        return sd_bus_error_set(error, SD_BUS_ERROR_FAILED, "internal error, see the log of keventd");
    }
}

void checkSent(int result, const char* what) {
    if (result == -ENOTCONN || result == -ECONNRESET || result == -EPIPE || result == -ESHUTDOWN) return;
    checkResult(result, what);
}

} // namespace keventd
