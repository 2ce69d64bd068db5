"""A guest in QEMU: starts, runs commands in its root shell, is saved and restored, ends.

The processor is emulated (TCG): that works everywhere, and /dev/kvm may be there and not work. Whatever is waited for
has a deadline, and what goes wrong is told with the end of the guest's console.

QEMU connects to sockets that are listened on here before it starts, so that a guest which is restored finds the other
end of its shell where it was.
"""

import contextlib
import pathlib
import re
import shlex
import shutil
import socket
import subprocess
import tempfile
import time

from guests.qmp import Monitor, MonitorError

START_SECONDS = 30
SAVE_SECONDS = 60
RESTORE_SECONDS = 30
END_SECONDS = 10
GRACE_SECONDS = 15  # beyond which a guest does not even end a command that is out of time
CONSOLE_LINES = 40

SHELL_PORT = "keventd.guest-shell"  # under /dev/virtio-ports in the guest
MACHINE = [
    *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
    # The plainest processor: what others have more is dear to emulate.
    *("-accel", "tcg,thread=multi", "-cpu", "qemu64,+rdrand", "-smp", "2", "-m", "768"),
    *("-machine", "q35,sata=off,smbus=off"),
    *("-device", "virtio-serial-pci", "-device", f"virtserialport,chardev=shell,name={SHELL_PORT}"),
]


class GuestError(Exception):
    """The guest does not do what it should; says what its console said last."""


class CommandFailed(Exception):
    """A command in the guest ended with a status that is not 0."""


class Guest:
    """One QEMU, from its start to its end: close(), or that of this process."""

    def __init__(self, options):
        self._directory = pathlib.Path(tempfile.mkdtemp(prefix="keventd-guest-"))
        self._options = options
        self._buffer = b""
        self._commands = 0
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            self._process = None
            self._start()
            undo.pop_all()

    # --- Its beginning and its end ---

    def _start(self):
        with self._listen("shell") as shell, self._listen("monitor") as monitor:
            with open(self._directory / "errors", "wb") as errors:
                self._process = subprocess.Popen(  # pylint: disable=consider-using-with  # close() ends it
                    ["setpriv", "--pdeathsig=KILL", "--", *self._command_line()],
                    stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                )
            deadline = time.monotonic() + START_SECONDS
            self._shell = self._accept(shell, deadline)
            self.monitor = Monitor(self._accept(monitor, deadline))

    def _command_line(self):
        sockets = []
        for name in ("shell", "monitor"):
            sockets += ["-chardev", f"socket,id={name},path={self._directory / name}"]
        console = ["-chardev", f"file,id=console,path={self._directory / 'console'}", "-serial", "chardev:console"]
        monitor = ["-mon", "chardev=monitor,mode=control"]
        return ["qemu-system-x86_64", *sockets, *monitor, *console, *MACHINE, *self._options]

    def _listen(self, name):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self._directory / name))
        listener.listen(1)
        listener.settimeout(0.2)
        return listener

    def _accept(self, listener, deadline):
        while time.monotonic() < deadline:
            with contextlib.suppress(socket.timeout):
                return listener.accept()[0]
            if self._process.poll() is not None:
                raise GuestError(f"QEMU did not start: {(self._directory / 'errors').read_text().strip()}")
        raise GuestError(f"QEMU did not start within {START_SECONDS} s")

    def close(self):
        """Ends it, if it has not ended, and removes all that it left."""
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(MonitorError, AttributeError):
                self.monitor("quit")
            self._reap()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _reap(self):
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def wait_for_end(self, seconds):
        """Until it has switched itself off."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise self.error(f"the guest is still there after {seconds} s") from None

    # --- What goes on in it ---

    def console(self):
        """What it has said there."""
        try:
            return (self._directory / "console").read_text(errors="replace")
        except FileNotFoundError:
            return ""

    def error(self, what):
        """Returns a GuestError that shows the console."""
        last = "\n  ".join(self.console().splitlines()[-CONSOLE_LINES:])
        return GuestError(f"{what}; its console:\n  {last}" if last else what)

    def await_shell(self, seconds):
        """Until the shell of a guest that boots is there."""
        self._read_until(re.compile(rb"@@READY@@\r?\n"), seconds, "no shell")

    def shell(self, command, seconds=60):
        """Runs a command of bash as root; returns what it says, on both outputs, and raises CommandFailed."""
        status, said = self.attempt(command, seconds)
        if status != 0:
            raise CommandFailed(f"status {status}: {command}\n{said}")
        return said

    def attempt(self, command, seconds=60):
        """Runs a command, each in a shell of its own; returns its exit status (124: out of time) and what it says."""
        self._commands += 1
        mark = f"@@END {self._commands}"
        shell = f"timeout --kill-after=2 {seconds} bash -euo pipefail -c {shlex.quote(command)}"
        try:
            self._shell.settimeout(seconds)
            self._shell.sendall(f'{shell} </dev/null 2>&1; echo "{mark} $?@@"\n'.encode())
        except OSError as error:
            raise self.error(f"cannot run {command!r}: {error}") from error
        end = re.compile(rb"%s (\d+)@@\r?\n" % mark.encode())
        said, found = self._read_until(end, seconds + GRACE_SECONDS, f"no end of {command!r}")
        return int(found[1]), said.decode(errors="replace")

    def _read_until(self, pattern, seconds, complaint):
        deadline = time.monotonic() + seconds
        while (found := pattern.search(self._buffer)) is None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise self.error(f"{complaint} within {seconds} s, but {self._buffer[-1000:]!r}")
            self._shell.settimeout(left)
            with contextlib.suppress(socket.timeout):
                read = self._shell.recv(1 << 20)
                if not read:
                    raise self.error(f"{complaint}: the guest has ended")
                self._buffer += read
        said, self._buffer = self._buffer[: found.start()], self._buffer[found.end() :]
        return said, found

    # --- Saving and restoring ---

    def save(self, path):
        """Stops it for good; restored() goes on from there."""
        self.monitor("stop")
        self.monitor("migrate-set-parameters", max_bandwidth=1 << 33)
        self.monitor("migrate", uri=f"exec:cat > {shlex.quote(str(path))}")
        self._poll("query-migrate", lambda status: status == "completed", SAVE_SECONDS, "not saved")

    def _poll(self, query, is_done, seconds, complaint):
        deadline = time.monotonic() + seconds
        while not is_done(status := self.monitor(query).get("status")):
            if status == "failed" or time.monotonic() >= deadline:
                raise self.error(f"{complaint}: {query} says {status}")
            time.sleep(0.02)

    @classmethod
    def restored(cls, options, path):
        """A guest of these options as it was when save() was called."""
        guest = cls([*options, "-incoming", f"exec:cat {shlex.quote(str(path))}"])
        with contextlib.ExitStack() as undo:
            undo.callback(guest.close)
            guest._poll("query-status", lambda status: status != "inmigrate", RESTORE_SECONDS, "not restored")
            guest.monitor("cont")
            undo.pop_all()
        return guest
