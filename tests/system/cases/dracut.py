"""An initrd of dracut, where systemd runs: the units of the product are active in it, and go over to the real root."""

import json

from cases import initramfs_case
from cases.debian_case import once
from cases.boot import WITNESS_UUID
from guests import product


@once
def initrd():
    return initramfs_case.make("dracut")


class Dracut(initramfs_case.InitramfsCase):
    """The witness of the kernel's socket is in the initrd, too: witness.conf, which speaks each time it is opened."""

    def setUp(self):
        self.boot(initrd())

    def test_StreamBeginsInTheInitrdAndGoesOnWithoutAHole(self):
        events = self.desktop.history()
        self.assert_one_stream_from_the_initramfs_on(events)
        self.assert_socket_was_opened_once(events)
        self.assert_sockets_are_those_of_the_initrd()
        self.assert_ran_there_and_here_as_the_same_user()
        self.assert_nobody_stopped_it()
        self.assertEqual(self.guest.shell("systemctl list-units --failed --no-legend"), "")

    def assert_socket_was_opened_once(self, events):
        kernel = [event for event in events if event["source"] == "kernel"]
        (witness,) = [event for event in kernel if event["properties"].get("SYNTH_UUID") == WITNESS_UUID]
        self.assertGreater(kernel[0]["seqnum"], int(self.guest.shell("cat /run/witness/before")))
        self.assertLessEqual(kernel[0]["seqnum"], witness["seqnum"])

    def assert_sockets_are_those_of_the_initrd(self):
        for unit in product.SOCKETS:
            since = int(self.guest.shell(f"systemctl show --value -p ActiveEnterTimestampMonotonic {unit}"))
            self.assertTrue(0 < since < self.root_changed(), f"{unit} is active since {since}")

    def root_changed(self):
        """When systemd began on the real root, in microseconds."""
        return int(self.guest.shell("systemctl show --value -p UserspaceTimestampMonotonic"))

    def assert_ran_there_and_here_as_the_same_user(self):
        said = self.guest.shell("journalctl --merge --no-pager -o json _COMM=keventd").splitlines()
        lines = [json.loads(line) for line in said]
        self.assertEqual({line["_UID"] for line in lines}, {self.guest.shell("id -u keventd").strip()})
        self.assertEqual(len({line["_PID"] for line in lines}), 2)
        self.assertLess(min(int(line["__MONOTONIC_TIMESTAMP"]) for line in lines), self.root_changed())

    def assert_nobody_stopped_it(self):
        """It ended with all processes of the initrd: had a job stopped it, the sockets would have been next."""
        self.assertEqual(self.guest.shell("systemctl show --value -p NRestarts keventd.service").strip(), "1")
