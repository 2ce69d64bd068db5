#include "tests/support/journal_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sched.h>
#include <stdexcept>
#include <string_view>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace keventd::test {
namespace {

constexpr int CannotRun = 127; // as a shell tells it

int check(int result, const char* what) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
    return result;
}

UniqueFd bindDatagramSocket(const std::string& path) {
    UniqueFd fd(check(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "make journal socket"));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    check(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind journal socket");
    return fd;
}

// In a child that has only one thread and may not allocate.
void enter(const char* run, int standardError) {
    const bool isDone =
        unshare(CLONE_NEWNS) == 0 && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
        mount(run, "/run", nullptr, MS_BIND, nullptr) == 0 && dup2(standardError, STDERR_FILENO) >= 0;
    if (!isDone) _exit(CannotRun);
}

// https://systemd.io/JOURNAL_NATIVE_PROTOCOL; of fields with a newline in them, which have another form,
// there are none.
JournalSocket::Entry parse(std::string_view datagram) {
    JournalSocket::Entry entry;
    while (!datagram.empty()) {
        const std::string_view line = datagram.substr(0, datagram.find('\n'));
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) throw std::runtime_error("a field of several lines");
        entry.emplace(line.substr(0, equals), line.substr(equals + 1));
        datagram.remove_prefix(std::min(line.size() + 1, datagram.size()));
    }
    return entry;
}

} // namespace

JournalSocket::JournalSocket() : path_(directory_.path().string()) {
    const std::filesystem::path journal = directory_.path() / "systemd" / "journal"; // as below /run
    std::filesystem::create_directories(journal);
    fd_ = bindDatagramSocket((journal / "socket").string());
    standardError_.reset(check(open(directory_.file("stderr").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600),
                               "make file for stderr"));
}

void JournalSocket::attach(DaemonOptions& options) const {
    struct stat file {};
    check(fstat(standardError_.get(), &file), "look at file for stderr");
    options.environment["JOURNAL_STREAM"] = std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
    options.inChild = [run = path_.c_str(), fd = standardError_.get()] { enter(run, fd); };
}

JournalSocket::Entry JournalSocket::waitForId(const std::string& id, const Deadline& deadline) const {
    return waitForField("MESSAGE_ID", id, deadline);
}

JournalSocket::Entry JournalSocket::waitForText(const std::string& text, const Deadline& deadline) const {
    return waitForField("MESSAGE", text, deadline);
}

JournalSocket::Entry JournalSocket::waitForField(const std::string& name, const std::string& part,
                                                 const Deadline& deadline) const {
    pollfd watched{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    while (poll(&watched, 1, deadline.pollTimeout()) > 0 || !deadline.expired()) {
        Entry entry = receive();
        const auto field = entry.find(name);
        if (field != entry.end() && field->second.find(part) != std::string::npos) return entry;
    }
    return {};
}

JournalSocket::Entry JournalSocket::receive() const {
    std::array<char, 16'384> buffer{};
    const ssize_t length = recv(fd_.get(), buffer.data(), buffer.size(), 0);
    return length > 0 ? parse({buffer.data(), static_cast<std::size_t>(length)}) : Entry{};
}

} // namespace keventd::test
