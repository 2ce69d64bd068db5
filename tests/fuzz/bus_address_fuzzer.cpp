// D-Bus addresses: a path of any bytes comes out of its address again, and where a text leads to a socket, it
// is an address.
#include "dbus/bus_address.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using keventd::fuzz::require;

void checkAsValue(const std::string& value) {
    const std::string escaped = keventd::escapeAddressValue(value);
    require(escaped.find_first_of(",;=: ") == std::string::npos, "what has a meaning is escaped");
    require(keventd::isBusAddress(keventd::addressOfSocket(value)), "the address of a socket is one");
    require(keventd::findSocketName(keventd::addressOfSocket(value)) == value, "a path is found again");
    require(keventd::findSocketName("unix:guid=00,abstract=" + escaped) == '\0' + value, "so is a name");
}

void checkAsAddress(const std::string& text) {
    const bool isAddress = keventd::isBusAddress(text);
    require(keventd::isBusAddress("tcp:host=a,port=1;" + text) == (isAddress || text.empty()),
            "a list of addresses is as good as each of them");
    if (keventd::findSocketName(text)) require(isAddress, "only an address leads to a socket");
    if (isAddress) require(!keventd::findSocketName(text + ";tcp:port=1"), "a list leads to no one socket");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    checkAsValue(text);
    checkAsAddress(text);
    return 0;
}
