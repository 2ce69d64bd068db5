"""What happens to a laptop, by the hand of guests/acpi.py: its buttons, its power supply, its temperature."""

from cases.debian_case import PATIENCE
from cases.stream_case import StreamCase
from guests import acpi

ZONE = "/sys/class/thermal/thermal_zone0"
ACPI_DEVICES = "/sys/bus/acpi/devices"
HOT, WARM = "1", "2"  # trip points of the zone: 90 degrees, and 60, from which on the fan runs
NOTIFIED = "00000080"


class Hardware(StreamCase):
    SOURCES = ("acpi", "thermal")

    def setUp(self):
        super().setUp()
        self.hardware = acpi.Hardware(self.guest)

    # --- ACPI ---

    def await_notify(self, bus_id, **properties):
        event = self.await_event(f"source=acpi ACPI_BUS_ID={bus_id}")
        self.assertEqual((event["action"], event["subsystem"]), ("notify", "acpi"))
        self.assertEqual(event["object"], self.devpath(f"{ACPI_DEVICES}/{bus_id}"))
        self.assert_properties(event, **properties)
        return event

    def await_change(self, filters):
        """Of the kernel's stage and of udev's."""
        for source in ("kernel", "udev"):
            self.keventctl.lines(f"wait --since={self.first} --timeout={PATIENCE}s source={source} action=change "
                                 f"subsystem=power_supply {filters}", PATIENCE + 10)

    def test_ButtonsArePressed(self):
        self.hardware.press_power_button()
        self.await_notify("LNXPWRBN:00", ACPI_DEVICE_CLASS="button/power", ACPI_TYPE=NOTIFIED, ACPI_DATA="00000001")
        self.hardware.press_sleep_button()
        self.await_notify("PNP0C0E:00", ACPI_DEVICE_CLASS="button/sleep", ACPI_TYPE=NOTIFIED)
        self.hardware.press_power_button()
        self.await_notify("LNXPWRBN:00", ACPI_DATA="00000002")  # the kernel counts
        self.assertEqual(len(self.events("source=acpi")), 3)
        self.assertEqual(self.guest.shell("systemctl is-system-running").strip(), "running")

    def test_AdapterIsPulledOutAndPluggedIn(self):
        for plugged_in in (False, True):
            self.hardware.set_adapter(plugged_in)
            self.await_notify("ACPI0003:00", ACPI_DEVICE_CLASS="ac_adapter", ACPI_DATA=f"{plugged_in:08x}")
            self.await_change(f"POWER_SUPPLY_NAME=ADP0 POWER_SUPPLY_ONLINE={plugged_in:d}")
        self.assertEqual(len(self.events("source=acpi")), 2)

    def test_BatteryRunsLow(self):
        self.hardware.set_battery(20, discharging=True)
        self.await_notify("PNP0C0A:00", ACPI_DEVICE_CLASS="battery", ACPI_TYPE=NOTIFIED)
        self.await_change("POWER_SUPPLY_NAME=BAT0 POWER_SUPPLY_CAPACITY=20 POWER_SUPPLY_STATUS=Discharging")

    # --- Temperature ---

    def await_trip(self, action, trip, degrees):
        event = self.await_event(f"source=thermal action={action}")
        self.assertEqual((event["subsystem"], event["object"], event["attribute"]),
                         ("thermal", self.devpath(ZONE), "temp"))
        self.assert_properties(event, KEVENTD_VALUE=str(degrees * 1000), KEVENTD_UNIT="millicelsius",
                               THERMAL_TRIP_ID=trip)
        return event

    def await_fan(self, state):
        event = self.await_event("source=thermal action=cdev-change")
        self.assertEqual((event["object"], event["attribute"]), (self.devpath(f"{ZONE}/cdev0"), "cur_state"))
        self.assert_properties(event, KEVENTD_VALUE=state)
        self.assertEqual(self.guest.shell(f"cat {ZONE}/cdev0/cur_state").strip(), state)

    def test_FanRunsWhileItIsWarm(self):
        self.assertEqual(self.guest.shell(f"cat {ZONE}/temp").strip(), "20000")
        self.hardware.set_temperature(65)
        self.await_trip("trip-up", WARM, 65)
        self.await_fan("1")
        self.hardware.set_temperature(30)
        self.await_trip("trip-down", WARM, 30)
        self.await_fan("0")

    def test_HotZoneIsToldByThermalAndByAcpi(self):
        self.hardware.set_temperature(65)
        self.await_trip("trip-up", WARM, 65)
        self.begin_here()
        self.hardware.set_temperature(95)
        self.await_trip("trip-up", HOT, 95)
        self.next = self.first  # between sources there is no order
        self.await_notify("LNXTHERM:00", ACPI_DEVICE_CLASS="thermal_zone")
        self.hardware.set_temperature(70)
        self.await_trip("trip-down", HOT, 70)
        trips = [event["action"] for event in self.events("source=thermal action=trip-*")]
        self.assertEqual(trips, ["trip-up", "trip-down"])
