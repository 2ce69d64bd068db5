// Runs a fuzz target over files, without libFuzzer: NAME-replay FILE-OR-DIRECTORY…
#include "tests/fuzz/fuzz_input.h"

#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace {

namespace fs = std::filesystem;

void replay(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw fs::filesystem_error("open", file, std::make_error_code(std::errc::io_error));
    std::printf("%s\n", file.c_str());
    std::fflush(stdout); // the last name printed is the one that crashed
    // A copy of exactly its size, so that the address sanitizer sees a read beyond its end.
    const std::vector<char> read(std::istreambuf_iterator<char>(in), {});
    const std::vector<std::uint8_t> bytes(read.begin(), read.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

int replayAll(const fs::path& path) {
    if (!fs::is_directory(path)) {
        replay(path);
        return 1;
    }
    int count = 0;
    for (const auto& entry : fs::directory_iterator(path)) count += replayAll(entry.path());
    return count;
}

} // namespace

int main(int argc, char* argv[]) {
    int count = 0;
    try {
        for (int i = 1; i < argc; ++i) count += replayAll(argv[i]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    std::printf("%d inputs\n", count);
    return count > 0 ? 0 : 1;
}
