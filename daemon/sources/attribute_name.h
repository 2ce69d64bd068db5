// Which attribute: where its object is in sysfs, and the name of the file there.
#pragma once

#include <string>
#include <tuple>

namespace keventd {

struct AttributeName {
    std::string object;    ///< devpath without the leading /sys, as Event::object
    std::string attribute; ///< "active"; of a group "power/control"

    bool operator==(const AttributeName&) const = default;
    /// Any order, for maps.
    bool operator<(const AttributeName& other) const {
        return std::tie(object, attribute) < std::tie(other.object, other.attribute);
    }
};

/// Whether a name says straight where a file is, whatever is there: the object begins with "/", and no part
/// of either is empty, "." or "..", so that nothing leads out of sysfs but a link.
/// @return why not, a literal; empty if it does
[[nodiscard]] const char* whyMalformed(const AttributeName& name);

} // namespace keventd
