#include "client/keventctl/answer.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace keventd::ctl {

void printAnswer(const std::string& text) {
    const bool isWritten =
        std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    if (isWritten || errno == EPIPE) return;
    throw std::system_error(errno, std::generic_category(), "cannot write to standard output");
}

} // namespace keventd::ctl
