"""A machine that is a process: Debian's user-mode-linux, a kernel of which CONFIG_UEVENT_HELPER is on.

It boots an initramfs whose /init runs one scenario (a script in uml_files), and writes what that has left in /results,
as a tar archive, onto the disk ubda, a file here. What scripts say on the console are marks of how far they are; what
the kernel says there, is kept to be shown when something fails. Disks come and go by mconsole (the kernel's
Documentation/virt/uml/user_mode_linux_howto_v2.rst).
"""

import contextlib
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import tarfile
import tempfile
import time

from guests import cache, packages

MEMORY = "640M"  # of which the host gives what is used
RESULTS_BYTES = 512 << 20  # of a file with holes
ENDED = "scenario ended: "
SHOWN_LINES = 60
MCONSOLE_MAGIC, MCONSOLE_VERSION, MCONSOLE_TEXT = 0xCAFEBABE, 2, 512


def _xstate():
    """Returns a library without which the kernel panics on some processors: uml_xstate.c says why."""
    source = pathlib.Path(__file__).with_name("uml_xstate.c")

    def compile_it(directory):
        library = directory / "uml_xstate.so"
        subprocess.run(["cc", "-Wall", "-Wextra", "-O1", "-shared", "-fPIC", "-o", library, source], check=True)

    packages.need("cc")
    return cache.kept("uml-xstate", [source], compile_it) / "uml_xstate.so"


class GuestFailed(AssertionError):
    """The guest has not done what it should, and what it said."""


class Guest:
    """One machine. `with` ends it, whatever has happened."""

    def __init__(self, scenario, initramfs):
        """initramfs  writes it: a function of the path where it is to be"""
        self._kernel = packages.unpacked("user-mode-linux") / "usr" / "bin" / "linux.uml"
        self._directory = None
        self._scenario = scenario
        self._initramfs = initramfs
        self._said = ""
        self._read = 0  # of what it said, up to where wait_for() has come
        self._process = None
        self._resources = contextlib.ExitStack()

    def __enter__(self):
        with self._resources as resources:
            self._directory = pathlib.Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="keventd-uml-")))
            self._initramfs(self._directory / "initramfs")
            with open(self._directory / "results", "wb") as file:
                file.truncate(RESULTS_BYTES)
            self._start()
            resources.callback(self._end)
            self._resources = resources.pop_all()
        return self

    def __exit__(self, *_):
        self._resources.close()

    def _start(self):
        command = [
            self._kernel, f"mem={MEMORY}", "initrd=initramfs", "ubda=results", "umid=guest", "uml_dir=umid",
            "con=null", "con0=null,fd:1", "ssl=null", "quiet", f"scenario={self._scenario}",
        ]
        self._process = subprocess.Popen(
            command, cwd=self._directory, env=self._environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True)

    def _end(self):
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process.stdout.close()

    def _environment(self):
        """The guest's memory is a file: in /dev/shm by itself, which may be small in a container."""
        needed = int(MEMORY.rstrip("M")) << 20
        shared = shutil.disk_usage("/dev/shm").free if os.path.isdir("/dev/shm") else 0
        place = "/dev/shm" if shared > needed else str(self._directory)
        return {"PATH": os.environ["PATH"], "TMPDIR": place, "LD_PRELOAD": str(_xstate())}

    def wait_for(self, pattern, seconds):
        """Returns the match of the next line on the console that matches as a whole."""
        deadline = time.monotonic() + seconds
        expression = re.compile(rf"^{pattern}$", re.MULTILINE)
        while True:
            whole_lines = self._said.rfind("\n") + 1
            found = expression.search(self._said, self._read, whole_lines)
            if found:
                self._read = found.end()
                return found
            if not self._hear(deadline):
                self._fail(f"'{pattern}' was not said within {seconds} s")

    def _hear(self, deadline):
        """Returns False when nothing more comes in time."""
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self._process.stdout], [], [], left)[0]:
            return False
        heard = os.read(self._process.stdout.fileno(), 65536)
        self._said += heard.decode(errors="replace").replace("\r", "")
        return bool(heard)

    def _fail(self, why):
        lines = self._said.splitlines()[-SHOWN_LINES:]
        raise GuestFailed("\n".join([f"{self._scenario}: {why}. The last lines on its console:", *lines]))

    def results(self, seconds):
        """Waits for the end of the scenario. Returns what it has left: {name: bytes}."""
        status = int(self.wait_for(ENDED + "([0-9]+)", seconds)[1])
        while self._hear(time.monotonic() + seconds):
            pass
        try:
            self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self._fail("did not switch itself off")
        left = self._unpack()
        if status != 0:
            said = left.get("output", b"").decode(errors="replace").splitlines()[-SHOWN_LINES:]
            self._fail("\n".join([f"ended with status {status}, and said:", *said]))
        return left

    def _unpack(self):
        with tarfile.open(self._directory / "results", "r:") as archive:
            files = [member for member in archive.getmembers() if member.isfile()]
            return {member.name.removeprefix("./"): archive.extractfile(member).read() for member in files}

    def plug_in(self, disk, size):
        """Adds a disk: "ubdb" and so on."""
        path = self._directory / disk
        with open(path, "wb") as file:
            file.truncate(size)
        self._mconsole(f"config {disk}={path}")

    def pull_out(self, disk):
        self._mconsole(f"remove {disk}")

    def _mconsole(self, command):
        own = self._directory / "mconsole-client"
        text = command.encode()
        request = struct.pack("<III", MCONSOLE_MAGIC, MCONSOLE_VERSION, len(text)) + text.ljust(MCONSOLE_TEXT, b"\0")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.bind(str(own))
            try:
                channel.settimeout(10)
                channel.sendto(request, str(self._directory / "umid" / "guest" / "mconsole"))
                answer = channel.recv(4096)
            finally:
                own.unlink()
        error, _, _ = struct.unpack_from("<III", answer)
        if error:
            self._fail(f"{command}: {answer[12:].rstrip(bytes(1)).decode(errors='replace')}")
