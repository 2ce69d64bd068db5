"""Warnings of quotas: they tell what other users do, and are for administrators alone."""

import json

from cases.debian_case import Marks, become
from cases.stream_case import StreamCase
from guests import quota


class Quotas(StreamCase):
    """A user reaches the limits that he has on a disk."""

    SOURCES = ("quota",)

    def setUp(self):
        super().setUp()
        self.disk = quota.LimitedDisk(self.guest)
        self.disk.set_limits(blocks=(0, 1000), files=(0, 2))

    def reach_limits(self):
        self.assertTrue(self.disk.write("a", 500))
        self.assertFalse(self.disk.write("b", 1000))
        self.assertFalse(self.disk.write("c", 0))

    def test_EachIsToldToRootWithUserAndDisk(self):
        self.reach_limits()
        self.await_event("source=quota action=block-hard-limit")
        self.await_event("source=quota action=inode-hard-limit")
        self.disk.remove("a", "b")
        events = self.events("source=quota")
        self.assertEqual([event["action"] for event in events[:2]], ["block-hard-limit", "inode-hard-limit"])
        for event in events:
            self.assertEqual((event["subsystem"], event["object"]),
                             ("block", self.devpath(f"/sys/class/block/{self.disk.device.removeprefix('/dev/')}")))
            self.assert_properties(event, QUOTA_TYPE="user", QUOTA_ID=str(quota.USER), QUOTA_CAUSED_ID=str(quota.USER))
        self.disk.write("c", 500)

    def test_NobodyElseSeesAnyAndTheIdsSayThatThereIsSomething(self):
        first = self.first
        watch = f"{become('nobody')} keventctl {{}} monitor --json"
        self.guest.shell(f"{watch.format('')} >/run/by-socket & {watch.format('--bus=system')} >/run/by-bus & "
                         "until keventctl status | grep -qx 'subscriptions: 2'; do sleep 0.1; done")
        self.listen_to_broadcasts()
        Marks(self.guest).write(1)
        self.reach_limits()
        hidden = {event["id"] for event in self.events("source=quota")}
        self.assertEqual(len(hidden), 2)
        marks = Marks(self.guest)
        marks.write(1)
        for file in ("by-socket", "by-bus", "broadcast"):
            self.await_in_file(file, marks)
            self.assertEqual(self.guest.attempt(f"grep -c quota /run/{file}")[1].strip(), "0", file)
        for file in ("by-socket", "by-bus"):
            seen = {json.loads(line)["id"] for line in self.guest.shell(f"cat /run/{file}").splitlines()}
            self.assertEqual(set(range(min(seen), max(seen) + 1)) - seen, hidden, file)
        shown = {event["id"] for event in self.desktop.history(f"--since={first}")}
        self.assertEqual(set(range(first, max(shown) + 1)) - shown, hidden)
        self.assertEqual(self.desktop.history("source=quota"), [])

    def listen_to_broadcasts(self):
        """Root does, to whom the bus shows all."""
        self.guest.shell("busctl --system --json=short monitor org.keventd1.Events >/run/broadcast 2>/run/listener & "
                         "until grep -q Monitoring /run/listener; do sleep 0.1; done")

    def await_in_file(self, file, marks):
        uuid = marks.filter.removeprefix("SYNTH_UUID=")
        self.poll(lambda: self.guest.attempt(f"grep udev /run/{file} | grep -q {uuid}")[0] == 0, f"the mark in {file}")
