#include "daemon/sources/udev_landing.h"

#include "daemon/base/assert.h"
#include "daemon/base/errors.h"
#include "daemon/sources/netlink_socket.h"

#include <cerrno>
#include <cstring>
#include <new>

namespace keventd {

UdevLanding::UdevLanding(std::span<std::byte> memory)
    : message_(std::launder(reinterpret_cast<Message*>(memory.data()))) {
    KEVENTD_ASSERT(memory.size() >= bytes());
}

// An error that waits on the socket (ENOBUFS) is taken off it by this, and is no message.
bool UdevLanding::peek(int fd) {
    forget();
    iovec payload{message_->payload, sizeof message_->payload};
    for (;;) {
        msghdr header{};
        header.msg_name = &message_->from;
        header.msg_namelen = sizeof message_->from;
        header.msg_iov = &payload;
        header.msg_iovlen = 1;
        header.msg_control = message_->control;
        header.msg_controllen = sizeof message_->control;
        const ssize_t length = recvmsg(fd, &header, MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC);
        if (length >= 0) {
            message_->controlBytes = header.msg_controllen;
            if (static_cast<std::size_t>(length) <= MaxBytes)
                message_->bytesAndOne.store(static_cast<std::uint64_t>(length) + 1);
            return true;
        }
        if (errno == EAGAIN) return false;
        if (errno != ENOBUFS && errno != EINTR) throwError("read udev socket", errno);
    }
}

std::optional<std::span<const char>> UdevLanding::message() const {
    const auto bytesAndOne = message_->bytesAndOne.load();
    if (!bytesAndOne || *bytesAndOne == 0 || *bytesAndOne - 1 > MaxBytes) return std::nullopt;
    if (!isOfRoot()) return std::nullopt;
    return std::span<const char>(message_->payload, *bytesAndOne - 1);
}

void UdevLanding::forget() {
    message_->bytesAndOne.store(0);
}

// As libudev trusts it: to the group of udev, by a process of root.
bool UdevLanding::isOfRoot() const {
    if (message_->from.nl_groups != channel::UdevEvents.groups) return false;
    if (message_->controlBytes > sizeof message_->control) return false;
    msghdr header{};
    header.msg_control = message_->control;
    header.msg_controllen = message_->controlBytes;
    for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr;
         control = CMSG_NXTHDR(&header, control)) {
        if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_CREDENTIALS) continue;
        ucred credentials{};
        std::memcpy(&credentials, CMSG_DATA(control), sizeof credentials);
        return credentials.uid == 0;
    }
    return false;
}

} // namespace keventd
