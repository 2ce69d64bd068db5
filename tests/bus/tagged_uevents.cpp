#include "tests/bus/tagged_uevents.h"

#include "daemon/base/unique_fd.h"
#include "keventd/names.h"

#include <cerrno>
#include <fcntl.h>
#include <numeric>
#include <system_error>
#include <unistd.h>

namespace keventd::test {

std::string TaggedUevents::whyImpossible() {
    std::string reason;
    return canWriteUevents(reason) ? std::string() : reason;
}

void TaggedUevents::write(const std::string& action, const std::string& device) {
    const std::string path = "/sys" + objectOf(device) + "/uevent";
    const UniqueFd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    const std::string text = action + " " + uuid_ + " N=" + std::to_string(++written_) + padding_;
    if (!file || ::write(file.get(), text.data(), text.size()) < 0) {
        throw std::system_error(errno, std::generic_category(), "write to " + path);
    }
}

void TaggedUevents::writeMany(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) write();
}

Wanted TaggedUevents::wanted() const {
    Wanted wanted;
    wanted.filters[names::option::Properties] = {term()};
    return wanted;
}

std::vector<std::uint64_t> numbersOf(const std::vector<Event>& events) {
    std::vector<std::uint64_t> numbers;
    for (const Event& event : events) numbers.push_back(numberOf(event));
    return numbers;
}

std::vector<std::uint64_t> sequence(std::uint64_t first, std::uint64_t last) {
    std::vector<std::uint64_t> numbers(last + 1 - first);
    std::iota(numbers.begin(), numbers.end(), first);
    return numbers;
}

} // namespace keventd::test
