#!/usr/bin/python3
"""Subscribes with GIO as its documentation shows: signal handler first, then Subscribe. Prints the first event as JSON.

Exit: 0 an event came, 3 none in time.
"""

import argparse
import json
import sys

from gi.repository import Gio, GLib

NAME = "org.keventd1"
OBJECT = "/org/keventd1"
INTERFACE = "org.keventd1.Manager"
FIELDS = ("id", "source", "action", "subsystem", "object", "attribute", "seqnum", "boottime", "realtime", "flags",
          "properties")


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--kind", choices=("bus", "peer"), required=True)
    parser.add_argument("--proxy", action="store_true", help="by a Gio.DBusProxy, as most programs do")
    parser.add_argument("--property", required=True)
    parser.add_argument("--timeout", type=int, required=True)
    return parser.parse_args()


def connect(address, is_bus):
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
    if is_bus:
        flags |= Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    return Gio.DBusConnection.new_for_address_sync(address, flags, None, None)


def subscribe(connection, name, term):
    options = {"since": GLib.Variant("t", 0), "properties": GLib.Variant("as", [term])}
    connection.call_sync(name, OBJECT, INTERFACE, "Subscribe", GLib.Variant("(a{sv})", (options,)), None,
                         Gio.DBusCallFlags.NONE, -1, None)


def connect_handler(connection, name, on_events):
    def on_signal(_connection, _sender, _path, _interface, _signal, parameters):
        on_events(parameters.unpack())

    connection.signal_subscribe(name, INTERFACE, "Events", OBJECT, None, Gio.DBusSignalFlags.NONE, on_signal)


def connect_proxy(connection, name, on_events):
    def on_signal(proxy, _sender, signal, parameters):
        if signal == "Events":
            on_events(parameters.unpack())
            # As its documentation shows: waits for a reply.
            proxy.call_sync("Acknowledge", GLib.Variant("(ut)", (1, 1)), Gio.DBusCallFlags.NONE, 10000, None)

    proxy = Gio.DBusProxy.new_sync(connection, Gio.DBusProxyFlags.NONE, None, name, OBJECT, INTERFACE, None)
    proxy.connect("g-signal", on_signal)
    return proxy


def main():
    arguments = parse_arguments()
    loop = GLib.MainLoop()
    events = []

    def on_events(parameters):
        events.extend(parameters[1])
        loop.quit()

    connection = connect(arguments.address, arguments.kind == "bus")
    name = NAME if arguments.kind == "bus" else None
    kept = (connect_proxy if arguments.proxy else connect_handler)(connection, name, on_events)
    subscribe(connection, name, arguments.property)
    GLib.timeout_add_seconds(arguments.timeout, loop.quit)
    loop.run()
    del kept
    if not events:
        return 3
    print(json.dumps(dict(zip(FIELDS, events[0]))))
    return 0


sys.exit(main())
