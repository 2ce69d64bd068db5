"""The monitor of QEMU: JSON over a unix socket (QMP)."""

import json

ANSWER_SECONDS = 30


class MonitorError(Exception):
    """QEMU refused a command, or does not answer."""


class Monitor:
    """Commands to one QEMU: monitor("device_del", id="stick"). A "_" in the name of an argument stands for "-"."""

    def __init__(self, connection):
        connection.settimeout(ANSWER_SECONDS)
        self._file = connection.makefile("rw", encoding="utf-8", newline="\n")
        self._read()  # who it is
        self("qmp_capabilities")

    def __call__(self, command, **arguments):
        message = {"execute": command, "arguments": {name.replace("_", "-"): arguments[name] for name in arguments}}
        try:
            self._file.write(json.dumps(message) + "\n")
            self._file.flush()
            answer = self._answer()
        except OSError as error:
            raise MonitorError(f"{command}: {error}") from error
        if "error" in answer:
            raise MonitorError(f"{command}: {answer['error']['desc']}")
        return answer["return"]

    def _answer(self):
        """Events come in between: whoever waits for something asks for it."""
        while True:
            message = self._read()
            if "event" not in message:
                return message

    def _read(self):
        line = self._file.readline()
        if not line:
            raise MonitorError("QEMU has ended")
        return json.loads(line)
