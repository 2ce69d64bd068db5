"""The whole way of an unmodified Debian: its own initramfs, made by initramfs-tools where the product is installed."""

from cases import initramfs_case
from cases.debian_case import once


@once
def initramfs():
    return initramfs_case.make("initramfs-tools")


class InitramfsTools(initramfs_case.InitramfsCase):
    """keventd records from the initramfs on, and is itself handed over to systemd."""

    def setUp(self):
        self.boot(initramfs())

    def test_StreamBeginsInTheInitramfsAndGoesOnWithoutAHole(self):
        self.assert_one_stream_from_the_initramfs_on(self.desktop.history())
        self.assert_recorder_has_ended()

    def assert_recorder_has_ended(self):
        self.guest.shell("test ! -e /run/keventd-recorder.pid")
        # Other processes may end meanwhile: then grep fails, whatever it has found.
        pids = self.guest.shell("(grep -slx keventd /proc/[0-9]*/comm || true) | cut -d/ -f3").split()
        self.assertEqual(pids, self.guest.shell("systemctl show --value -p MainPID keventd.service").split())
