"""What lies where a spool should, and is none."""

import random

from cases.uml_case import Booted
from guests import spool


class Abuse(Booted):
    scenario = "abuse"
    lost_of_ours = 2  # one record in `truncated` and one in `spoiled`

    @classmethod
    def files(cls):
        records = {number: spool.record(number) for number in range(1, 10)}
        head = spool.header()
        spoiled = records[5][:60] + b"?" + records[5][61:]
        return {
            "garbage": random.Random(1).randbytes(4096),
            "spool-truncated": (head + records[1] + records[2] + records[3])[:-20],
            "spool-spoiled": head + records[4] + spoiled + records[6],
            "spool-foreign": head + spool.record(7, boot=b"another boot's  "),
            "spool-version": spool.header(layout=77) + records[7],
            "spool-garbage": random.Random(2).randbytes(4096),
            "spool-empty": b"",
            "spool-writable": head + records[7],
            "spool-good": head + records[8] + records[9],
        }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.all = cls.stream("abuse")

    def expect_named(self, file, reason):
        self.assertRegex(self.text("keventd.log"), rf"{file}\.spool: .*{reason}.*, ignoring")

    def test_is_named_by_the_daemon(self):
        for file, reason in {
                "truncated": "1 refused, .*cut short",
                "spoiled": "1 refused, .*damaged",
                "foreign": "from another boot",
                "version": "another version",
                "garbage": "no spool",
                "empty": "too short",
                "writable": "others may write",
                "fifo": "no regular file",
                "directory": "no regular file",
                "link": "a symbolic link",
                "large": "larger than a spool",
        }.items():
            with self.subTest(file=file):
                self.expect_named(file, reason)

    def test_is_named_by_the_hand_over(self):
        for name in ("fifo", "link", "garbage", "empty", "directory", "writable"):
            with self.subTest(place=name):
                said = self.text(f"{name}.said")
                self.assertIn("/run/keventd-hotplug/spool: no spool of ours alone, leaving it", said)
        self.assertIn("taken: larger than a spool, leaving it", self.text("large.said"))
        self.assertIn("copy the spool: No space left on device", self.text("no-room-for-copy.said"))
        self.assertIn("No space left on device, going on without", self.text("no-inode.said"))  # its lock
        for name in ("linked-directory", "full", "no-room", "room-for-copy"):
            self.assertEqual(self.text(f"{name}.said"), "")

    def test_is_followed_nowhere(self):
        self.assertIn("/victim:\ntotal 0", self.text("writable.left"))

    def test_takes_nothing_with_it(self):
        told = {number for number in self.all.seqnums() if number < 10}
        self.assertEqual(told, {1, 2, 4, 6, 8, 9})
        real = [number for number in self.all.seqnums() if number >= 10]
        missing = self.all.missing(range(min(real), self.number("abuse.last") + 1))
        self.assertEqual(self.all.repeated(), [])
        self.assertTrue(missing)  # where there was no room
        self.assertEqual(self.all.told_lost(), len(missing) + self.lost_of_ours)
