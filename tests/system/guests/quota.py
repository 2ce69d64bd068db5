"""A file system in a guest on which one user has limits, to be reached by writing as that user.

The disk is a file of the guest's own on a loop device (/devices/virtual/block/loopN), ext4 with the feature quota.
"""

from guests.qemu import CommandFailed

USER = 65534  # nobody, of whom nothing else is in a guest
IMAGE, PLACE = "/run/keventd-quota.img", "/run/keventd-quota"
MEGABYTES = 32


class LimitedDisk:
    """Blocks are of 1 KiB. No limits until they are set; what becomes too much fails, as it does for a user."""

    def __init__(self, guest):
        self._guest = guest
        guest.shell(f"truncate -s {MEGABYTES}M {IMAGE} && mke2fs -q -t ext4 -b 1024 -O quota {IMAGE} && mkdir {PLACE} && "
                    f"mount -o loop,usrquota {IMAGE} {PLACE} && chmod 1777 {PLACE}")
        self.device = guest.shell(f"findmnt -no SOURCE {PLACE}").strip()

    def set_limits(self, blocks=(0, 0), files=(0, 0), grace_seconds=0):
        """(soft, hard) of both, 0 for none; how long a soft one may be exceeded, by default a week."""
        numbers = " ".join(map(str, (*blocks, *files, grace_seconds)))
        self._guest.shell(f"set-limits {self.device} {USER} {numbers}")

    def write(self, name, kilobytes):
        """Makes a file of the user's, or makes it longer; returns whether there was room for all of it."""
        return self._as_user(f"dd if=/dev/zero bs=1k count={kilobytes} oflag=append conv=notrunc of={PLACE}/{name}")

    def remove(self, *names):
        self._as_user("rm " + " ".join(f"{PLACE}/{name}" for name in names))

    def _as_user(self, command):
        try:
            self._guest.shell(f"setpriv --reuid={USER} --regid={USER} --clear-groups {command}")
        except CommandFailed:
            return False
        return True
