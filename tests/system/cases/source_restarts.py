"""keventd is killed while what is no uevent goes on: each is told, and once."""

from cases.restarts import KILL, SERVICE
from cases.service import START, STOP
from cases.stream_case import StreamCase
from guests import acpi

FIRST_MTU = 1000
FAN = "/sys/class/thermal/thermal_zone0/cdev0/cur_state"
MAKE_INTERFACE = "modprobe dummy numdummies=1; udevadm settle"
# Twenty in a second at most, until /run/end is there.
BEGIN = """
(n=0
while [[ ! -e /run/end ]]; do
    n=$((n + 1))
    {change}
    echo $n >/run/count
    sleep 0.05
done; rm /run/end) >/dev/null 2>&1 &
"""
END = "touch /run/end; while [[ -e /run/end ]]; do sleep 0.1; done; cat /run/count"


class SourceRestarts(StreamCase):
    SOURCES = ("link", "address", "thermal", "acpi", "quota")

    def begin_changes(self, change):
        self.guest.shell(BEGIN.format(change=change))
        self.let_come(5)

    def let_come(self, count):
        self.guest.shell(f"wanted=$(($(cat /run/count || echo 0) + {count})); "
                         "until (($(cat /run/count || echo 0) >= wanted)); do sleep 0.1; done")

    def end_changes(self):
        """Returns how many there were."""
        return int(self.guest.shell(END))

    def kill_thrice(self):
        for signal in ("KILL", "SEGV", "KILL"):
            self.guest.shell(f"{KILL} kill_daemon {signal}")
            self.let_come(5)

    def assert_nothing_is_lost(self):
        events = self.events()
        self.assert_ids_without_a_hole(events, self.first)
        self.assertEqual([event for event in events if event["source"] == "keventd"], [])

    def restarts(self):
        return int(self.guest.shell(f"systemctl show --value -p NRestarts {SERVICE}"))

    # --- What the socket units hold ---

    def test_KillLosesNoChangeOfALink(self):
        self.guest.shell(MAKE_INTERFACE)
        self.begin_here()
        self.begin_changes(f"echo $(({FIRST_MTU} + n)) >/sys/class/net/dummy0/mtu")
        self.kill_thrice()
        count = self.end_changes()
        self.assert_nothing_is_lost()
        events = self.events("source=link attribute=mtu INTERFACE=dummy0")
        values = [int(event["properties"]["KEVENTD_VALUE"]) for event in events]
        self.assertEqual(values, list(range(FIRST_MTU + 1, FIRST_MTU + count + 1)))
        self.assertEqual(self.restarts(), 3)

    def test_KillLosesNoAddress(self):
        self.guest.shell(f"{MAKE_INTERFACE}; busybox ip link set dummy0 up")
        self.begin_here()
        address = "10.0.$((n / 250)).$((n % 250 + 1))/32 dev dummy0"
        self.begin_changes(f"busybox ip address add {address}; busybox ip address del {address}")
        self.kill_thrice()
        count = self.end_changes()
        self.assert_nothing_is_lost()
        told = [(event["properties"]["ADDRESS"], event["action"])
                for event in self.events("source=address FAMILY=ipv4 INTERFACE=dummy0")]
        addresses = [f"10.0.{n // 250}.{n % 250 + 1}/32" for n in range(1, count + 1)]
        self.assertEqual(told, [(address, action) for address in addresses for action in ("add", "remove")])

    # --- What the service manager keeps ---

    def test_KillLosesNothingOfGenericNetlink(self):
        """Its sockets are in the descriptor store: they hold what comes while it hangs, and while there is none."""
        self.guest.shell("mkdir -p /run/systemd/system/keventd.service.d; "
                         f"printf '[Service]\\nRestartSec=8s\\n' >/run/systemd/system/{SERVICE}.d/late.conf; "
                         "systemctl daemon-reload")
        self.record()
        hardware = acpi.Hardware(self.guest)
        self.guest.shell(f"systemctl kill --signal=STOP {SERVICE}")
        hardware.press_power_button()
        self.await_recorded("button/power")
        self.guest.shell(f"systemctl kill --signal=KILL {SERVICE}; "
                         f"until [[ $(systemctl is-active {SERVICE}) == activating ]]; do sleep 0.1; done")
        hardware.press_sleep_button()
        self.await_recorded("button/sleep")
        hardware.set_temperature(65)
        self.poll(lambda: self.guest.shell(f"cat {FAN}").strip() == "1", "the fan")
        state = self.guest.attempt(f"systemctl is-active {SERVICE}")[1].strip()
        self.assertEqual(state, "activating", "there is one too early")
        self.guest.shell(f"until systemctl -q is-active {SERVICE}; do sleep 0.1; done")
        self.assert_nothing_is_lost()
        self.assertEqual([event["properties"]["ACPI_BUS_ID"] for event in self.events("source=acpi")],
                         ["LNXPWRBN:00", "PNP0C0E:00"])
        self.assertEqual([event["action"] for event in self.events("source=thermal")], ["trip-up", "cdev-change"])

    # --- What nobody keeps ---

    def test_WhatComesBetweenTwoSocketsIsCountedByTheKernelsNumbers(self):
        """The descriptors of a service that is stopped are closed; so are its sockets of generic netlink."""
        self.record()
        hardware = acpi.Hardware(self.guest)
        hardware.press_power_button()
        last = int(self.await_event("source=acpi")["properties"]["NLMSG_SEQ"])
        self.guest.shell(STOP)
        hardware.press_sleep_button()
        self.await_recorded("button/sleep")
        self.guest.shell(START)
        hardware.press_power_button()
        self.poll(lambda: len(self.notified()) == 2, "the second press")
        event = self.notified()[-1]
        self.assertEqual(int(event["properties"]["NLMSG_SEQ"]), last + 2)
        lost = [own for own in self.events("source=keventd")
                if (own["action"], own["properties"]["KEVENTD_SOURCE"]) == ("overrun", "acpi")]
        self.assertEqual([overrun["properties"]["KEVENTD_COUNT"] for overrun in lost], ["1"])
        self.assertEqual(lost[0]["id"], event["id"] - 1)

    def notified(self):
        """By source acpi; what is said of losses passes every filter."""
        return [event for event in self.events("source=acpi") if event["source"] == "acpi"]

    def record(self):
        """Somebody else who listens, so that it is known when something has been sent."""
        self.guest.shell("(genl-record /run 600 acpi_event >/run/recorder 2>&1 </dev/null &); "
                         "until grep -q recording /run/recorder; do sleep 0.1; done")

    def await_recorded(self, text):
        self.poll(lambda: self.guest.attempt(f"grep -q {text} /run/*.acpi_event")[0] == 0, f"{text} by generic netlink")
