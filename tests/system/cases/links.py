"""Network interfaces: a card whose cable QEMU pulls out, and what is done to it in the guest."""

from cases.stream_case import StreamCase

MAC = "52:54:00:12:34:56"
ADDRESS = "192.0.2.1"


class Links(StreamCase):
    """In each case a card has just been plugged in and switched on; its cable is in."""

    SOURCES = ("link", "address")

    def setUp(self):
        super().setUp()
        self.guest.monitor("netdev_add", type="user", id="net", restrict=True)
        self.guest.monitor("device_add", driver="virtio-net-pci", id="card", netdev="net", mac=MAC, bus="slot2")
        card = self.await_event("source=udev action=add subsystem=net")
        self.name = card["properties"]["INTERFACE"]
        self.card = self.devpath(f"/sys/class/net/{self.name}")
        self.switch("up")
        self.await_up()
        self.guest.shell("udevadm settle")

    def await_up(self):
        self.await_event(f"source=link attribute=operstate KEVENTD_VALUE=up INTERFACE={self.name}")

    def switch(self, way):
        self.guest.shell(f"busybox ip link set {self.name} {way}")

    def put_cable(self, is_in):
        self.guest.monitor("set_link", name="card", up=is_in)

    def test_CableIsPulledOutAndPutInWithoutAUevent(self):
        self.begin_here()
        for is_in, action in ((False, "no-carrier"), (True, "carrier")):
            self.put_cable(is_in)
            event = self.await_event(f"source=link action=carrier,no-carrier INTERFACE={self.name}")
            self.assertEqual((event["action"], event["subsystem"], event["object"], event["attribute"]),
                             (action, "net", self.card, "carrier"))
            self.assert_properties(event, KEVENTD_VALUE=str(int(is_in)), KEVENTD_OLD_VALUE=str(int(not is_in)), UP="1")
        self.assertTrue(self.card.startswith("/devices/pci"))
        self.await_up()
        self.guest.shell("udevadm settle")
        self.assertEqual(self.events("source=kernel,udev subsystem=net"), [])

    def test_AddressIsToldWithItsCard(self):
        self.guest.shell(f"busybox ip address add {ADDRESS}/24 dev {self.name}")
        added = self.await_event(f"source=address action=add INTERFACE={self.name} 'ADDRESS={ADDRESS}*'")
        self.assertEqual((added["subsystem"], added["object"]), ("net", self.card))
        self.assert_properties(added, FAMILY="ipv4", SCOPE="global")
        self.guest.shell(f"busybox ip address del {ADDRESS}/24 dev {self.name}")
        removed = self.await_event(f"source=address action=remove INTERFACE={self.name} 'ADDRESS={ADDRESS}*'")
        self.assertEqual(removed["object"], self.card)

    def test_LifeOfACardIsOneStory(self):
        """That udev renames it, does not break it in two: all is of one interface, by its number."""
        self.switch("down")
        self.await_event(f"source=link action=down INTERFACE={self.name}")
        self.guest.monitor("device_del", id="card")
        self.await_event(f"source=link action=remove INTERFACE={self.name}")
        story = [event for event in self.events("source=link") if event["properties"].get("ADDRESS") == MAC]
        actions = [event["action"] for event in story if not event["attribute"]]
        self.assertEqual(actions, ["add", "rename", "up", "down", "remove"])
        self.assertEqual(len({event["properties"]["IFINDEX"] for event in story}), 1)
        added, renamed = (next(event for event in story if event["action"] == action) for action in ("add", "rename"))
        self.assertEqual(renamed["properties"]["DEVPATH_OLD"], added["object"])
        self.assertEqual({event["object"] for event in story} - {added["object"]}, {self.card})
        # As the kernel names it in its uevents.
        uevents = self.events("source=kernel subsystem=net action=add,move,remove")
        self.assertEqual([event["object"] for event in uevents], [added["object"], self.card, self.card])
