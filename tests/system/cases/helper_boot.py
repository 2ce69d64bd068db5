"""The helper from the first moment of a boot on, and a thousand of them at the hand-over."""

import json

from cases.uml_case import BOOT, Booted
from guests import spool
from guests.stream import EARLY, PRESENT, devices

IN_FLIGHT = 1000


class EarlyBoot(Booted):
    scenario = "early"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.before_init = spool.read(cls.results["before-init.spool"])
        cls.all = cls.stream("early")
        cls.first = min(cls.all.seqnums())
        cls.last = cls.number("early.last")
        cls.helper_alone = range(cls.first, cls.number("helper-alone.last") + 1)

    @classmethod
    def accompany(cls, guest):
        guest.wait_for("ready for a disk", BOOT + cls.seconds)
        guest.plug_in("ubdb", 8 << 20)
        guest.wait_for("ready to lose it", 30)
        guest.pull_out("ubdb")

    def test_runs_hundreds_of_helpers_before_init(self):
        self.assertGreater(len(self.before_init), 300)

    def test_tells_of_every_event_once_and_in_order(self):
        self.expect_all_once(self.all, range(self.first, self.last + 1))

    def test_begins_with_what_the_helper_saw_alone(self):
        early = self.all.events[:len(self.helper_alone)]
        self.assertEqual([event["seqnum"] for event in early], list(self.helper_alone))
        self.assertEqual({event["source"] for event in early}, {"hotplug"})
        self.assertTrue(all(event["flags"] & EARLY for event in early))

    def test_goes_on_with_what_netlink_brings(self):
        later = [event for event in self.all.uevents() if event["seqnum"] > self.helper_alone[-1]]
        sources = [event["source"] for event in later]
        self.assertEqual(sources, sorted(sources))  # of those that both have seen, netlink's is kept
        self.assertGreater(sources.count("kernel"), 20)
        self.assertEqual({bool(event["flags"] & EARLY) for event in later if event["source"] == "kernel"}, {False})

    def test_tells_what_the_kernel_told_the_helper(self):
        told = self.all.by_seqnum()
        for seen in self.before_init:
            self.assertEqual(told[seen.seqnum]["properties"], seen.properties)

    def test_sorts_what_came_in_any_order(self):
        numbers = [seen.seqnum for seen in self.before_init]
        self.assertNotEqual(numbers, sorted(numbers))  # or this kernel proves nothing

    def test_switches_the_helper_off(self):
        self.assertEqual(self.text("uevent_helper").strip(), "")
        sources = {source["name"]: source for source in map(json.loads, self.text("sources").splitlines())}
        self.assertEqual(sources["hotplug"]["state"], "disabled")
        self.assertIn("switched off", sources["hotplug"]["reason"])

    def test_announces_every_device_once(self):
        expected = devices(self.results["early.uevent-files"], self.results["early.subsystem-links"])
        announced = self.all.announcements()
        self.assertGreater(len(expected), 100)
        self.assertEqual(sorted(expected - set(announced)), [])
        self.assertEqual({device: announced[device] for device in expected if announced[device] != 1}, {})

    def test_tells_by_coldplug_what_came_before_the_first_helper(self):
        coldplug = self.all.of("coldplug")
        self.assertTrue(coldplug)
        self.assertTrue(all(event["flags"] & PRESENT and event["action"] == "add" for event in coldplug))
        ids = [event["id"] for event in coldplug]
        self.assertEqual(ids, list(range(ids[0], ids[0] + len(ids))))
        self.assertEqual({event["source"] for event in self.all.events[:ids[0] - 1]}, {"hotplug"})

    def test_tells_of_a_disk_that_is_plugged_in_and_pulled_out(self):
        disk = [event for event in self.all.of("kernel") if event["properties"].get("DEVNAME") == "ubdb"]
        self.assertEqual([event["action"] for event in disk], ["add", "remove"])
        self.assertEqual({event["subsystem"] for event in disk}, {"block"})

    def test_has_nothing_to_warn_of(self):
        said = self.text("keventd.log").splitlines()
        self.assertEqual([line for line in said if not line.startswith("keventd: info: ")], [])


class HelperStorm(Booted):
    scenario = "storm"
    seconds = 200
    helper = "/test/count_hotplug"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seen = [int(line) for line in cls.text("all.seen").split()]
        cls.before, cls.started = map(int, cls.text("burst").split())

    def test_has_a_thousand_helpers_in_flight_at_the_hand_over(self):
        self.assertGreater(self.before - min(self.seen) + 1 - self.started, IN_FLIGHT)

    def test_cancels_none_that_the_kernel_had_in_its_queue(self):
        self.assertEqual(sorted(set(range(min(self.seen), self.before + 1)) - set(self.seen)), [])

    def test_loses_none_and_repeats_none(self):
        self.expect_all_once(self.stream("storm"), range(min(self.seen), self.number("storm.last") + 1))
