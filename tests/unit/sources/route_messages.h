// Messages of rtnetlink as a kernel has sent them (tests/fuzz/corpus/route), and what is told of them.
#pragma once

#include "daemon/sources/kept_events.h"
#include "daemon/sources/netlink_message.h"
#include "keventd/names.h"

#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <vector>

namespace keventd::test {

/// @param name   of the recording: "6.18-mtu"
/// @param visit  gets each message of its datagrams, in their order
inline void visitRecorded(const std::string& name, const std::function<void(const nlmsghdr&)>& visit) {
    int datagrams = 0;
    for (;; ++datagrams) {
        std::ifstream file(ROUTE_MESSAGES + name + "-" + std::to_string(datagrams), std::ios::binary);
        if (!file) break;
        const std::vector<char> bytes(std::istreambuf_iterator<char>(file), {});
        EXPECT_TRUE(visitMessages(bytes, visit)) << name;
    }
    ASSERT_GT(datagrams, 0) << name;
}

/// "change mtu=1400": what an event says, in a word.
inline std::string wordOf(const Event& event) {
    if (event.attribute.empty()) return event.action;
    return event.action + " " + event.attribute + "=" +
           std::string(event.properties.find(names::key::Value).value_or(""));
}

} // namespace keventd::test
