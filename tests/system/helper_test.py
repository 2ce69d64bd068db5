#!/usr/bin/env python3
"""The hotplug helper, run by a real kernel from its first root on: Debian's user-mode-linux.

Each class boots a machine of its own, has it run one scenario (guests/uml_files/*.sh), and looks at what that has left.
Whole runs of SEQNUM are looked at: nobody else uses numbers there, so that a hole is a loss.
"""

from cases.helper_abuse import Abuse
from cases.helper_boot import EarlyBoot, HelperStorm
from cases.helper_kills import Kills
from cases.no_helper import KernelWithoutHelper
from guests import runner

__all__ = ["Abuse", "EarlyBoot", "HelperStorm", "KernelWithoutHelper", "Kills"]

if __name__ == "__main__":
    runner.main()
