// The spool: the file in which the hotplug helper leaves events for a daemon that does not run yet.
//
// A header, made with the file, and records behind it, each appended by one write(2) with O_APPEND. That is
// what is atomic here, and it costs one system call: in a tmpfs, ramfs or devtmpfs the place of a write is
// found and taken under the lock of the inode, so that records of a thousand writers stand behind each other,
// whole. Only three things cut a write short: SIGKILL, a full file system, and the limit (RLIMIT_FSIZE, which
// the kernel looks at under the same lock, and which therefore bounds the file exactly). All three cut at a
// boundary of pages, which are multiples of Alignment. So what is left of a record begins with its magic, is
// known for what it is by its checksum, and the next record is found behind it.
//
// A file for each record would take a page and an inode for each, several system calls, and a lock of our own
// to count them: whoever is killed with it in hand would stop all others.
//
// What is dropped is counted in the header, by one atomic instruction on the mapped page, which is there
// since the file was made: for that there is always room.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace keventd::spool {

inline constexpr std::size_t Alignment = 8;
/// Of the whole file; then records are dropped, and counted.
inline constexpr std::size_t MaxFileBytes = std::size_t{4} * 1024 * 1024;
/// "ACTION@DEVPATH" and the environment, in which both of them are once more.
inline constexpr std::size_t MaxPayload = 4608;

/// Of the file that the helper writes, in its directory.
inline constexpr const char* FileName = "spool";
/// What those that have been handed over to the daemon are called: "BOOTTIME-PID.spool".
inline constexpr const char* HandedOverSuffix = ".spool";

struct Header {
    static constexpr std::array<char, 8> ExpectedMagic{'k', 'e', 'v', 's', 'p', 'o', 'o', 'l'};
    static constexpr std::uint32_t CurrentLayout = 1;

    std::array<char, 8> magic;
    std::uint32_t layout;       ///< magic and layout stay where they are
    std::uint32_t pid;          ///< of the process that made the file
    std::uint64_t boottimeUsec; ///< when it did: with the pid, another one for each file
    std::uint64_t dropped;      ///< records that could not be written, not even in part
    std::array<std::byte, 32> unused;
};
static_assert(sizeof(Header) == 64);

/// Stands before each payload: "ACTION@DEVPATH\0KEY=value\0…\0", as the kernel sends it by netlink. Zeros up
/// to the alignment follow it.
struct RecordHeader {
    static constexpr std::uint32_t ExpectedMagic = 0xa5c3e7f1; // no text has it

    std::uint32_t magic;
    std::uint32_t payloadBytes;
    std::uint64_t boottimeUsec;        ///< CLOCK_BOOTTIME when the helper ran
    std::array<std::uint8_t, 16> boot; ///< /proc/sys/kernel/random/boot_id; zeros if it could not be read
    std::uint64_t checksum;            ///< of what stands before it in the header, and of the payload
};
static_assert(sizeof(RecordHeader) == 40 && sizeof(RecordHeader) % Alignment == 0);

/// @return bytes that a record takes
[[nodiscard]] constexpr std::size_t recordBytes(std::size_t payloadBytes) {
    return (sizeof(RecordHeader) + payloadBytes + Alignment - 1) / Alignment * Alignment;
}

/// Continues FNV-1a, 64 bits: against accidents only, and for a helper that should have no libraries. (Of
/// XXH3, which the rest of keventd uses, the code alone would be larger than the helper's own.)
[[nodiscard]] constexpr std::uint64_t hash(std::uint64_t state, std::span<const char> bytes) {
    constexpr std::uint64_t prime = 0x100000001b3;
    for (const char byte : bytes) state = (state ^ static_cast<unsigned char>(byte)) * prime;
    return state;
}

/// @param header  its checksum is left out
[[nodiscard]] inline std::uint64_t checksumOf(const RecordHeader& header, std::span<const char> payload) {
    constexpr std::uint64_t start = 0xcbf29ce484222325;
    const std::span headerBytes(reinterpret_cast<const char*>(&header), offsetof(RecordHeader, checksum));
    return hash(hash(start, headerBytes), payload);
}

/// @param text  "8-4-4-4-12" hexadecimal digits, and perhaps a newline, as of boot_id
/// @return the 128 bits; zeros if it is something else
[[nodiscard]] constexpr std::array<std::uint8_t, 16> parseBootId(std::span<const char> text) {
    std::array<std::uint8_t, 16> id{};
    std::size_t digits = 0;
    for (const char c : text) {
        if (c == '-') continue;
        if (c == '\n') break;
        const bool isDigit = c >= '0' && c <= '9';
        const bool isLetter = c >= 'a' && c <= 'f';
        if ((!isDigit && !isLetter) || digits == 2 * id.size()) return {};
        const int value = isDigit ? c - '0' : c - 'a' + 10;
        std::uint8_t& byte = id[digits / 2];
        byte = static_cast<std::uint8_t>(byte << 4 | value);
        ++digits;
    }
    return digits == 2 * id.size() ? id : std::array<std::uint8_t, 16>{};
}

} // namespace keventd::spool
