"""What cases on Debian have in common: a guest of their own, and what keventctl says in it."""

import atexit
import functools
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest
import uuid

from guests import debian, product

WITNESS = pathlib.Path(__file__).parent / "witness"
NULL = "/devices/virtual/mem/null"
LATE, SYNTHETIC, EARLY, PRESENT, QUEUED = 1, 2, 8, 16, 128  # flags of events
PATIENCE = 60  # seconds; the guest is slow, and a busy machine makes it slower
JOURNAL_LINES = 60


def once(function):
    """Does it once for all cases; if it fails, for all of them."""

    @functools.lru_cache(maxsize=None)
    def outcome():
        try:
            return function(), None
        except Exception as error:  # pylint: disable=broad-except  # whatever it is
            return None, error

    def get():
        value, error = outcome()
        if error is not None:
            raise error
        return value

    return get


@once
def workplace():
    """A directory for this run."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="keventd-system-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


@once
def installed():
    """The product, in a directory, and what bears witness of its start."""
    debian.require()
    directory = workplace() / "installed"
    directory.mkdir()
    product.install(directory, debian.root() / "tree")
    shutil.copy(product.build_directory() / "tests/system/watch-family", directory / "usr/bin")
    _add_witness(directory)
    return directory


def _add_witness(directory):
    units = directory / "etc/systemd/system"
    (units / "keventd-kernel.socket.d").mkdir(parents=True)
    shutil.copy(WITNESS / "witness.conf", units / "keventd-kernel.socket.d")
    shutil.copy(WITNESS / "witness.service", units)
    subprocess.run(["systemctl", "--quiet", f"--root={directory}", "enable", "witness.service"], check=True)


@once
def machine():
    product.pack(installed(), workplace() / "layer")
    return debian.Debian(workplace() / "layer")


@once
def booted():
    """Where a guest is saved that has just come up."""
    path = workplace() / "booted"
    machine().save(machine().boot(), path)
    return path


def become(user):
    return f"setpriv --reuid={user} --regid=nogroup --clear-groups"


class Keventctl:
    """keventctl in a guest, as root or as another user."""

    def __init__(self, guest, options="", user=None):
        self._guest = guest
        self._command = f"{become(user) if user else ''} keventctl {options}"

    def lines(self, arguments, seconds=PATIENCE):
        said = self._guest.shell(f"{self._command} {arguments} --json", seconds)
        return [json.loads(line) for line in said.splitlines()]

    def history(self, arguments=""):
        return self.lines(f"history {arguments}")

    def status(self):
        (status,) = self.lines("status")
        return status

    def position(self):
        """The stream, and the id of the first event that is not in it yet."""
        status = json.loads(self._guest.shell("keventctl sync && keventctl status --json"))
        return status["stream"], status["last"] + 1


class GuestCase(unittest.TestCase):
    """Each case has a guest of its own, which came up a moment ago."""

    def setUp(self):
        self.use(machine().restore(booted()))

    def use(self, guest):
        self.guest = guest
        self.addCleanup(guest.close)
        self.keventctl = Keventctl(guest)
        self.desktop = Keventctl(guest, "--bus=system", user="nobody")

    def run(self, result=None):
        self._bad_before = len(result.failures) + len(result.errors)
        return super().run(result)

    def tearDown(self):
        result = self._outcome.result
        if len(result.failures) + len(result.errors) > self._bad_before:
            self.show_journal()

    def show_journal(self):
        try:
            print(self.guest.attempt(f"journalctl --no-pager -n {JOURNAL_LINES} -o short-monotonic", 20)[1])
        except Exception as error:  # pylint: disable=broad-except  # the guest may be the one that failed
            print(error)

    def poll(self, attempt, what, seconds=PATIENCE):
        """Returns what attempt() does, as soon as that is something."""
        deadline = time.monotonic() + seconds
        while not (found := attempt()):
            if time.monotonic() >= deadline:
                self.fail(f"not within {seconds} s: {what}")
            time.sleep(0.1)
        return found

    # --- What is said of streams ---

    def assert_ids_without_a_hole(self, events, first):
        self.assertEqual([event["id"] for event in events], list(range(first, first + len(events))))

    def assert_in_order(self, kernel_events):
        """In that of their SEQNUM, and none of them too late for it."""
        numbers = [event["seqnum"] for event in kernel_events]
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertEqual([event for event in kernel_events if event["flags"] & LATE], [])


class Marks:
    """Uevents that tell whose they are, and count: `change` of /dev/null with a UUID and N=1, 2, 3…"""

    def __init__(self, guest):
        self._guest = guest
        self._uuid = str(uuid.uuid4())

    def _loop(self, condition, pause):
        mark = f'echo "change {self._uuid} N=$n" >/sys{NULL}/uevent'
        return f"n=0; while {condition}; do n=$((n + 1)); {mark}; echo $n >/run/marks; {pause}; done"

    def write(self, count):
        self._guest.shell(self._loop(f"((n < {count}))", ":"))

    def begin(self):
        """Writes on and on, twenty in a second at most, until end()."""
        self._guest.shell("rm -f /run/end-marks; [ -p /run/never ] || mkfifo /run/never")
        loop = self._loop("[[ ! -e /run/end-marks ]]", "read -rt 0.05 <>/run/never || true")
        self._guest.shell(f"({loop}; rm /run/end-marks) >/dev/null 2>&1 &")

    def let_come(self, count):
        """Until so many more are written."""
        self._guest.shell(f"wanted=$(($(cat /run/marks || echo 0) + {count})); "
                          "until (($(cat /run/marks) >= wanted)); do sleep 0.1; done")

    def end(self):
        """Returns how many were written."""
        self._guest.shell("touch /run/end-marks; while [[ -e /run/end-marks ]]; do sleep 0.1; done")
        return int(self._guest.shell("cat /run/marks"))

    def of(self, events):
        """The numbers of these marks among these events, as they come."""
        return [int(event["properties"]["SYNTH_ARG_N"]) for event in events
                if event["properties"].get("SYNTH_UUID") == self._uuid]

    @property
    def filter(self):
        return f"SYNTH_UUID={self._uuid}"
