"""Attributes of sysfs that somebody watches: the state of a RAID, and the virtual terminal in front."""

import json

from cases.debian_case import become
from cases.stream_case import StreamCase

ARRAY = "md_keventd"
DEVICE = f"/sys/block/{ARRAY}"
STATE = "md/array_state"
# Of one disk of a RAID 1 without metadata.
MAKE_ARRAY = f"""
modprobe md_mod
modprobe raid1
truncate -s 8M /run/disk
loop=$(losetup --find --show /run/disk)
echo {ARRAY} >/sys/module/md_mod/parameters/new_array
cd {DEVICE}/md
echo none >metadata_version
echo raid1 >level
echo 2 >raid_disks
cat "/sys/block/${{loop#/dev/}}/dev" >new_dev
echo 0 >"dev-${{loop#/dev/}}/slot"
echo 4096 >component_size
"""


class Attributes(StreamCase):
    SOURCES = ("attribute",)

    def watch(self, directory, attribute, user=None):
        """In the background; what it says is in /run/watched, and its exit status, when it has failed, in /run/watch-end."""
        watch = f"{become(user) if user else ''} keventctl watch {directory} {attribute} --json"
        self.guest.shell(f"({watch} >/run/watched 2>/run/watch-said || echo $? >/run/watch-end) & "
                         "until keventctl status | grep -qx 'subscriptions: 1'; do sleep 0.1; done")

    def watched(self):
        return [json.loads(line) for line in self.guest.shell("cat /run/watched").splitlines()]

    def await_value(self, value):
        return self.await_event(f"source=attribute action=change KEVENTD_VALUE={value}")

    def test_StateOfARaidIsToldFromItsBirthToItsEnd(self):
        self.guest.shell(MAKE_ARRAY)
        array = self.devpath(DEVICE)
        self.watch(DEVICE, STATE, user="nobody")
        before = "inactive"
        for written, state in (("readonly", "readonly"), ("active", "clean"), ("inactive", "inactive")):
            self.guest.shell(f"echo {written} >{DEVICE}/{STATE}")
            event = self.await_value(state)
            self.assertEqual((event["subsystem"], event["object"], event["attribute"]), ("block", array, STATE))
            self.assert_properties(event, KEVENTD_OLD_VALUE=before)
            before = state
        self.guest.shell(f"echo clear >{DEVICE}/{STATE}")
        self.await_event(f"source=attribute action=remove object={array}")
        self.poll(lambda: self.guest.attempt("cat /run/watch-end")[1].strip() == "1", "the end of keventctl")
        self.assertEqual(self.watched(), self.events("source=attribute"))

    def test_TerminalInFrontIsToldAsLongAsItIsWatched(self):
        console = "/sys/class/tty/tty0"
        self.watch(console, "active", user="nobody")
        for number in (2, 3, 1):
            self.guest.shell(f"busybox chvt {number}")
            event = self.await_value(f"tty{number}")
            self.assertEqual((event["object"], event["attribute"]), (self.devpath(console), "active"))
        self.guest.shell("kill $(pidof keventctl); "
                         "until keventctl status | grep -qx 'subscriptions: 0'; do sleep 0.1; done")
        told = self.events("source=attribute")
        self.guest.shell("busybox chvt 2 && busybox chvt 1")
        self.assertEqual(self.events("source=attribute"), told)
