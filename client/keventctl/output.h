// Standard output behind a buffer that is written when it is full or when its user says so, and that
// never keeps a stopped command waiting for a reader that does not read.
#pragma once

#include "client/keventctl/interruption.h"

#include <string>
#include <string_view>

namespace keventd::ctl {

class Output {
public:
    /// @param fd            where to write; borrowed
    /// @param interruption  ends a wait for the reader; outlives the output
    Output(int fd, const Interruption& interruption);

    /// To append to; call flushIfFull() now and then.
    [[nodiscard]] std::string& buffer() { return buffer_; }
    /// Writes if there is much to write.
    void flushIfFull() {
        if (buffer_.size() >= Capacity) flush();
    }
    /// Writes everything. Gives up, and drops the rest, if the reader has gone, or if the command is
    /// interrupted and the reader reads nothing for a second; of lines up to PIPE_BUF (4096 bytes) it then
    /// has got whole ones.
    /// @throws std::system_error if it cannot be written for another reason
    void flush();

    /// @return whether the reader has gone: EPIPE
    [[nodiscard]] bool isClosed() const { return isClosed_; }
    /// @return whether anything was dropped because the reader did not read
    [[nodiscard]] bool hasDropped() const { return hasDropped_; }
    /// What poll(2) said about the descriptor: the reader may go while there is nothing to write.
    void onPolled(short events);
    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] bool isTerminal() const;

private:
    static constexpr std::size_t Capacity = 64 * 1024;

    [[nodiscard]] bool waitForReader() const;
    [[nodiscard]] bool isReadingOn() const;
    [[nodiscard]] std::size_t pieceOf(std::string_view text) const;
    [[nodiscard]] std::size_t writeSome(std::string_view text);

    int fd_;
    const Interruption& interruption_;
    std::size_t chunk_; // bytes that a write takes without blocking once poll has said so
    bool isClosed_ = false;
    bool hasDropped_ = false;
    std::string buffer_;
};

} // namespace keventd::ctl
