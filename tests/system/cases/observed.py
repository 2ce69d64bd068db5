"""What only a machine of one's own shows: the mounts of PID 1, a clock that is set, sleep, pressure."""

import time

from cases.debian_case import PATIENCE
from cases.stream_case import SECOND, StreamCase

SLEEP_SECONDS = 5
CLOCK_SECONDS = 3600
PLACE = "/run/mounted-outside"
SERVICE = "keventd.service"


class Mounts(StreamCase):
    """The daemon has a mount namespace of its own, and tells of PID 1's all the same."""

    SOURCES = ("mount",)

    def mount(self):
        self.guest.shell(f"mkdir {PLACE} && mount -t tmpfs -o size=64k mine {PLACE}")
        event = self.await_event(f"source=mount action=mount MOUNTPOINT={PLACE}")
        self.assertEqual(event["object"], "")
        self.assert_properties(event, SOURCE="mine", FSTYPE="tmpfs")
        return event

    def test_ThoseOfPid1AreTold(self):
        mounted = self.mount()
        self.guest.shell(f"umount {PLACE}")
        umounted = self.await_event(f"source=mount action=umount MOUNTPOINT={PLACE}")
        self.assert_properties(umounted, MOUNT_ID=mounted["properties"]["MOUNT_ID"])
        self.assertEqual(len(self.events(f"source=mount MOUNTPOINT={PLACE}")), 2)

    def test_RemountOfOneIsTold(self):
        """Which a mount namespace that follows another one does not show: that of the daemon does not."""
        mounted = self.mount()
        self.guest.shell(f"mount -o remount,bind,ro {PLACE}")
        event = self.await_event(f"source=mount action=remount MOUNTPOINT={PLACE}")
        self.assert_properties(event, MOUNT_ID=mounted["properties"]["MOUNT_ID"],
                               OPTIONS_OLD=mounted["properties"]["OPTIONS"])
        self.assertEqual(event["properties"]["OPTIONS"].split(",")[0], "ro")
        pid = self.guest.shell(f"systemctl show --value -p MainPID {SERVICE}").strip()
        own = self.guest.shell(f"grep ' {PLACE} ' /proc/{pid}/mountinfo").split()
        self.assertEqual(own[5].split(",")[0], "rw")

    def test_NoneIsToldTwiceOrForgottenOverARestart(self):
        mounted = self.mount()
        self.guest.shell(f"systemctl restart {SERVICE}")
        self.guest.shell(f"umount {PLACE}")
        umounted = self.await_event(f"source=mount action=umount MOUNTPOINT={PLACE}")
        self.assert_properties(umounted, MOUNT_ID=mounted["properties"]["MOUNT_ID"])
        told = [event["action"] for event in self.events("source=mount")]
        self.assertEqual(told, ["mount", "umount"])


class Power(StreamCase):
    """What the timer says that the kernel cancels."""

    SOURCES = ("power",)

    def test_ClockThatIsSetIsTold(self):
        for sign in (1, -1):
            self.guest.shell(f"date --set='{sign * CLOCK_SECONDS} seconds'")
            event = self.await_event("source=power action=clock-set")
            self.assert_properties(event, KEVENTD_UNIT="microseconds")
            self.assertAlmostEqual(int(event["properties"]["KEVENTD_VALUE"]), sign * CLOCK_SECONDS * SECOND,
                                   delta=PATIENCE * SECOND)

    def test_SleepIsToldWithItsLength(self):
        self.guest.shell("(sleep 1; echo mem >/sys/power/state) >/dev/null 2>&1 &")
        self.poll(lambda: self.guest.monitor("query-status")["status"] == "suspended", "sleep")
        time.sleep(SLEEP_SECONDS)  # that is what is measured
        self.guest.monitor("system_wakeup")
        event = self.await_event("source=power action=resume")
        self.assert_properties(event, KEVENTD_UNIT="microseconds")
        slept = int(event["properties"]["KEVENTD_VALUE"])
        # The hardware's clock counts seconds.
        self.assertGreaterEqual(slept, (SLEEP_SECONDS - 1) * SECOND)
        self.assertLess(slept, PATIENCE * SECOND)


class Pressure(StreamCase):
    """More work than there are processors."""

    SOURCES = ("pressure",)
    CONFIGURE = f"""
mkdir -p /etc/keventd/keventd.toml.d
printf '[sources.pressure]\\ncpu_stall_ms = 100\\n' >/etc/keventd/keventd.toml.d/50-pressure.toml
systemctl restart {SERVICE}
"""

    def test_ThresholdThatIsPassedIsTold(self):
        self.guest.shell(self.CONFIGURE)
        self.assert_running(*self.SOURCES)
        busy = "timeout 20 sh -c 'while :; do :; done' >/dev/null 2>&1 &"
        self.guest.shell(" ".join([busy] * 6))
        event = self.await_event("source=pressure action=some attribute=cpu")
        self.assertEqual(event["object"], "")
        self.assert_properties(event, KEVENTD_UNIT="percent", KEVENTD_STALL_USEC="100000",
                               KEVENTD_WINDOW_USEC="2000000")
        self.assertGreater(float(event["properties"]["KEVENTD_VALUE"]), 0)
        self.assertGreater(int(event["properties"]["TOTAL"]), 0)
