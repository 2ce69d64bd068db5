"""What has happened by the time a Debian has come up."""

import pathlib

from cases.debian_case import PRESENT, QUEUED, GuestCase
from guests import product

WITNESS_UUID = "5eed0000-0000-4000-8000-000000000001"
LIST_DEVICES = "cd /sys && find devices -name subsystem -type l -printf '/%h\\n'"
MONOTONIC = "systemctl show --value -p ActiveEnterTimestampMonotonic"


class Boot(GuestCase):
    """Read from a guest that has booted: witness.conf and witness.service were there, see debian_case.py."""

    def test_HistoryOfADesktopUserBeginsWithTheFirstUeventThatTheSocketHeard(self):
        before = int(self.guest.shell("cat /run/witness/before"))
        events = self.desktop.history()
        kernel = [event for event in events if event["source"] == "kernel"]
        (witness,) = [event for event in kernel if event["properties"].get("SYNTH_UUID") == WITNESS_UUID]
        self.assertGreater(kernel[0]["seqnum"], before)
        self.assertLessEqual(kernel[0]["seqnum"], witness["seqnum"])
        self.assertTrue(kernel[0]["flags"] & QUEUED)
        self.assertTrue(witness["flags"] & QUEUED)
        self.assertEqual(events[0]["id"], 1)
        # What systemd-udev-trigger asks for first.
        buses = {f"/bus/{name}" for name in self.guest.shell("ls /sys/bus").split()}
        self.assertEqual(buses - {event["object"] for event in kernel if event["action"] == "add"}, set())

    def test_IdsHaveNoHoleAndSeqnumsAreInOrder(self):
        events = self.desktop.history()
        self.assert_ids_without_a_hole(events, first=1)
        self.assert_in_order([event for event in events if event["source"] == "kernel"])
        self.assertEqual([event for event in events if event["source"] == "keventd"], [])

    def test_EventsOfUdevFollowThoseOfTheKernelEachOnce(self):
        events = self.desktop.history()
        kernel = {event["seqnum"]: event["id"] for event in events if event["source"] == "kernel"}
        udev = [event for event in events if event["source"] == "udev"]
        self.assertGreater(len(udev), 100)
        self.assertEqual(len({event["seqnum"] for event in udev}), len(udev))
        self.assertEqual([event for event in udev if kernel.get(event["seqnum"], event["id"]) >= event["id"]], [])

    def test_EveryDeviceIsAnnouncedByTheKernelOrOnceByColdplug(self):
        events = self.desktop.history()
        coldplug = [event["object"] for event in events if event["source"] == "coldplug"]
        kernel = [event for event in events if event["source"] == "kernel"]
        told = {event["object"] for event in kernel if event["action"] in ("add", "move")} | set(coldplug)
        # Of a power supply the kernel cannot tell in `add` how it is, and sends none (EAGAIN, power_supply_uevent()).
        told |= {event["object"] for event in kernel if event["subsystem"] == "power_supply"}
        self.assertEqual(set(self.guest.shell(LIST_DEVICES).split()) - told, set())
        self.assertEqual(len(set(coldplug)), len(coldplug))

    def test_NewStreamBeginsWithEachDeviceOnceParentsFirst(self):
        self.guest.shell("systemctl stop 'keventd*.socket' keventd.service; rm /run/keventd/state")
        self.guest.shell("systemctl start 'keventd.socket' keventd.service")
        events = [event for event in self.desktop.history() if event["source"] == "coldplug"]
        objects = [event["object"] for event in events]
        self.assertEqual(set(self.guest.shell(LIST_DEVICES).split()) - set(objects), set())
        self.assertEqual(len(set(objects)), len(objects))
        self.assertTrue(all(event["flags"] & PRESENT for event in events))
        places = {name: place for place, name in enumerate(objects)}
        for name, place in places.items():
            above = [places[str(parent)] for parent in pathlib.PurePath(name).parents if str(parent) in places]
            self.assertLess(max(above, default=-1), place, name)

    def test_SocketsOpenBeforeUdevdAndWhoeverConfiguresANetwork(self):
        starts = "systemctl show --value -p InactiveExitTimestampMonotonic systemd-udevd.service"
        udevd = int(self.guest.shell(starts))
        opened = {unit: int(self.guest.shell(f"{MONOTONIC} {unit}")) for unit in product.SOCKETS}
        self.assertEqual({unit: at for unit, at in opened.items() if not 0 < at < udevd}, {})
        for unit in ("keventd-link.socket", "keventd-address.socket"):
            before = self.guest.shell(f"systemctl show --value -p Before {unit}").split()
            self.assertIn("network-pre.target", before)
            self.assertIn("systemd-networkd.service", before)

    def test_ServesItsOwnSocketBeforeThereIsAMessageBus(self):
        self.assertIn('"stream"', self.guest.shell("cat /run/witness/before-bus"))
        keventd, dbus = (int(self.guest.shell(f"{MONOTONIC} {unit}")) for unit in ("keventd.service", "dbus.socket"))
        self.assertGreater(keventd, 0)
        self.assertLess(keventd, dbus)

    def test_JoinsTheMessageBusWhenThatIsThere(self):
        main_pid = self.guest.shell("systemctl show --value -p MainPID keventd.service").strip()
        owner = self.guest.shell("busctl call org.freedesktop.DBus / org.freedesktop.DBus "
                                 "GetConnectionUnixProcessID s org.keventd1")
        self.assertEqual(owner.split(), ["u", main_pid])
        self.assertEqual(self.desktop.status()["stream"], self.keventctl.status()["stream"])
