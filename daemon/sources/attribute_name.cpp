#include "daemon/sources/attribute_name.h"

#include <algorithm>
#include <string_view>

namespace keventd {
namespace {

bool isPlainPart(std::string_view part) {
    return !part.empty() && part != "." && part != ".." && part.find('\0') == std::string_view::npos;
}

// @param path  "a/b/c"
bool hasPlainPartsOnly(std::string_view path) {
    for (;;) {
        const std::size_t end = std::min(path.find('/'), path.size());
        if (!isPlainPart(path.substr(0, end))) return false;
        if (end == path.size()) return true;
        path.remove_prefix(end + 1);
    }
}

} // namespace

const char* whyMalformed(const AttributeName& name) {
    if (!name.object.starts_with('/')) return "an object is a path from sysfs, which begins with '/'";
    if (!hasPlainPartsOnly(std::string_view(name.object).substr(1)))
        return "no part of an object is empty, '.' or '..'";
    if (!hasPlainPartsOnly(name.attribute)) return "no part of an attribute is empty, '.' or '..'";
    return "";
}

} // namespace keventd
