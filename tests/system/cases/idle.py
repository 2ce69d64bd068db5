"""Nothing is done while nothing happens, with every source on."""

import time

from cases.stream_case import ALL_SOURCES, StreamCase

SECONDS = 60
ATTEMPTS = 3
# The watchdog's pings are the service manager's wish, and would hide what wakes up as seldom.
WITHOUT_WATCHDOG = """
mkdir -p /run/systemd/system/keventd.service.d
printf '[Service]\\nWatchdogSec=0\\n' >/run/systemd/system/keventd.service.d/no-watchdog.conf
systemctl daemon-reload; systemctl restart keventd.service
(keventctl watch /sys/class/tty/tty0 active >/dev/null 2>&1 </dev/null &)
until keventctl status | grep -q attribute=active; do sleep 0.1; done
"""


class Idle(StreamCase):
    SOURCES = ALL_SOURCES

    def test_DoesNotWakeUp(self):
        """The guest does something of its own now and then: that minute does not count."""
        self.guest.shell(WITHOUT_WATCHDOG)
        for _ in range(ATTEMPTS):
            last, before = self.last_id(), self.wakeups()
            time.sleep(SECONDS)  # that is what is measured
            after = self.wakeups()
            if self.last_id() == last:
                break
        else:
            self.fail(f"there is no quiet minute in {ATTEMPTS}")
        print(f"  {after - before} wake-ups in {SECONDS} s")
        self.assertEqual(after - before, 0)

    def last_id(self):
        return self.keventctl.position()[1]

    def wakeups(self):
        """How often it has gone to sleep, of its own will or not."""
        pid = self.guest.shell("systemctl show --value -p MainPID keventd.service").strip()
        lines = self.guest.shell(f"grep ctxt_switches /proc/{pid}/status").splitlines()
        return sum(int(line.split()[1]) for line in lines)
