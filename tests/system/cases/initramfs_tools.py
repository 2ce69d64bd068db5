"""The whole way of an unmodified Debian: its own initramfs, made by initramfs-tools where the product is installed."""

from cases.debian_case import EARLY, NULL, SYNTHETIC, GuestCase, installed, machine, once, workplace
from guests import debian

# The root comes read-only from the first disk; see debian_files/initramfs-stack.
ARGUMENTS = "root=/dev/vda ro rootfstype=ext4 fsck.mode=skip"


@once
def initramfs():
    path = workplace() / "initramfs"
    debian.update_initramfs(installed(), path)
    return path


class InitramfsTools(GuestCase):
    """keventd records from the initramfs on, and is itself handed over to systemd."""

    def setUp(self):
        self.use(machine().boot(initramfs(), ARGUMENTS))

    def test_StreamBeginsInTheInitramfsAndGoesOnWithoutAHole(self):
        events = self.desktop.history()
        self.assert_ids_without_a_hole(events, first=1)
        self.assertEqual([event for event in events if event["source"] == "keventd"], [])
        kernel = [event for event in events if event["source"] == "kernel"]
        self.assert_in_order(kernel)
        self.assertFalse([event for event in kernel if event["flags"] & EARLY], "this kernel runs no helper")
        self.assert_heard_in_the_initramfs(kernel)
        self.assertEqual(self.keventctl.status()["statistics"]["stream.restarts"], 1)
        self.assert_recorder_has_ended()

    def assert_heard_in_the_initramfs(self, kernel):
        """The disk of the root, when its driver was loaded; and what udevadm trigger asked for, there and here."""
        adds = [event for event in kernel if event["action"] == "add"]
        disk = [event for event in adds if event["object"].endswith("/block/vda")]
        self.assertEqual([event["flags"] & SYNTHETIC for event in disk][0], 0)
        self.assertEqual(len([event for event in disk if not event["flags"] & SYNTHETIC]), 1)
        self.assertEqual(len([event for event in adds if event["object"] == NULL]), 2)

    def assert_recorder_has_ended(self):
        self.guest.shell("test ! -e /run/keventd-recorder.pid")
        pids = self.guest.shell("grep -lx keventd /proc/[0-9]*/comm | cut -d/ -f3").split()
        self.assertEqual(pids, self.guest.shell("systemctl show --value -p MainPID keventd.service").split())
