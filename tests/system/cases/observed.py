"""What only a machine of one's own shows: the mounts of PID 1, a clock that is set, sleep, pressure."""

import time

from cases.debian_case import PATIENCE, GuestCase

SLEEP_SECONDS = 5
CLOCK_SECONDS = 3600
SECOND = 1_000_000  # microseconds
PLACE = "/run/mounted-outside"


class ObservedCase(GuestCase):
    """Events are awaited from where the stream is at the beginning."""

    def setUp(self):
        super().setUp()
        _, self.next = self.keventctl.position()

    def await_event(self, filters):
        """The first such event since the last that was awaited."""
        (event,) = self.keventctl.lines(f"wait --since={self.next} --timeout={PATIENCE}s {filters}", PATIENCE + 10)
        self.next = event["id"] + 1
        return event

    def has_source(self, name):
        """Skips where this build, or this kernel, has no such source."""
        sources = {source["name"]: source for source in self.keventctl.status()["sources"]}
        if sources.get(name, {}).get("state") != "running":
            self.skipTest(f"source {name}: {sources.get(name)}")


class Mounts(ObservedCase):
    """The daemon has a mount namespace of its own, and tells of PID 1's all the same."""

    def test_ThoseOfPid1AreTold(self):
        self.has_source("mount")
        self.guest.shell(f"mkdir {PLACE} && mount -t tmpfs -o size=64k mine {PLACE}")
        mounted = self.await_event(f"source=mount action=mount MOUNTPOINT={PLACE}")
        self.assertEqual(mounted["properties"]["SOURCE"], "mine")
        self.guest.shell(f"umount {PLACE}")
        umounted = self.await_event(f"source=mount action=umount MOUNTPOINT={PLACE}")
        self.assertEqual(umounted["properties"]["MOUNT_ID"], mounted["properties"]["MOUNT_ID"])

    def test_RemountOfOneIsTold(self):
        """Which a mount namespace that follows another one does not show."""
        self.has_source("mount")
        self.guest.shell(f"mkdir {PLACE} && mount -t tmpfs mine {PLACE} && mount -o remount,bind,ro {PLACE}")
        event = self.await_event(f"source=mount action=mount,remount MOUNTPOINT={PLACE} 'OPTIONS=ro*'")
        self.assertTrue(event["properties"]["OPTIONS"].startswith("ro"))


class Power(ObservedCase):
    """What the timer says that the kernel cancels."""

    def setUp(self):
        super().setUp()
        self.has_source("power")

    def test_ClockThatIsSetIsTold(self):
        for sign in (1, -1):
            self.guest.shell(f"date --set='{sign * CLOCK_SECONDS} seconds'")
            event = self.await_event("source=power action=clock-set")
            self.assertEqual(event["properties"]["KEVENTD_UNIT"], "microseconds")
            self.assertAlmostEqual(int(event["properties"]["KEVENTD_VALUE"]), sign * CLOCK_SECONDS * SECOND,
                                   delta=PATIENCE * SECOND)

    def test_SleepIsToldWithItsLength(self):
        self.guest.shell("(sleep 1; echo mem >/sys/power/state) >/dev/null 2>&1 &")
        self.poll(lambda: self.guest.monitor("query-status")["status"] == "suspended", "sleep")
        time.sleep(SLEEP_SECONDS)  # that is what is measured
        self.guest.monitor("system_wakeup")
        event = self.await_event("source=power action=resume")
        slept = int(event["properties"]["KEVENTD_VALUE"])
        # The hardware's clock counts seconds.
        self.assertGreaterEqual(slept, (SLEEP_SECONDS - 1) * SECOND)
        self.assertLess(slept, PATIENCE * SECOND)


class Pressure(ObservedCase):
    """More work than there are processors."""

    def test_ThresholdThatIsPassedIsTold(self):
        self.has_source("pressure")
        busy = "timeout 20 sh -c 'while :; do :; done' >/dev/null 2>&1 &"
        self.guest.shell(" ".join([busy] * 6))
        event = self.await_event("source=pressure action=some attribute=cpu")
        self.assertEqual(event["properties"]["KEVENTD_UNIT"], "percent")
        self.assertGreater(float(event["properties"]["KEVENTD_VALUE"]), 0)
        self.assertGreater(int(event["properties"]["TOTAL"]), 0)
