"""A kernel that was built without CONFIG_UEVENT_HELPER."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from guests import initramfs


@unittest.skipIf(os.path.exists("/sys/kernel/uevent_helper"), "this machine's kernel has a hotplug helper")
class KernelWithoutHelper(unittest.TestCase):
    """This machine's own, as those of Debian are."""

    def test_is_told_once(self):
        programs = initramfs.product()
        with tempfile.TemporaryDirectory() as directory:
            socket = pathlib.Path(directory, "bus")
            options = ["--bus=none", f"--socket={socket}", "--config=/dev/null", "--coldplug=no"]
            with subprocess.Popen([programs["keventd"], *options], stderr=subprocess.DEVNULL) as daemon:
                try:
                    said = self._sources(programs["keventctl"], socket)
                finally:
                    daemon.terminate()
        self.assertEqual([line.split()[1] for line in said.splitlines() if line.startswith("hotplug")], ["disabled"])
        self.assertEqual(said.count("CONFIG_UEVENT_HELPER"), 1)

    def _sources(self, keventctl, socket):
        wait = ["timeout", "10", "sh", "-c", 'until [ -S "$1" ]; do sleep 0.02; done', "sh", socket]
        subprocess.run(wait, check=True)
        ask = [keventctl, f"--socket={socket}", "sources"]
        return subprocess.run(ask, check=True, capture_output=True, text=True).stdout
