"""The start of the daemon, killed at any moment from the hand-over on."""

import json
import os
import random
import re

from cases.uml_case import Booted
from guests.stream import devices


class Kills(Booted):
    """Rounds, of which each kills the start at moments drawn anew."""

    scenario = "kills"
    rounds = int(os.environ.get("KEVENTD_KILL_ROUNDS", "9"))
    seconds = 20 * rounds
    seed = int(os.environ.get("KEVENTD_KILL_SEED", random.randrange(1 << 32)))
    start = {"hand-over": 300_000, "daemon": 500_000, "recorder": 800_000}  # microseconds that it takes
    steps = ("stream", "early", "early", "there")  # of the daemon's start, by what it says
    step = 50_000  # microseconds that one takes

    @classmethod
    def files(cls):
        draw = random.Random(cls.seed)
        lines = [cls._round(draw, "recorder" if number % 3 == 0 else "service") for number in range(cls.rounds)]
        return {"plan": "".join(f"{line}\n" for line in lines).encode()}

    @classmethod
    def _round(cls, draw, kind):
        """First before it begins, then in each step from the first to the last; then one that goes on."""
        killed, before = ("recorder", "recorder") if kind == "recorder" else ("daemon", "hand-over")
        moments = [cls._early(draw, draw.choice([killed, before])) for _ in range(2)]
        moments += [f"{killed}:{step}:{int(draw.random() ** 3 * cls.step)}" for step in cls.steps]
        return " ".join([kind, *moments, f"{killed}:start:{draw.randrange(cls.start[killed])}"])

    @classmethod
    def _early(cls, draw, killed):
        return f"{killed}:start:{draw.randrange(cls.start[killed] // 2)}"

    @classmethod
    def names(cls):
        return [name.removesuffix(".events") for name in cls.results if name.endswith(".events")]

    def for_each_round(self, look):
        self.assertEqual(len(self.names()), self.rounds)
        for name in self.names():
            with self.subTest(round=name, seed=self.seed):
                try:
                    look(name)
                except AssertionError as error:
                    said = self.text(f"{name}.log")
                    raise AssertionError(f"{name}, KEVENTD_KILL_SEED={self.seed}: {error}\n{said}") from None

    def test_tell_every_event_once(self):
        def look(name):
            numbers = range(self.number(f"{name}.before") + 1, self.number(f"{name}.last") + 1)
            self.expect_all_once(self.stream(name), numbers)

        self.for_each_round(look)

    def test_tell_every_device_once(self):
        expected = devices(self.results["kills.uevent-files"], self.results["kills.subsystem-links"])

        def look(name):
            announced = self.stream(name).announcements()
            self.assertEqual(sorted(announced.elements()), sorted(expected))

        self.for_each_round(look)

    def test_leave_one_stream(self):
        def look(name):
            streams = set(re.findall(r"keventd \S+, stream (\w+) from event", self.text(f"{name}.log")))
            self.assertEqual(streams, {json.loads(self.text(f"{name}.status"))["stream"]})

        self.for_each_round(look)

    def test_hit_every_step_of_the_start(self):
        logs = "".join(self.text(f"{name}.log") for name in self.names())
        steps = [logs.count(mark) for mark in (", stream ", "early events from", "devices were there before")]
        print(f"seed {self.seed}: so many lives of the daemon came so far: {steps}")
        self.assertGreater(steps[0], steps[1])
        self.assertGreater(steps[1], self.rounds)
