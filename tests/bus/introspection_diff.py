#!/usr/bin/python3
"""Compares one interface in two introspection documents, whatever their comments, order and other interfaces.

Usage: introspection_diff.py INTERFACE EXPECTED.xml GOT.xml
Prints what only one of them has. Exit: 0 they agree, 1 they differ.
"""

import sys
import xml.etree.ElementTree as ElementTree

EMITS_CHANGED = "org.freedesktop.DBus.Property.EmitsChangedSignal"


def annotations(element):
    found = {a.get("name"): a.get("value") for a in element.findall("annotation")}
    if element.tag == "property":
        found.setdefault(EMITS_CHANGED, "true")  # the default of the specification
    return tuple(sorted(found.items()))


def arguments(element):
    default = "in" if element.tag == "method" else "out"
    return tuple((a.get("name"), a.get("type"), a.get("direction", default)) for a in element.findall("arg"))


def members(path, name):
    interface = ElementTree.parse(path).find(f"interface[@name='{name}']")
    if interface is None:
        sys.exit(f"{path}: no interface {name}")
    return {(member.tag, member.get("name"), member.get("type"), member.get("access"), arguments(member),
             annotations(member)) for member in interface if isinstance(member.tag, str)}


def main():
    name, expected_path, got_path = sys.argv[1:]
    expected, got = members(expected_path, name), members(got_path, name)
    for member in sorted(map(str, expected - got)):
        print("missing:   ", member)
    for member in sorted(map(str, got - expected)):
        print("unexpected:", member)
    return 0 if expected == got and expected else 1


sys.exit(main())
