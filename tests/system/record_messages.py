#!/usr/bin/env python3
"""Records what a kernel sends by generic netlink when ACPI devices, thermal zones, quotas and families change, for the
tests of the parsers: each datagram as a file WHAT-VERSION.

    tests/system/record_messages.py DIRECTORY      tests/fuzz/corpus/generic

By hand, and not a part of ./test. Files that are there are written anew, and may differ in the numbers of families.
"""

import base64
import pathlib
import sys
import time

from guests import acpi, debian, quota

FAMILIES = ("acpi_event", "thermal", "VFS_DQUOT")
ZONE = "/sys/class/thermal/thermal_zone0"
DRIVER = "/sys/bus/acpi/drivers/thermal"
QUIET_SECONDS = 2


class Recorder:
    """What is recorded in a guest, step by step."""

    def __init__(self, guest, directory):
        self._guest = guest
        self._directory = pathlib.Path(directory)
        self._seen = set()
        self._version = ".".join(guest.shell("uname -r").split(".")[:2])
        guest.shell("mkdir /run/recorded; (genl-record /run/recorded 600 " + " ".join(FAMILIES) +
                    " >/run/recorder 2>&1 </dev/null &); until grep -q recording /run/recorder; do sleep 0.1; done")
        self.keep(*(f"control-answer-{family}" for family in ("nlctrl", *FAMILIES)))

    def keep(self, *names):
        """Keeps what has been sent since the last step, under these names; what has none, does not stay."""
        time.sleep(QUIET_SECONDS)
        files = self._guest.shell("ls /run/recorded").split()
        new = [name for name in files if name not in self._seen]
        self._seen.update(new)
        if len(new) != len(names):
            sys.exit(f"not one each: {', '.join(new) or 'nothing'} for {', '.join(names)}")
        for file, name in zip(new, names):
            if name is not None:
                content = self._guest.shell(f"base64 -w0 /run/recorded/{file}")
                (self._directory / f"{name}-{self._version}").write_bytes(base64.b64decode(content))


def record_acpi(guest, recorder):
    hardware = acpi.Hardware(guest)
    hardware.press_power_button()
    recorder.keep("acpi-power-button")
    hardware.press_sleep_button()
    recorder.keep("acpi-sleep-button")
    hardware.set_adapter(False)
    recorder.keep("acpi-adapter-off")
    hardware.set_adapter(True)
    recorder.keep("acpi-adapter-on")
    hardware.set_battery(20, discharging=True)
    recorder.keep("acpi-battery")


def record_thermal(guest, recorder):
    hardware = acpi.Hardware(guest)
    hardware.set_temperature(65)
    recorder.keep("thermal-sample", "thermal-trip-up", "thermal-fan-on")
    hardware.set_temperature(95)
    recorder.keep(None, "thermal-trip-up-hot", "acpi-thermal-zone-hot")
    hardware.set_temperature(70)
    recorder.keep(None, "thermal-trip-down-hot")
    hardware.set_temperature(25)
    recorder.keep(None, "thermal-trip-down", "thermal-fan-off")
    guest.shell(f"echo disabled >{ZONE}/mode")
    recorder.keep("thermal-zone-disable")
    guest.shell(f"echo enabled >{ZONE}/mode")
    recorder.keep(None, "thermal-zone-enable")
    guest.shell(f"echo user_space >{ZONE}/policy")
    recorder.keep("thermal-governor")
    device = guest.shell(f"basename $(readlink {ZONE}/device)").strip()
    guest.shell(f"echo {device} >{DRIVER}/unbind")
    recorder.keep("thermal-zone-remove")
    guest.shell(f"echo {device} >{DRIVER}/bind")
    recorder.keep("thermal-zone-add", None, None, None)


def record_quota(guest, recorder):
    disk = quota.LimitedDisk(guest)
    disk.set_limits(blocks=(1000, 2000), files=(3, 5), grace_seconds=1)
    disk.write("a", 1500)
    recorder.keep("quota-block-soft-limit")
    disk.write("a", 10)
    recorder.keep("quota-block-grace-expired")
    disk.remove("a")
    recorder.keep("quota-block-below-soft-limit")
    for name in "abcd":
        disk.write(name, 0)
    recorder.keep("quota-inode-soft-limit")
    disk.write("e", 0)
    recorder.keep("quota-inode-grace-expired")
    disk.remove(*"abcd")
    recorder.keep("quota-inode-below-soft-limit")

    disk.set_limits(blocks=(1000, 2000), files=(3, 5), grace_seconds=1000)
    for name in "abcdef":
        disk.write(name, 0)
    recorder.keep(None, "quota-inode-hard-limit")
    disk.remove("e")
    recorder.keep("quota-inode-below-hard-limit")
    disk.write("a", 1500)
    disk.write("b", 1500)
    recorder.keep(None, "quota-block-hard-limit")
    disk.remove("b")
    recorder.keep(None, "quota-block-below-hard-limit")  # its inode first


def record_families(guest, recorder):
    guest.shell("modprobe team")
    recorder.keep("control-family-added", "control-group-added")
    guest.shell("modprobe -r team")
    recorder.keep("control-group-removed", "control-family-removed")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    guest = debian.Debian().boot()
    try:
        recorder = Recorder(guest, sys.argv[1])
        for record in (record_quota, record_acpi, record_thermal, record_families):
            record(guest, recorder)
    finally:
        guest.close()


main()
