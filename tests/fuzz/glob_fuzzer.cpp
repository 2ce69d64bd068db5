// A glob matches what fnmatch(3) matches. Input: a pattern, then texts, a line each.
#include "daemon/stream/glob.h"
#include "tests/fuzz/fuzz_input.h"

#include <fnmatch.h>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    keventd::fuzz::Input input(data, size);
    const std::string pattern = input.text();
    const auto glob = keventd::Glob::parse(pattern);
    if (!glob) return 0;
    while (!input.empty()) {
        const std::string text = input.text();
        keventd::fuzz::require(glob->matches(text.c_str()) ==
                                   (fnmatch(pattern.c_str(), text.c_str(), 0) == 0),
                               "a glob matches what fnmatch(3) matches");
    }
    return 0;
}
