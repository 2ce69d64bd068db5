#!/usr/bin/python3
"""Prints events that keventd broadcasts: no subscription, a match rule alone, and the bus chooses.

    ./listen.py [SUBSYSTEM [ADDRESS]]

SUBSYSTEM is "block" if none is given. ADDRESS is that of a bus; without one it is the system bus. The
kernel's own events come on interface org.keventd1.KernelEvents instead, and only while no udevd runs. Who must
not miss anything does as follow_devices.py. Ends with Ctrl-C or the connection. Needs python3-gi.
"""

import signal
import sys

from gi.repository import Gio, GLib

NAME = INTERFACE = "org.keventd1.Events"


def connect():
    if len(sys.argv) <= 2:
        return Gio.bus_get_sync(Gio.BusType.SYSTEM)
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    return Gio.DBusConnection.new_for_address_sync(sys.argv[2], flags, None, None)


def on_event(_bus, _sender, _path, _interface, _signal, parameters):
    subsystem, action, path, source, _attribute, number, *_rest, _properties = parameters.unpack()
    print(number, source, action, subsystem, path, flush=True)


def on_skipped(_bus, _sender, _path, _interface, _signal, parameters):
    print("# skipped events {} to {}".format(*parameters.unpack()), flush=True)  # too many at once


signal.signal(signal.SIGINT, signal.SIG_DFL)
subsystem = sys.argv[1] if len(sys.argv) > 1 else "block"
bus = connect()
bus.set_exit_on_close(True)
bus.signal_subscribe(NAME, INTERFACE, "Event", "/org/keventd1", subsystem, 0, on_event)  # arg0 of the match rule
bus.signal_subscribe(NAME, INTERFACE, "Skipped", "/org/keventd1", None, 0, on_skipped)
GLib.MainLoop().run()
