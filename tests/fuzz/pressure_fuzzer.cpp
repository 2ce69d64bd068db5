// Whatever a file of pressure holds, what is read of it are percentages.
#include "daemon/sources/pressure_file.h"
#include "tests/fuzz/fuzz_input.h"

#include <string_view>

namespace {

void requirePercentages(const keventd::Pressure& pressure) {
    for (const std::string& text : {pressure.avg10, pressure.avg60, pressure.avg300}) {
        keventd::fuzz::require(!text.empty() && text.find_first_not_of("0123456789.") == std::string::npos,
                               "an average is a number");
    }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const keventd::PressureFile file = keventd::parsePressure({reinterpret_cast<const char*>(data), size});
    if (file.some) requirePercentages(*file.some);
    if (file.full) requirePercentages(*file.full);
    return 0;
}
