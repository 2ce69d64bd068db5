// A configuration file of any content: all that is complained of can be logged, and what is not, can be used.
#include "daemon/config/config_parser.h"
#include "dbus/plain_text.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using keventd::fuzz::require;

void checkComplaint(const std::string& complaint) {
    require(complaint.starts_with("file:"), "a complaint begins with the place");
    require(keventd::isPlainText(complaint), "a complaint is one line of plain text");
    require(complaint.size() < 2000, "a complaint is not too long");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view contents(reinterpret_cast<const char*>(data), size);
    keventd::Settings settings;
    const auto complaints = keventd::parseConfig(contents, "file", settings);
    for (const std::string& complaint : complaints) checkComplaint(complaint);
    require(settings.limits.client.window > 0 && settings.limits.user.connections > 0, "limits are in range");
    keventd::Settings again = settings;
    require(keventd::parseConfig(contents, "file", again) == complaints, "the same is said of the same");
    require(again == settings, "a second reading changes nothing");
    return 0;
}
