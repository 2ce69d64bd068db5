"""What cases have in common that await events of a stream, from where it was when they began."""

from cases.debian_case import PATIENCE, GuestCase

SECOND = 1_000_000  # microseconds
COUNTED = ("kernel", "udev", "link", "address", "thermal", "acpi", "quota")  # each has a socket
ALL_SOURCES = (*COUNTED, "mount", "power", "pressure", "attribute")


class StreamCase(GuestCase):
    """Every source that a case is about runs: in these guests there is what each needs."""

    SOURCES = ()

    def setUp(self):
        super().setUp()
        self.assert_running(*self.SOURCES)
        self.begin_here()

    def assert_running(self, *names):
        states = {source["name"]: source["state"] for source in self.keventctl.status()["sources"]}
        self.assertEqual({name: states.get(name) for name in names}, dict.fromkeys(names, "running"))

    def begin_here(self):
        """What has been told by now is not looked at again."""
        self.stream, self.first = self.keventctl.position()
        self.next = self.first

    def await_event(self, filters):
        """The first such event since the last that was awaited."""
        (event,) = self.keventctl.lines(f"wait --since={self.next} --timeout={PATIENCE}s {filters}", PATIENCE + 10)
        self.next = event["id"] + 1
        return event

    def events(self, filters=""):
        """All such events since the beginning."""
        self.guest.shell("keventctl sync")
        return self.keventctl.history(f"--since={self.first} --stream={self.stream} {filters}")

    def devpath(self, path):
        """Where in sysfs a path of it leads to, as events name that."""
        return self.guest.shell(f"readlink -f {path}").strip().removeprefix("/sys")

    def assert_properties(self, event, **expected):
        self.assertEqual({name: event["properties"].get(name) for name in expected}, expected)
