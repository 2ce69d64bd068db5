// Spools as the hotplug helper writes them, for tests of what reads them.
#pragma once

#include "daemon/hotplug/spool_format.h"

#include <cstdint>
#include <cstring>
#include <string>

namespace keventd::test {

template <typename Value>
[[nodiscard]] std::string bytesOf(const Value& value) {
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

/// @return the header of a spool
[[nodiscard]] inline std::string spoolHeader(std::uint64_t dropped = 0, std::uint64_t boottimeUsec = 1000) {
    spool::Header header{};
    header.magic = spool::Header::ExpectedMagic;
    header.layout = spool::Header::CurrentLayout;
    header.pid = 1;
    header.boottimeUsec = boottimeUsec;
    header.dropped = dropped;
    return bytesOf(header);
}

/// @return one record, with the alignment behind it
[[nodiscard]] inline std::string spoolRecord(const std::string& payload, std::uint64_t boottimeUsec = 2000,
                                             const std::array<std::uint8_t, 16>& boot = {}) {
    spool::RecordHeader header{};
    header.magic = spool::RecordHeader::ExpectedMagic;
    header.payloadBytes = static_cast<std::uint32_t>(payload.size());
    header.boottimeUsec = boottimeUsec;
    header.boot = boot;
    header.checksum = spool::checksumOf(header, payload);
    std::string record = bytesOf(header) + payload;
    record.resize(spool::recordBytes(payload.size()));
    return record;
}

/// @return change of a device by this name
[[nodiscard]] inline std::string spoolPayload(std::uint64_t seqnum, const std::string& name = "null") {
    const std::string devpath = "/devices/virtual/mem/" + name;
    const std::string null(1, '\0');
    return "change@" + devpath + null + "ACTION=change" + null + "DEVPATH=" + devpath + null +
           "SUBSYSTEM=mem" + null + "SEQNUM=" + std::to_string(seqnum) + null;
}

} // namespace keventd::test
