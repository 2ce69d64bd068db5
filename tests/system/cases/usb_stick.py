"""A USB stick, as a person at a desktop uses it: one readable story, of three sources."""

import subprocess

from cases.debian_case import workplace
from cases.stream_case import StreamCase

PLACE = "/run/stick"
STORY = [
    *(("kernel", "add"), ("udev", "add")),
    *(("mount", "mount"), ("mount", "umount")),
    *(("kernel", "remove"), ("udev", "remove")),
]


class UsbStick(StreamCase):
    SOURCES = ("kernel", "udev", "mount")

    def plug_in(self):
        path = workplace() / "stick.img"
        with open(path, "wb") as image:
            image.truncate(16 << 20)
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-L", "STICK", path], check=True)
        self.guest.monitor("blockdev-add", driver="raw", node_name="stick",
                           file={"driver": "file", "filename": str(path)})
        self.guest.monitor("device_add", driver="usb-storage", id="stick-device", drive="stick", bus="usb.0")
        return self.await_event("source=udev action=add subsystem=block ID_BUS=usb ID_FS_LABEL=STICK")

    def test_IsPluggedInMountedUmountedAndPulledOut(self):
        disk = self.plug_in()
        self.guest.shell(f"mkdir {PLACE} && mount -o noatime {disk['properties']['DEVNAME']} {PLACE}")
        mounted = self.await_event(f"source=mount action=mount MOUNTPOINT={PLACE}")
        self.assert_properties(mounted, FSTYPE="ext4", SOURCE=disk["properties"]["DEVNAME"],
                               MAJOR=disk["properties"]["MAJOR"], MINOR=disk["properties"]["MINOR"])
        self.guest.shell(f"umount {PLACE}")
        self.await_event(f"source=mount action=umount MOUNTPOINT={PLACE}")
        self.guest.monitor("device_del", id="stick-device")
        self.await_event(f"source=udev action=remove object={disk['object']}")
        self.assert_is_one_story(disk["object"])

    def assert_is_one_story(self, disk):
        print(self.guest.shell(f"keventctl history --since={self.first}"))
        events = self.events()
        self.assert_ids_without_a_hole(events, self.first)
        # Whoever closes it after writing has udevd ask for a `change`.
        told = [(event["source"], event["action"]) for event in events
                if event["object"] == disk and event["action"] != "change"]
        self.assertEqual(told, STORY)
