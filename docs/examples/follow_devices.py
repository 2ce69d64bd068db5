#!/usr/bin/python3
"""Lists devices, then prints what happens to them: an event a line, none missed, none twice.

    ./follow_devices.py [SUBSYSTEM [ADDRESS]]

SUBSYSTEM is "block" if none is given. ADDRESS is a D-Bus address; without one it is the system bus.
keventd's own socket needs no bus: unix:path=/run/keventd/bus. Ends with Ctrl-C or the connection. Needs python3-gi.
"""

import signal
import sys

from gi.repository import Gio, GLib

wanted = {"subsystems": GLib.Variant("as", [sys.argv[1] if len(sys.argv) > 1 else "block"])}


def connect():
    if len(sys.argv) <= 2:
        return Gio.bus_get_sync(Gio.BusType.SYSTEM)
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    return Gio.DBusConnection.new_for_address_sync(sys.argv[2], flags, None, None)


def show(events):
    for event in events:
        print(*event[:5], flush=True)  # id, source, action, subsystem, object; event[10]: properties


def list_then_follow(manager):
    stream, position, devices = manager.ListDevices("(a{sv})", wanted)
    show(devices)
    print(f"# {len(devices)} devices as of event {position}", flush=True)
    since = {"stream": GLib.Variant("s", stream), "since": GLib.Variant("t", position)}
    manager.Subscribe("(a{sv})", {**wanted, **since})


def on_signal(manager, _sender, name, parameters):
    subscription, *rest = parameters.unpack()
    if name == "Events":
        events, position = rest
        show(events)
        # Without this, no more come when the window is full. Nobody waits for a reply.
        manager.call("Acknowledge", GLib.Variant("(ut)", (subscription, position - 1)), 0, -1)
    elif name == "Lost":
        print("# lost events {} to {}".format(*rest), flush=True)  # whoever keeps a list makes it anew


def on_owner(manager, _property):
    if manager.get_name_owner():  # keventd has come back
        list_then_follow(manager)


signal.signal(signal.SIGINT, signal.SIG_DFL)
bus = connect()
bus.set_exit_on_close(True)
manager = Gio.DBusProxy.new_sync(bus, 0, None, "org.keventd1", "/org/keventd1", "org.keventd1.Manager", None)
manager.connect("g-signal", on_signal)  # before Subscribe, or the first events go unheard
manager.connect("notify::g-name-owner", on_owner)
list_then_follow(manager)
GLib.MainLoop().run()
