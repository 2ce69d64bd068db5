// Memory that must be had before it is touched: pages of a file on a file system that may be full.
#pragma once

#include <cstddef>
#include <functional>

namespace keventd {

/// Asked before memory is touched for the first time: has so many of its first bytes allocated.
/// @return how many are; fewer than asked for if there is no room
using Reserve = std::function<std::size_t(std::size_t bytes)>;

/// Lets go of what is not needed any more: all but about so many of its first bytes.
/// @return how many may still be touched
using Release = std::function<std::size_t(std::size_t bytes)>;

} // namespace keventd
