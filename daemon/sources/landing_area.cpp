#include "daemon/sources/landing_area.h"

#include "daemon/base/assert.h"
#include "daemon/base/errors.h"

#include <algorithm>
#include <cerrno>

namespace keventd {

std::size_t LandingArea::bytes(const Shape& shape) {
    return shape.slots * (sizeof(mmsghdr) + sizeof(Slot) + shape.payloadBytes);
}

LandingArea::LandingArea(std::span<std::byte> memory, const Shape& shape)
    : shape_(shape), headers_(reinterpret_cast<mmsghdr*>(memory.data()), shape.slots),
      slots_(memory.data() + headers_.size_bytes()), vectors_(shape.slots) {
    KEVENTD_ASSERT(memory.size() >= bytes(shape));
    landed_ = countLanded();
    for (std::size_t i = 0; i < landed_; ++i) headers_[i].msg_hdr.msg_control = slot(i).control;
    prepare(landed_, shape_.slots);
}

LandingArea::Slot& LandingArea::slot(std::size_t index) const {
    return *reinterpret_cast<Slot*>(slots_ + index * (sizeof(Slot) + shape_.payloadBytes));
}

// Of memory that may be anything; one that was never prepared is zero.
std::size_t LandingArea::countLanded() const {
    const auto hasLanded = [this](const mmsghdr& header) {
        return header.msg_hdr.msg_iovlen == 1 && header.msg_len <= shape_.payloadBytes &&
               header.msg_hdr.msg_controllen <= sizeof(Slot::control);
    };
    return static_cast<std::size_t>(std::find_if_not(headers_.begin(), headers_.end(), hasLanded) -
                                    headers_.begin());
}

void LandingArea::prepare(std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
        Slot& place = slot(i);
        vectors_[i] = {place.payload(), shape_.payloadBytes};
        headers_[i] = {.msg_hdr = {}, .msg_len = NothingLanded};
        msghdr& header = headers_[i].msg_hdr;
        header.msg_name = &place.from;
        header.msg_namelen = sizeof place.from;
        header.msg_iov = &vectors_[i];
        header.msg_iovlen = 1;
        header.msg_control = place.control;
        header.msg_controllen = sizeof place.control;
    }
}

// recvmmsg() overwrites what it was given; only the slots that it used need this again.
void LandingArea::forget() {
    prepare(0, landed_);
    landed_ = 0;
}

ReceiveResult LandingArea::receive(int fd) {
    forget();
    const int count =
        recvmmsg(fd, headers_.data(), static_cast<unsigned>(shape_.slots), MSG_DONTWAIT, nullptr);
    if (count >= 0) {
        landed_ = static_cast<std::size_t>(count);
        return landed_ == shape_.slots ? ReceiveResult::Some : ReceiveResult::Drained;
    }
    switch (errno) {
    case EAGAIN:
        return ReceiveResult::Drained;
    case EINTR:
        return ReceiveResult::Some;
    case ENOBUFS:
        return ReceiveResult::Overrun;
    default:
        throwError("receive from netlink socket", errno);
    }
}

Datagram LandingArea::at(std::size_t index) const {
    const mmsghdr& received = headers_[index];
    auto& header = const_cast<msghdr&>(received.msg_hdr); // CMSG_NXTHDR takes no const
    Slot& place = slot(index);
    Datagram datagram{.payload = {place.payload(), received.msg_len},
                      .senderPort = place.from.nl_pid,
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
