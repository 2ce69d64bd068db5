#!/usr/bin/env python3
"""keventd in a Debian 12 that boots: its own kernel, systemd, udev, and `meson install`. The service.

    tests/system/debian_test.py ['HotPlug.*']      with KEVENTD_BUILD, the build directory, if it is not build/
"""

# pylint: disable=unused-import  # the runner finds them
from cases.boot import Boot
from cases.dracut import Dracut
from cases.hot_plug import HotPlug
from cases.initramfs_tools import InitramfsTools
from cases.restarts import Restarts
from cases.service import Overrun, Service
from guests import runner

runner.main()
