// What libkeventd.so shows of itself: all else in it is hidden, and may change.
#pragma once

#define KEVENTD_EXPORT __attribute__((visibility("default")))
/// For a part of what is exported.
#define KEVENTD_HIDDEN __attribute__((visibility("hidden")))
