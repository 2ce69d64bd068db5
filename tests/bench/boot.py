#!/usr/bin/env python3
"""What keventd costs a boot: Debian 12 boots in QEMU with it and without it, in turns.

    KEVENTD_BUILD=build-bench tests/bench/boot.py [--rounds 5]

The measure is what udevd takes to start in the same guest (from the beginning of its start until it says that it is
ready): the guest is emulated, and its seconds are not those of a machine. Figures are medians.
"""

import argparse
import pathlib
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))

from guests import debian, product  # noqa: E402  # pylint: disable=wrong-import-position
from guests.packages import Unavailable  # noqa: E402  # pylint: disable=wrong-import-position

# Until the file systems, the devices and the sockets are there; until all is.
MANAGER_TIMES = ("UserspaceTimestampMonotonic", "FinishTimestampMonotonic")


def shown(guest, properties, unit=""):
    """Of the manager, if no unit is named: microseconds."""
    names = " ".join(f"-p {name}" for name in properties)
    said = dict(line.split("=", 1) for line in guest.shell(f"systemctl show {names} {unit}").splitlines())
    return [int(said[name]) for name in properties]


def start_of(guest, unit):
    begin, end = shown(guest, ("InactiveExitTimestampMonotonic", "ActiveEnterTimestampMonotonic"), unit)
    return end - begin


def figures_of(guest):
    begin, end = shown(guest, MANAGER_TIMES)
    (sysinit,) = shown(guest, ("ActiveEnterTimestampMonotonic",), "sysinit.target")
    udevd = start_of(guest, "systemd-udevd.service")
    return {"udevd": udevd, "sysinit.target": sysinit - begin, "user space": end - begin}


def boot(machine, has_keventd):
    guest = machine.boot()
    try:
        figures = figures_of(guest)
        if has_keventd:
            figures["keventd"] = start_of(guest, "keventd.service")
        return figures
    finally:
        guest.close()


def measure(rounds, directory):
    installed = directory / "installed"
    installed.mkdir()
    product.install(installed, debian.root() / "tree")
    product.pack(installed, directory / "layer")
    machines = {True: debian.Debian(directory / "layer"), False: debian.Debian()}
    boots = {True: [], False: []}
    for _ in range(rounds):
        for has_keventd, machine in machines.items():
            boots[has_keventd].append(boot(machine, has_keventd))
    return boots


def median(boots, name):
    return statistics.median(figures[name] for figures in boots)


def report(boots):
    udevd = median(boots[True] + boots[False], "udevd")
    print("| what | figure | aim |\n|---|---|---|")
    print(f"| boot: start of udevd | {udevd / 1000:.0f} ms | |")
    print(f"| boot: start of keventd, ratio to that | {median(boots[True], 'keventd') / udevd:.2f} | |")
    for name in ("sysinit.target", "user space"):
        without = median(boots[False], name)
        more = median(boots[True], name) - without
        print(f"| boot: {name} reached without keventd | {without / 1000:.0f} ms | |")
        print(f"| boot: {name} reached later with keventd, ratio to the start of udevd | {more / udevd:.2f} | |")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=5, help="so many boots of each kind")
    chosen = options.parse_args()
    try:
        debian.require()
        with tempfile.TemporaryDirectory(prefix="keventd-boot-") as directory:
            report(measure(chosen.rounds, pathlib.Path(directory)))
    except Unavailable as reason:
        sys.exit(f"boot.py: {reason}")


if __name__ == "__main__":
    main()
