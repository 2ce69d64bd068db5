"""Nothing is done while nothing happens, with every source on."""

import math
import time

from cases.stream_case import ALL_SOURCES, StreamCase

SECONDS = 60
PING_SECONDS = 15  # half of WatchdogSec=
ATTEMPTS = 3


class Idle(StreamCase):
    SOURCES = ALL_SOURCES

    def test_WakesUpForTheWatchdogAlone(self):
        """The guest does something of its own now and then: that minute does not count."""
        for _ in range(ATTEMPTS):
            last, before = self.last_id(), self.wakeups()
            time.sleep(SECONDS)  # that is what is measured
            after = self.wakeups()
            if self.last_id() == last:
                break
        else:
            self.fail(f"there is no quiet minute in {ATTEMPTS}")
        print(f"  {after - before} wake-ups in {SECONDS} s")
        self.assertLessEqual(after - before, math.ceil(SECONDS / PING_SECONDS) + 1)

    def last_id(self):
        return self.keventctl.position()[1]

    def wakeups(self):
        """How often it has gone to sleep, of its own will or not."""
        pid = self.guest.shell("systemctl show --value -p MainPID keventd.service").strip()
        lines = self.guest.shell(f"grep ctxt_switches /proc/{pid}/status").splitlines()
        return sum(int(line.split()[1]) for line in lines)
