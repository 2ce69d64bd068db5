"""What happens to a laptop, and to users with limits: by the hand of guests/acpi.py and guests/quota.py."""

from cases.debian_case import PATIENCE, GuestCase
from guests import acpi, quota

ZONE = "/sys/class/thermal/thermal_zone0"


class Hardware(GuestCase):
    def setUp(self):
        super().setUp()
        self.hardware = acpi.Hardware(self.guest)
        _, self.next = self.keventctl.position()

    def await_change(self, filters):
        """Of the kernel's stage and of udev's."""
        for source in ("kernel", "udev"):
            self.keventctl.lines(f"wait --since={self.next} --timeout={PATIENCE}s source={source} action=change "
                                 f"subsystem=power_supply {filters}", PATIENCE + 10)

    def await_value(self, path, value):
        self.poll(lambda: self.guest.shell(f"cat {path}").strip() == value, f"{value} in {path}")

    def await_recorded(self, text):
        self.poll(lambda: self.guest.attempt(f"grep -q {text} /run/*.acpi_event")[0] == 0, f"{text} by generic netlink")

    def test_AdapterIsPulledOutAndPluggedIn(self):
        self.hardware.set_adapter(False)
        self.await_change("POWER_SUPPLY_NAME=ADP0 POWER_SUPPLY_ONLINE=0")
        self.hardware.set_adapter(True)
        self.await_change("POWER_SUPPLY_NAME=ADP0 POWER_SUPPLY_ONLINE=1")

    def test_BatteryRunsLow(self):
        self.hardware.set_battery(20, discharging=True)
        self.await_change("POWER_SUPPLY_NAME=BAT0 POWER_SUPPLY_CAPACITY=20 POWER_SUPPLY_STATUS=Discharging")

    def test_FanRunsWhileItIsWarm(self):
        self.assertEqual(self.guest.shell(f"cat {ZONE}/temp").strip(), "20000")
        self.hardware.set_temperature(65)
        self.await_value(f"{ZONE}/cdev0/cur_state", "1")
        self.hardware.set_temperature(30)
        self.await_value(f"{ZONE}/cdev0/cur_state", "0")

    def test_ButtonsAreSeenByWhoListens(self):
        self.guest.shell("(genl-record /run 600 acpi_event >/run/recorder 2>&1 </dev/null &); "
                         "until grep -q recording /run/recorder; do sleep 0.1; done")
        self.hardware.press_power_button()
        self.await_recorded("button/power")
        self.hardware.press_sleep_button()
        self.await_recorded("button/sleep")
        self.assertEqual(self.guest.shell("systemctl is-system-running").strip(), "running")

    def test_UserReachesALimit(self):
        disk = quota.LimitedDisk(self.guest)
        disk.set_limits(blocks=(0, 1000), files=(0, 2))
        self.assertTrue(disk.write("a", 500))
        self.assertFalse(disk.write("b", 1000))
        self.assertFalse(disk.write("c", 0))
        disk.remove("a", "b")
        self.assertTrue(disk.write("c", 500))
