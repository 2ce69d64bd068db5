"""What the cases of user-mode-linux have in common: a machine that runs one scenario, and what that has left."""

import unittest

from guests import initramfs, uml
from guests.stream import Stream

BOOT = 60  # seconds, for a machine that takes 10


class Booted(unittest.TestCase):
    """One machine for all cases of the class."""

    maxDiff = 2000
    scenario = None
    seconds = 60  # for the scenario
    helper = "/sbin/keventd-hotplug"

    @classmethod
    def setUpClass(cls):
        def write(path):
            initramfs.write(path, cls.helper, cls.files())

        with uml.Guest(cls.scenario, write) as guest:
            cls.accompany(guest)
            cls.results = guest.results(BOOT + cls.seconds)

    @classmethod
    def files(cls):
        """What the scenario finds in /test."""
        return {}

    @classmethod
    def accompany(cls, guest):
        """What is done to the machine while it runs."""

    @classmethod
    def text(cls, name):
        return cls.results[name].decode(errors="replace")

    @classmethod
    def number(cls, name):
        return int(cls.text(name))

    @classmethod
    def stream(cls, name):
        return Stream(cls.text(f"{name}.events"))

    def expect_all_once(self, stream, numbers):
        self.assertEqual(stream.missing(numbers), [], "not in the stream")
        self.assertEqual(stream.repeated(), [])
        self.assertEqual(stream.seqnums(), sorted(stream.seqnums()))
        self.assertEqual(stream.told_lost(), 0)
