// A daemon that runs before there is a service manager: the recorder. In an initramfs it is started by a
// script, as root, and goes on when the real root takes its place, until the daemon of the service manager
// has its sockets open: what both have heard, that one knows.
#pragma once

namespace keventd::spool {

/// Opens the kernel's uevent socket as descriptor 3, before the helper is switched off: from now on nothing
/// is missed.
/// @return false if it cannot, and has said why
[[nodiscard]] bool openRecordersSocket();

/// Becomes the recorder, whose process id is kept for endRecorder().
/// @param command    name, looked up in PATH, and arguments; ended by a null pointer
/// @param hasSocket  openRecordersSocket() has opened it: the program is told so, as by sd_listen_fds(3)
/// @return false if it cannot, and has said why
[[nodiscard]] bool becomeRecorder(char* const* command, bool hasSocket);

/// Ends the recorder, if one runs, and waits for its end: SIGTERM, and after 5 s SIGKILL. What it has read
/// is in its state directory either way.
/// @return false if it is still there, or may be, and has said so
[[nodiscard]] bool endRecorder();

} // namespace keventd::spool
