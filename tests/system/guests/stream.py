"""What a guest brought back: the events of a daemon, as keventctl prints them, and the devices of its sysfs."""

import collections
import json
import posixpath

SYNTHETIC, EARLY, PRESENT = 2, 8, 16


class Stream:
    """All events of a stream, in the order of their ids; the ids must have no hole."""

    def __init__(self, text):
        self.events = [json.loads(line) for line in text.splitlines()]
        ids = [event["id"] for event in self.events]
        assert ids == list(range(1, len(ids) + 1)), f"the ids have a hole: {ids}"

    def of(self, *sources):
        return [event for event in self.events if event["source"] in sources]

    def uevents(self):
        """By whatever road they came."""
        return self.of("kernel", "hotplug")

    def seqnums(self):
        return [event["seqnum"] for event in self.uevents()]

    def by_seqnum(self):
        return {event["seqnum"]: event for event in self.uevents()}

    def missing(self, numbers):
        """Returns those of the numbers that no event has."""
        return sorted(set(numbers) - set(self.seqnums()))

    def repeated(self):
        """Returns the SEQNUMs that come more than once."""
        return sorted(number for number, count in collections.Counter(self.seqnums()).items() if count > 1)

    def told_lost(self):
        """Returns how many events are told to be lost; None stands for an overrun that does not know."""
        overruns = [event for event in self.of("keventd") if event["action"] == "overrun"]
        counts = [event["properties"].get("KEVENTD_COUNT") for event in overruns]
        return None if None in counts else sum(map(int, counts))

    def announcements(self):
        """Returns how often each device is announced: by its own `add`, or, if nobody heard that, by coldplug."""
        genuine = [event for event in self.events if event["action"] == "add" and not event["flags"] & SYNTHETIC]
        return collections.Counter(event["object"] for event in genuine if event["object"].startswith("/devices/"))


def devices(uevent_files, subsystem_links):
    """Returns the devpaths of all that has a `uevent` file and belongs to a class or a bus.

    uevent_files     what `find` says
    subsystem_links  what `ls -l` says
    """
    with_file = {posixpath.dirname(path) for path in uevent_files.decode().splitlines()}
    found = set()
    for line in subsystem_links.decode().splitlines():
        link, target = line[line.index("/sys/"):].split(" -> ")
        directory = posixpath.dirname(link)
        subsystem = posixpath.normpath(posixpath.join(directory, target))
        if directory in with_file and subsystem.startswith(("/sys/class/", "/sys/bus/")):
            found.add(directory.removeprefix("/sys"))
    return found
