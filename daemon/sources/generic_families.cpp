#include "daemon/sources/generic_families.h"

#include "daemon/base/unique_fd.h"

#include <array>
#include <linux/netlink.h>
#include <span>
#include <sys/socket.h>
#include <variant>

namespace keventd {
namespace {

// A family's description has its operations and groups: less than a page.
constexpr std::size_t MaxAnswer = 16 * 1024;
constexpr std::uint32_t Sequence = 1;

std::optional<GenericFamily> familyIn(std::span<const char> datagram) {
    GenericMessages messages(datagram);
    while (const auto message = messages.next()) {
        const auto* generic = std::get_if<GenericMessage>(&*message);
        if (generic == nullptr || generic->family != ControlFamily) continue;
        auto parsed = parseControlMessage(*generic);
        if (auto* control = std::get_if<ControlMessage>(&parsed)) return std::move(control->family);
    }
    return std::nullopt;
}

} // namespace

std::optional<GenericFamily> findFamily(std::string_view name) {
    const UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_GENERIC));
    const auto request = familyRequest(name, Sequence);
    if (!fd || send(fd.get(), request.data(), request.size(), 0) < 0) return std::nullopt;
    alignas(nlmsghdr) std::array<char, MaxAnswer> answer{};
    const ssize_t length = recv(fd.get(), answer.data(), answer.size(), 0);
    if (length <= 0) return std::nullopt;
    return familyIn({answer.data(), static_cast<std::size_t>(length)});
}

} // namespace keventd
