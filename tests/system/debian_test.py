#!/usr/bin/env python3
"""keventd in a Debian 12 that boots: its own kernel, systemd, udev, and `meson install`.

    tests/system/debian_test.py ['HotPlug.*']      with KEVENTD_BUILD, the build directory, if it is not build/
"""

# pylint: disable=unused-import  # the runner finds them
from cases.attributes import Attributes
from cases.boot import Boot
from cases.dracut import Dracut
from cases.families import Families
from cases.hardware import Hardware
from cases.hot_plug import HotPlug
from cases.idle import Idle
from cases.initramfs_tools import InitramfsTools
from cases.links import Links
from cases.observed import Mounts, Power, Pressure
from cases.quotas import Quotas
from cases.restarts import Restarts
from cases.service import Overrun, Service
from cases.source_restarts import SourceRestarts
from cases.usb_stick import UsbStick
from guests import runner

runner.main()
