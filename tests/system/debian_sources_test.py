#!/usr/bin/env python3
"""The same Debian 12 as in debian_test.py, and what its kernel tells: every source beside uevents.

    tests/system/debian_sources_test.py ['Links.*']      with KEVENTD_BUILD, the build directory, if it is not build/
"""

# pylint: disable=unused-import  # the runner finds them
from cases.attributes import Attributes
from cases.families import Families
from cases.hardware import Hardware
from cases.idle import Idle
from cases.links import Links
from cases.observed import Mounts, Power, Pressure
from cases.quotas import Quotas
from cases.source_restarts import SourceRestarts
from cases.usb_stick import UsbStick
from guests import runner

runner.main()
