"""The hardware that the ACPI devices of a guest stand for (debian_files/keventd.dsl): an adapter, a battery, a lid,
buttons, a thermal zone with a fan.

Drivers of the guest's own kernel make events of what is done here, as on a laptop.
"""

import pathlib
import subprocess

from guests import cache, packages
from guests.packages import Unavailable

TABLE = pathlib.Path(__file__).parent / "debian_files" / "keventd.dsl"
LOWEST_DEGREES = 20
# Where keventd.dsl looks: how things are, and who has changed. To write there is not seen; the interrupt is.
USED, FLAGS, HEAT, CHANGED = 0xE0, 0xE1, 0xE2, 0xE3
INTERRUPT = 0x2005  # of pc-testdev: line 5
BATTERY, ADAPTER, LID, ZONE, SLEEP = 1, 2, 4, 8, 16
PULLED_OUT, CLOSED, DISCHARGING = 1, 2, 4


def options():
    """What QEMU needs for them; a guest that was saved is restored with the same."""
    packages.need("iasl")
    directory = cache.kept("acpi-table", [TABLE], _compile)
    return ["-acpitable", f"file={directory / 'keventd.aml'}", "-device", "pc-testdev"]


def _compile(directory):
    done = subprocess.run(["iasl", "-p", directory / "keventd", TABLE], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unavailable(f"iasl: {done.stdout}{done.stderr}")


class Hardware:
    """That of one guest, from its start or from when it was restored: adapter plugged in, battery full and at rest,
    lid open, 20 degrees. Each call returns when the interrupt was raised; what the guest makes of it, comes later."""

    def __init__(self, guest):
        self._guest = guest
        self._flags = 0

    def _write(self, port, value):
        self._guest.monitor("human-monitor-command", command_line=f"o /b {port:#x} {value}")

    def _tell(self, who):
        self._write(CHANGED, who)
        self._write(INTERRUPT, 1)
        self._write(INTERRUPT, 0)

    def _set_flag(self, flag, is_set):
        self._flags = self._flags | flag if is_set else self._flags & ~flag
        self._write(FLAGS, self._flags)

    def set_adapter(self, plugged_in):
        """/sys/class/power_supply/ADP0/online; the battery is charged or discharged by set_battery() alone."""
        self._set_flag(PULLED_OUT, not plugged_in)
        self._tell(ADAPTER)

    def set_battery(self, percent, discharging):
        """/sys/class/power_supply/BAT0/{capacity,status}"""
        self._set_flag(DISCHARGING, discharging)
        self._write(USED, 100 - percent)
        self._tell(BATTERY)

    def set_lid(self, is_open):
        self._set_flag(CLOSED, not is_open)
        self._tell(LID)

    def set_temperature(self, degrees):
        """Of the zone, 20 to 109: the fan runs from 60 on, 90 is hot, and at 110 the guest would shut down."""
        self._write(HEAT, degrees - LOWEST_DEGREES)
        self._tell(ZONE)

    def press_sleep_button(self):
        self._tell(SLEEP)

    def press_power_button(self):
        """Nothing in the guest switches it off for that (debian_files/keep-running.conf)."""
        self._guest.monitor("system_powerdown")
