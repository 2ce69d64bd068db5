#include "daemon/sources/landing_area.h"

#include "daemon/base/assert.h"
#include "daemon/base/errors.h"

#include <algorithm>
#include <cerrno>

namespace keventd {

std::size_t LandingArea::bytes() {
    return Slots * (sizeof(mmsghdr) + sizeof(Slot));
}

LandingArea::LandingArea(std::span<std::byte> memory)
    : headers_(reinterpret_cast<mmsghdr*>(memory.data()), Slots),
      slots_(reinterpret_cast<Slot*>(memory.data() + headers_.size_bytes()), Slots), vectors_(Slots) {
    KEVENTD_ASSERT(memory.size() >= bytes());
    landed_ = countLanded();
    for (std::size_t i = 0; i < landed_; ++i) headers_[i].msg_hdr.msg_control = slots_[i].control;
    prepare(landed_, Slots);
}

// Of memory that may be anything; one that was never prepared is zero.
std::size_t LandingArea::countLanded() const {
    const auto hasLanded = [](const mmsghdr& header) {
        return header.msg_hdr.msg_iovlen == 1 && header.msg_len <= sizeof(Slot::payload) &&
               header.msg_hdr.msg_controllen <= sizeof(Slot::control);
    };
    return static_cast<std::size_t>(std::find_if_not(headers_.begin(), headers_.end(), hasLanded) -
                                    headers_.begin());
}

void LandingArea::prepare(std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
        vectors_[i] = {slots_[i].payload, sizeof slots_[i].payload};
        headers_[i] = {.msg_hdr = {}, .msg_len = NothingLanded};
        msghdr& header = headers_[i].msg_hdr;
        header.msg_name = &slots_[i].from;
        header.msg_namelen = sizeof slots_[i].from;
        header.msg_iov = &vectors_[i];
        header.msg_iovlen = 1;
        header.msg_control = slots_[i].control;
        header.msg_controllen = sizeof slots_[i].control;
    }
}

// recvmmsg() overwrites what it was given; only the slots that it used need this again.
void LandingArea::forget() {
    prepare(0, landed_);
    landed_ = 0;
}

ReceiveResult LandingArea::receive(int fd) {
    forget();
    const int count = recvmmsg(fd, headers_.data(), Slots, MSG_DONTWAIT, nullptr);
    if (count >= 0) {
        landed_ = static_cast<std::size_t>(count);
        return landed_ == Slots ? ReceiveResult::Some : ReceiveResult::Drained;
    }
    switch (errno) {
    case EAGAIN:
        return ReceiveResult::Drained;
    case EINTR:
        return ReceiveResult::Some;
    case ENOBUFS:
        return ReceiveResult::Overrun;
    default:
        throwError("receive uevents", errno);
    }
}

Datagram LandingArea::at(std::size_t index) const {
    const mmsghdr& received = headers_[index];
    auto& header = const_cast<msghdr&>(received.msg_hdr); // CMSG_NXTHDR takes no const
    Datagram datagram{.payload = {slots_[index].payload, received.msg_len},
                      .senderPort = slots_[index].from.nl_pid,
                      .credentials = nullptr,
                      .truncated = (header.msg_flags & MSG_TRUNC) != 0};
    for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr;
         control = CMSG_NXTHDR(&header, control)) {
        if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_CREDENTIALS) {
            datagram.credentials = reinterpret_cast<const ucred*>(CMSG_DATA(control));
        }
    }
    return datagram;
}

} // namespace keventd
