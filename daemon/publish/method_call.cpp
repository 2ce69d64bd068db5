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
        static RateLimit limit;
        logWarning(text("method call failed: ", failure.what(), ", telling the caller"), limit);
        return sd_bus_error_set(error, SD_BUS_ERROR_FAILED, "internal error, see the log of keventd");
    }
}

bool answerLater(sd_bus_message* call, const std::function<void()>& handler) noexcept {
    sd_bus_error error = SD_BUS_ERROR_NULL;
    const bool isServed = answerCall(handler, &error) >= 0;
    // Who does not hear of it has gone.
    if (!isServed) sd_bus_reply_method_error(call, &error);
    sd_bus_error_free(&error);
    return isServed;
}

int checkRead(int result) {
    // EBUSY: an array ends elsewhere than its length says.
    if (result == -EBADMSG || result == -ENXIO || result == -EBUSY)
        throw BusError(SD_BUS_ERROR_INVALID_ARGS, "malformed arguments");
    return checkResult(result, "read call");
}

void checkSent(int result, const char* what) {
    if (result == -ENOTCONN || result == -ECONNRESET || result == -EPIPE || result == -ESHUTDOWN) return;
    checkResult(result, what);
}

BusMessageHandle newReply(sd_bus_message* call) {
    sd_bus_message* reply = nullptr;
    checkResult(sd_bus_message_new_method_return(call, &reply), "reply");
    return BusMessageHandle(reply);
}

void sendReply(const BusMessageHandle& reply) {
    checkSent(sd_bus_send(nullptr, reply.get(), nullptr), "reply");
}

} // namespace keventd
