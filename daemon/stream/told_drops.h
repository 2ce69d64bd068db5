// How many of the messages that the kernel has dropped on a socket have been told of, for the next daemon on
// the same socket: the kernel's counter goes on with the socket.
//
// What is told is an event, which waits in the log (waiting_log.h) before it is in the history. It is written
// there first, and counted here by its number: of two that tell, the next daemon knows which has been
// counted.
#pragma once

#include "daemon/base/commit_word.h"
#include "keventd/event.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace keventd {

class ToldDrops {
public:
    /// What is kept of the number of an event: more than ever are in the log.
    static constexpr unsigned NumberBits = 24;

    /// Of the memory that it needs.
    [[nodiscard]] static constexpr std::size_t bytes() { return sizeof(Words); }

    /// @param source  names::source
    /// @param memory  bytes(), aligned to 8, made by clear() or of an earlier daemon; outlives the object
    ToldDrops(std::string source, std::span<std::byte> memory);

    /// Of no socket.
    void clear();
    /// @return whether the memory is as this class leaves it
    [[nodiscard]] bool isSound() const;

    /// @param socket    its cookie (SO_COOKIE, socket(7))
    /// @param leftOver  what an earlier daemon has left in the log, in that order
    /// @return drops of this socket that have been told of, modulo 2^32; nothing if it is another socket than
    ///         that of the daemon before
    [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t socket,
                                                    const std::vector<Event>& leftOver) const;
    /// Begins to count.
    /// @param drops   of this socket, that have been told of or are not to be
    /// @param number  of the last event in the log
    void begin(std::uint64_t socket, std::uint32_t drops, std::uint64_t number);
    /// @return whether the last daemon that has called settle() had the same socket, as begin() has found
    [[nodiscard]] bool goesOn() const { return goesOn_; }
    /// @return whether the last daemon that has called settle() had another one, as begin() has found
    [[nodiscard]] bool followsAnother() const { return followsAnother_; }
    /// To be called when it has been written down what nobody has listened to before this socket.
    void settle();
    /// Counts drops that an event tells of, which has been added to the log.
    /// @param event      with its number
    /// @param isWritten  whether there was room for it; if not, they are counted with the next ones that are
    void add(std::uint64_t count, const Event& event, bool isWritten);
    /// To be called now and then before add(), so that numbers do not run through their bits unseen.
    /// @param number  of the last event in the log
    void goTo(std::uint64_t number);

private:
    struct Words {
        CommitWord socket;  // whose drops are counted; 0: none
        CommitWord told;    // drops, and of the number of the last that told the lowest bits
        CommitWord settled; // the socket at the last settle()
    };

    [[nodiscard]] bool tells(const Event& event) const;
    [[nodiscard]] std::uint64_t drops() const;
    void store(std::uint64_t drops, std::uint64_t number);

    std::string source_;
    Words* words_;
    bool goesOn_ = false;
    bool followsAnother_ = false;
    std::uint64_t notCounted_ = 0; // told of by events that were not written
};

} // namespace keventd
