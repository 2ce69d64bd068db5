"""What cases have in common in which a Debian comes up by an initramfs that was made where the product is installed."""

from cases.debian_case import EARLY, NULL, SYNTHETIC, GuestCase, installed, machine, workplace
from guests import debian

# The root comes read-only from the first disk; see debian_files/stack.
ARGUMENTS = "root=/dev/vda ro rootfstype=ext4 fsck.mode=skip"


def make(tool):
    """The initramfs that a tool of the guest makes."""
    path = workplace() / tool
    debian.make_initramfs(tool, installed(), path)
    return path


class InitramfsCase(GuestCase):
    """keventd has recorded from the initramfs on."""

    def boot(self, initramfs):
        self.use(machine().boot(initramfs, ARGUMENTS))

    def assert_one_stream_from_the_initramfs_on(self, events):
        self.assert_ids_without_a_hole(events, first=1)
        self.assertEqual([event for event in events if event["source"] == "keventd"], [])
        kernel = [event for event in events if event["source"] == "kernel"]
        self.assert_in_order(kernel)
        self.assertFalse([event for event in kernel if event["flags"] & EARLY], "this kernel runs no helper")
        self.assert_heard_in_the_initramfs(kernel)
        self.assertEqual(self.keventctl.status()["statistics"]["stream.restarts"], 1)

    def assert_heard_in_the_initramfs(self, kernel):
        """The disk of the root, when its driver was loaded; and what udevadm trigger asked for, there and here."""
        adds = [event for event in kernel if event["action"] == "add"]
        disk = [event for event in adds if event["object"].endswith("/block/vda")]
        self.assertEqual([event["flags"] & SYNTHETIC for event in disk][0], 0)
        self.assertEqual(len([event for event in disk if not event["flags"] & SYNTHETIC]), 1)
        self.assertEqual(len([event for event in adds if event["object"] == NULL]), 2)
