"""Families of generic netlink that come and go with their modules, while a source waits for them."""

from cases.debian_case import GuestCase

SAID = "/run/family"
# To ask for a family loads its module, if there is one (ctrl_getfamily() in net/netlink/genetlink.c).
KEEP_AWAY = "mkdir -p /run/modprobe.d; echo 'install team /bin/false' >/run/modprobe.d/late.conf"
LOAD = "modprobe --ignore-install team"
UNLOAD = "rmmod team"
MAKE_DEVICE = "busybox ip link add name team0 type team"
REMOVE_DEVICE = "busybox ip link del team0"


class Families(GuestCase):
    def await_said(self, *expected):
        """So far, in this order; of what a device brings, once."""
        def is_said():
            lines = self.guest.shell(f"uniq {SAID}").split()
            return [line for line in lines if not line.startswith("command-")] == list(expected)
        self.poll(is_said, f"{expected} in what is said")

    def test_AreListenedToFromTheMomentTheyCome(self):
        self.guest.shell(f"{KEEP_AWAY}; (watch-family team change_event >{SAID} 2>/dev/null </dev/null &)")
        self.await_said("waiting")
        self.guest.shell(LOAD)
        self.await_said("waiting", "running")
        self.guest.shell(MAKE_DEVICE)
        self.poll(lambda: "command-" in self.guest.shell(f"cat {SAID}"), "an event of the family")
        self.guest.shell(f"{REMOVE_DEVICE}; {UNLOAD}")
        self.await_said("waiting", "running", "waiting")
        self.guest.shell(LOAD)
        self.await_said("waiting", "running", "waiting", "running")
