"""The spool of keventd-hotplug, as daemon/hotplug/spool_format.h describes it: read, and made with faults."""

import dataclasses
import struct

MAGIC, LAYOUT = b"kevspool", 1
HEADER = struct.Struct("<8sIIQQ32x")  # magic, layout, pid, boottime, dropped
RECORD = struct.Struct("<IIQ16sQ")  # magic, bytes of payload, boottime, boot, checksum
RECORD_MAGIC = 0xA5C3E7F1
ALIGNMENT = 8
UNKNOWN_BOOT = bytes(16)


@dataclasses.dataclass
class Uevent:
    seqnum: int
    properties: dict


def _checksum(data):
    """FNV-1a, 64 bits."""
    state = 0xCBF29CE484222325
    for byte in data:
        state = (state ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return state


def header(layout=LAYOUT):
    """With a pid that no helper has, and of the first moment of the boot."""
    return HEADER.pack(MAGIC, layout, 1, 0, 0)


def record(seqnum, boot=UNKNOWN_BOOT):
    """A uevent with this SEQNUM, which looks as if it had come at the first moment of the boot."""
    values = {"ACTION": "change", "DEVPATH": "/devices/virtual/mem/null", "SUBSYSTEM": "mem", "SEQNUM": str(seqnum)}
    strings = ["change@/devices/virtual/mem/null", *(f"{key}={value}" for key, value in values.items())]
    payload = b"".join(string.encode() + b"\0" for string in strings)
    head = RECORD.pack(RECORD_MAGIC, len(payload), 0, boot, 0)[:-8]
    whole = head + struct.pack("<Q", _checksum(head + payload)) + payload
    return whole + bytes(-len(whole) % ALIGNMENT)


def read(data):
    """Returns the uevents of a sound spool, in the order of their records."""
    magic, layout, _, _, dropped = HEADER.unpack_from(data)
    assert (magic, layout, dropped) == (MAGIC, LAYOUT, 0)
    found = []
    at = HEADER.size
    while at < len(data):
        magic, length, _, _, _ = RECORD.unpack_from(data, at)
        assert magic == RECORD_MAGIC, f"no record at byte {at}"
        payload = data[at + RECORD.size:at + RECORD.size + length]
        found.append(_parse(payload))
        at += (RECORD.size + length + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT
    return found


def _parse(payload):
    strings = [string.decode() for string in payload.rstrip(b"\0").split(b"\0")]
    properties = dict(string.split("=", 1) for string in strings[1:])
    return Uevent(int(properties["SEQNUM"]), properties)
