"""Devices that come and go, by the hand of QEMU."""

from cases.debian_case import PATIENCE, GuestCase, workplace

SERIAL = "KEVENTD0001"
DISK_BYTES = 16 << 20


class HotPlug(GuestCase):
    """Each event as a pair: the kernel's, and udev's with what it found out, of the same SEQNUM."""

    def setUp(self):
        super().setUp()
        _, self.next = self.keventctl.position()

    # --- What is plugged in and out ---

    def make_disk(self):
        path = workplace() / "disk.img"
        with open(path, "wb") as image:
            image.truncate(DISK_BYTES)
        self.guest.monitor("blockdev-add", driver="raw", node_name="disk",
                           file={"driver": "file", "filename": str(path)})

    def await_udev(self, filters):
        """The first such event of udev since the last change."""
        (event,) = self.keventctl.lines(f"wait --since={self.next} --timeout={PATIENCE}s source=udev {filters}",
                                        PATIENCE + 10)
        return event

    def pairs(self, action, below):
        """(kernel's event, udev's) of what has happened since the last change, when udev has done it all."""
        self.guest.shell("udevadm settle")

        def complete():
            uevents = self.keventctl.history(f"--since={self.next} source=kernel,udev action={action}")
            events = [event for event in uevents if event["object"].startswith(below)]
            kernel, udev = ({event["seqnum"]: event for event in events if event["source"] == source}
                            for source in ("kernel", "udev"))
            self.assertEqual(len(kernel) + len(udev), len(events), "an event came twice")
            return kernel and kernel.keys() == udev.keys() and [(kernel[number], udev[number]) for number in kernel]

        return self.poll(complete, f"a pair of each {action} below {below}")

    def assert_pairs_in_order(self, pairs):
        for kernel, udev in pairs:
            self.assertLess(kernel["id"], udev["id"])
            self.assertEqual(kernel["subsystem"], udev["subsystem"])

    def assert_comes_and_goes(self, hardware, filters, properties):
        """Plugs and unplugs it; the last of its devices matches the filters, with these properties of udev."""
        self.plug(**hardware)
        device = self.await_udev(f"action=add {filters}")
        self.assertEqual({name: device["properties"].get(name) for name in properties}, properties)
        below = self.top_of(device["object"])
        added = self.pairs("add", below)
        self.assert_pairs_in_order(added)
        self.assertIn(device["object"], {udev["object"] for _, udev in added})
        self.assertFalse([kernel for kernel, _ in added if "ID_" in " ".join(kernel["properties"])])

        renamed = self.renamer()
        _, self.next = self.keventctl.position()
        self.unplug()
        self.await_udev(f"action=remove object={below}")
        removed = self.pairs("remove", below)
        self.assert_pairs_in_order(removed)
        self.assertEqual({kernel["object"] for kernel, _ in removed},
                         {renamed(kernel["object"]) for kernel, _ in added})

    def top_of(self, path):
        """The first of the devices that came: the one whose parent was there before."""
        events = self.keventctl.history(f"--since={self.next} source=kernel action=add")
        return next(event["object"] for event in events if path.startswith(event["object"] + "/"))

    def renamer(self):
        """Of a device as it was named when it came, the name that it has by now; so it is with network interfaces."""
        moves = self.keventctl.history(f"--since={self.next} source=kernel action=move")
        names = {event["properties"]["DEVPATH_OLD"]: event["object"] for event in moves}

        def renamed(path):
            old = next((name for name in names if path == name or path.startswith(name + "/")), None)
            return path if old is None else names[old] + path.removeprefix(old)

        return renamed

    def plug(self, **device):
        self.guest.monitor("device_add", id="device", **device)

    def unplug(self):
        self.guest.monitor("device_del", id="device")

    # --- The cases ---

    def test_UsbStickComesAndGoes(self):
        self.make_disk()
        self.assert_comes_and_goes(
            {"driver": "usb-storage", "drive": "disk", "serial": SERIAL, "bus": "usb.0"},
            "subsystem=block", {"ID_BUS": "usb", "ID_SERIAL_SHORT": SERIAL, "DEVNAME": "/dev/sda"})

    def test_DiskComesAndGoes(self):
        self.make_disk()
        self.assert_comes_and_goes(
            {"driver": "virtio-blk-pci", "drive": "disk", "serial": SERIAL, "bus": "slot1"},
            "subsystem=block", {"ID_SERIAL": SERIAL, "DEVTYPE": "disk"})

    def test_NetworkCardComesAndGoes(self):
        self.guest.monitor("netdev_add", type="user", id="net", restrict=True)
        self.assert_comes_and_goes(
            {"driver": "virtio-net-pci", "netdev": "net", "mac": "52:54:00:12:34:56", "bus": "slot2"},
            "subsystem=net", {"ID_BUS": "pci", "ID_NET_NAME_MAC": "enx525400123456"})
