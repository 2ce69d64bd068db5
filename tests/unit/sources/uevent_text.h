// Uevents as the kernel writes them, for tests of what reads them.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace keventd::test {

/// @return the datagram of a string in which "|" stands for NUL
[[nodiscard]] inline std::string datagram(std::string_view text) {
    std::string bytes(text);
    for (char& c : bytes) {
        if (c == '|') c = '\0';
    }
    return bytes;
}

/// change of /dev/null, as Linux 6.1 sends it
inline constexpr std::string_view ChangeOfNull = "change@/devices/virtual/mem/null|ACTION=change|DEVPATH=/"
                                                 "devices/virtual/mem/null|SUBSYSTEM=mem|SYNTH_UUID=0|"
                                                 "MAJOR=1|MINOR=3|DEVNAME=null|DEVMODE=0666|SEQNUM=4711|";

} // namespace keventd::test
