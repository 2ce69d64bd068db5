"""keventd ends and begins again, in all ways, while events go on: none is lost, and none comes twice."""

from cases.debian_case import QUEUED, GuestCase, Marks, become

SERVICE = "keventd.service"
# Kills the daemon by a signal and waits until there is another one. In its start, that may be killed, too.
KILL = """
kill_daemon() {
    local old
    old=$(systemctl show --value -p MainPID keventd.service)
    ((old != 0))
    kill "-$1" "$old"
    until pid=$(systemctl show --value -p MainPID keventd.service) && ((pid != 0 && pid != old)) &&
        [[ $(cat "/proc/$pid/comm") == keventd ]]; do sleep 0.02; done
}
"""


class Restarts(GuestCase):
    """Events are written all the while, and a desktop user watches on the message bus."""

    def setUp(self):
        super().setUp()
        self.stream, self.first = self.keventctl.position()
        self.marks = Marks(self.guest)
        self.watch()
        self.marks.begin()
        self.marks.let_come(10)

    def watch(self):
        """A desktop user's subscription to the kernel's marks, from now on."""
        watch = f"{become('nobody')} keventctl --bus=system monitor --json source=kernel {self.marks.filter}"
        self.guest.shell(f"{watch} >/run/watched 2>/run/watch-said & "
                         "until keventctl status | grep -qx 'subscriptions: 1'; do sleep 0.1; done")

    def assert_nothing_is_lost(self):
        count = self.marks.end()
        self.guest.shell("keventctl sync")
        events = self.keventctl.history(f"--since={self.first} --stream={self.stream}")
        self.assert_ids_without_a_hole(events, self.first)
        self.assertEqual([event for event in events if event["source"] == "keventd"], [])
        kernel = [event for event in events if event["source"] == "kernel"]
        self.assert_in_order(kernel)
        numbers = list(range(1, count + 1))
        self.assertEqual(self.marks.of(kernel), numbers)
        self.assert_udev_is_complete(numbers)
        self.assert_watcher_has(numbers)
        return kernel

    def assert_udev_is_complete(self, numbers):
        """Each once; it has its own order, and time."""

        def complete():
            events = self.keventctl.history(f"--since={self.first} source=udev {self.marks.filter}")
            found = self.marks.of(events)
            self.assertEqual(len(set(found)), len(found), "udev's came twice")
            return sorted(found) == numbers

        self.poll(complete, "all events of udev")

    def assert_watcher_has(self, numbers):
        self.poll(lambda: int(self.guest.shell("wc -l </run/watched")) >= len(numbers), "all events on the message bus")
        said = self.guest.shell("sed 's/.*\"SYNTH_ARG_N\":\"\\([0-9]*\\)\".*/\\1/' /run/watched")
        self.assertEqual([int(number) for number in said.split()], numbers)

    def test_RestartLosesNothing(self):
        self.guest.shell(f"systemctl restart {SERVICE}")
        self.marks.let_come(10)
        self.guest.shell(f"systemctl restart {SERVICE}")
        kernel = self.assert_nothing_is_lost()
        self.assertTrue(any(event["flags"] & QUEUED for event in kernel), "the sockets had nothing to keep")

    def test_KillLosesNothing(self):
        self.guest.shell(f"{KILL} kill_daemon KILL")
        self.assert_nothing_is_lost()
        self.assertEqual(self.guest.shell(f"systemctl show --value -p NRestarts {SERVICE}").strip(), "1")

    def test_TenCrashesAtOnceLoseNothing(self):
        """Five in ten seconds are where systemd gives up by default."""
        self.guest.shell(f"{KILL} for n in 1 2 3 4 5; do kill_daemon SEGV; kill_daemon KILL; done", seconds=120)
        self.assert_nothing_is_lost()
        self.assertEqual(self.guest.shell(f"systemctl show --value -p NRestarts {SERVICE}").strip(), "10")

    def test_RestartOfTheMessageBusLosesNothing(self):
        self.guest.shell("systemctl restart dbus.service")
        self.marks.let_come(10)
        self.assert_nothing_is_lost()
        self.assertEqual(self.guest.shell(f"systemctl show --value -p NRestarts {SERVICE}").strip(), "0")
        self.assertEqual(self.desktop.status()["stream"], self.stream)
