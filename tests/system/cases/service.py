"""keventd as a service of systemd: what it says, what it may, how it is stopped, and what it survives."""

import json

from cases.debian_case import GuestCase, Marks, become
from cases.stream_case import ALL_SOURCES, COUNTED
from guests import product

SERVICE = "keventd.service"
UNITS = " ".join(product.UNITS)  # the service first
ALL = len(product.UNITS)
STOP = "systemctl stop 'keventd*.socket' keventd.service"  # as README.md has it
START = f"systemctl start {UNITS}"
INFO = "6"
NO_CAPABILITY = "0000000000000000"
# Of a user without privilege, in a root of its own: programs, and one socket of the host.
CONTAINER = r"""
root=$(mktemp -d)
chmod 755 "$root"
mkdir "$root/usr" "$root/proc" "$root/socket"
for directory in bin lib lib64 sbin; do ln -s "usr/$directory" "$root/$directory"; done
touch "$root/socket/bus"
cat >"$root/enter" <<'END'
mount --rbind /usr "$1/usr"
mount --bind /run/keventd/bus "$1/socket/bus"
mount -t proc proc "$1/proc"
exec chroot "$1" /bin/sh -c "$2"
END
"""
UNSHARE = "unshare --user --map-root-user --mount --pid --fork --net --ipc --uts --cgroup"


class Service(GuestCase):
    """In a guest that has come up."""

    def property(self, name, unit=SERVICE):
        return self.guest.shell(f"systemctl show --value -p {name} {unit}").strip()

    def states(self):
        return self.guest.attempt(f"systemctl is-active {UNITS}")[1].split()

    def journal(self):
        lines = self.guest.shell(f"journalctl --no-pager -o json _SYSTEMD_UNIT={SERVICE} + UNIT={SERVICE}").splitlines()
        return [json.loads(line) for line in lines]

    def test_SaysInTheJournalWhatIsWorthIt(self):
        lines = [(line["PRIORITY"], line["MESSAGE"]) for line in self.journal()]
        print("\n".join(f"  {priority} {message}" for priority, message in lines))
        self.assertEqual([line for line in lines if line[0] != INFO], [])
        self.assertLess(len(lines), 10)
        self.assertTrue(any(message.startswith("keventd ") for _, message in lines))

    def test_TellsTheServiceManagerHowItIsDoing(self):
        self.assertRegex(self.guest.shell(f"systemctl status --no-pager {SERVICE}"),
                         r'Status: "Stream at \d+, \d+ subscriptions?, nothing lost"')

    def test_HasNoPrivilege(self):
        pid = self.property("MainPID")
        status = dict(line.split(":\t", 1) for line in self.guest.shell(f"cat /proc/{pid}/status").splitlines())
        user = self.guest.shell("id -u keventd").strip()
        self.assertNotEqual(user, "0")
        self.assertEqual(set(status["Uid"].split()), {user})
        self.assertEqual({name: status[name] for name in status if name.startswith("Cap")},
                         {f"Cap{name}": NO_CAPABILITY for name in ("Inh", "Prm", "Eff", "Bnd", "Amb")})
        self.assertEqual(status["NoNewPrivs"], "1")
        self.assertEqual(status["Seccomp"], "2")

    def test_ShowsNobodyAnAttributeThatOnlyRootMayRead(self):
        find = "find /sys/devices/ -type f -size 4096c -perm /u+r ! -perm /o+r"
        directory, attribute = self.guest.shell(f"{find} -printf '%h %f' -quit").split()
        for user in ("root", "nobody"):
            status, said = self.guest.attempt(f"{become(user)} keventctl watch {directory} {attribute}")
            self.assertEqual(status, 1, said)
            self.assertIn(attribute, said)

    def test_RunsEverySourceAndHasTheSocketsOfAllThatCountKept(self):
        states = {source["name"]: source["state"] for source in self.keventctl.status()["sources"]}
        self.assertEqual(states, {**dict.fromkeys(ALL_SOURCES, "running"), "hotplug": "disabled"})
        self.assertEqual(self.property("NFileDescriptorStore"), str(len(COUNTED)))

    def test_HasTheMountsOfPid1InItsStateDirectoryWhereNobodyElseSeesThem(self):
        table = "/run/keventd/mountinfo"
        pid = self.property("MainPID")
        self.assertEqual(self.guest.shell(f"nsenter --mount --target {pid} cat {table}"),
                         self.guest.shell("cat /proc/1/mountinfo"))
        self.assertIn(table, self.guest.shell(f"readlink /proc/{pid}/fd/*").split())
        self.assertEqual(self.guest.shell(f"stat -c %s:%F {table}").strip(), "0:regular empty file")
        # Of processes, it sees its own.
        become_it = "setpriv --reuid=keventd --regid=keventd --clear-groups"
        inside = self.guest.shell(f"nsenter --mount --target {pid} {become_it} ls /proc")
        self.assertNotIn("1", inside.split())

    def test_StopsAsDocumentedAndGoesOnWhenItIsStarted(self):
        stream, first = self.keventctl.position()
        self.guest.shell(STOP)
        Marks(self.guest).write(5)
        self.guest.shell("udevadm settle")
        self.assertEqual(self.states(), ["inactive"] * ALL)
        self.assertEqual(self.guest.shell("systemctl list-units --failed --no-legend"), "")
        self.guest.shell(START)
        self.assertEqual(self.states(), ["active"] * ALL)
        marks = Marks(self.guest)
        marks.write(3)
        self.guest.shell("keventctl sync")
        events = self.keventctl.history(f"--since={first} --stream={stream}")
        self.assert_ids_without_a_hole(events, first)
        self.assertEqual(marks.of(event for event in events if event["source"] == "kernel"), [1, 2, 3])
        self.assertEqual([event["action"] for event in events if event["source"] == "keventd"][:1], ["overrun"])

    def test_IsStartedByTheMessageBusForWhoCallsIt(self):
        self.guest.shell(STOP)
        call = "busctl --system call org.keventd1 /org/keventd1 org.keventd1.Manager Sync"
        self.assertRegex(self.guest.shell(f"{become('nobody')} {call}"), r"^t \d+$")
        self.assertEqual(self.states(), ["active"] * ALL)

    def test_StopsInTimeWithTheMachine(self):
        self.guest.shell("systemctl --no-block poweroff")
        self.guest.wait_for_end(60)

    def test_ContainerWithTheSocketSeesTheStreamOfTheHost(self):
        self.guest.shell(f"cat >/run/make-container <<'SCRIPT'\n{CONTAINER}\nSCRIPT")
        inside = "test ! -e /sys && test $$ = 1 && exec keventctl --socket=/socket/bus"
        _, first = self.keventctl.position()
        marks = Marks(self.guest)
        marks.write(3)
        self.guest.shell(f"cat >/run/enter-container <<'SCRIPT'\n. /run/make-container\n"
                         f"exec {UNSHARE} sh \"$root/enter\" \"$root\" \"$1\"\nSCRIPT")
        enter = f"{become('nobody')} bash /run/enter-container"
        monitor = f"monitor --since={first} --count=3 --json source=kernel {marks.filter}"
        said = self.guest.shell(f"{enter} '{inside} {monitor}'")
        self.assertEqual(marks.of(map(json.loads, said.splitlines())), [1, 2, 3])


class Overrun(GuestCase):
    """More comes than a socket has room for, while nobody can read it."""

    EVENTS = 400
    SMALL = r"""
mkdir -p /run/systemd/system/keventd-kernel.socket.d
printf '[Socket]\nReceiveBuffer=64K\n' >/run/systemd/system/keventd-kernel.socket.d/small.conf
systemctl daemon-reload
"""
    BREAK = SMALL + r"""
mkdir -p /run/systemd/system/keventd.service.d
printf '[Service]\nExecStart=\nExecStart=/bin/false\n' >/run/systemd/system/keventd.service.d/broken.conf
systemctl daemon-reload
"""
    MEND = "rm /run/systemd/system/keventd.service.d/broken.conf; systemctl daemon-reload"

    def events_when_all_goes_on(self, stream, first):
        """Waits until keventd and its sockets are back, and what is written from then on is told."""
        self.poll(lambda: self.guest.attempt(f"systemctl is-active {UNITS}")[1].split() == ["active"] * ALL,
                  "keventd and its sockets, without anybody's help")
        again = Marks(self.guest)
        again.write(3)
        self.guest.shell("keventctl sync")
        events = self.keventctl.history(f"--since={first} --stream={stream}")
        self.assert_ids_without_a_hole(events, first)
        self.assertEqual(again.of(event for event in events if event["source"] == "kernel"), [1, 2, 3])
        return events

    def test_WhileItCannotBeStartedIsToldWhenItCan(self):
        """systemd gives up a socket that has overrun when it looks at it, as it does between two starts."""
        stream, first = self.keventctl.position()
        self.guest.shell(f"{STOP}; {self.BREAK} systemctl start {UNITS.removeprefix(SERVICE)}")
        marks = Marks(self.guest)
        marks.write(self.EVENTS)
        self.guest.shell(self.MEND)
        events = self.events_when_all_goes_on(stream, first)
        kernel = [event for event in events if event["source"] == "kernel"]
        self.assertLess(len(marks.of(kernel)), self.EVENTS, "nothing was lost")
        self.assertIn(("overrun", "kernel"), [(event["action"], event["properties"]["KEVENTD_SOURCE"])
                                              for event in events if event["source"] == "keventd"])

    def test_AndACrashTogetherLoseNothingThatTheSocketHeld(self):
        """systemd gives up the socket that it finds overrun; it has kept it for the daemon, with all it holds."""
        self.guest.shell(f"{STOP}; {self.SMALL} {START}")
        stream, first = self.keventctl.position()
        self.guest.shell("systemctl kill --signal=STOP keventd.service")
        marks = Marks(self.guest)
        marks.write(self.EVENTS)
        self.guest.shell("systemctl kill --signal=KILL keventd.service")
        events = self.events_when_all_goes_on(stream, first)
        told = marks.of(event for event in events if event["source"] == "kernel")
        self.assertGreater(len(told), 100, "of what the socket had room for")
        self.assertEqual(told, sorted(set(told)))
        overruns = [event["properties"] for event in events if event["action"] == "overrun"]
        counts = [int(overrun["KEVENTD_COUNT"]) for overrun in overruns if overrun["KEVENTD_SOURCE"] == "kernel"]
        self.assertEqual(len(counts), 1)
        self.assertGreaterEqual(counts[0], self.EVENTS - len(told))
