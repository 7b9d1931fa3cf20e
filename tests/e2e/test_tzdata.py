# SPDX-License-Identifier: MIT
"""The machine's time zones are upgraded under a running pagerd: handovers move with them.

The zones lie in a folder of the test's own (--tzdir). A country changes its clocks by its file being
replaced, as a package manager does it. SIGHUP makes pagerd look at once instead of within a minute.
"""
import datetime
import json
import os
import shutil
import signal
import subprocess

from house import PAGERD, SOURCE, House, main, wait_for

ZONES = os.path.join(SOURCE, "tests/fixtures/zoneinfo")
CITY = "Africa/Casablanca"
DAY = datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=7)

# Ann from 09:00 to 21:00 local time, in a week; nobody else.
SHIFT = f"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//pagerd//test//EN
BEGIN:VEVENT
UID:shift@test
SUMMARY:ann
DTSTART;TZID={CITY}:{DAY:%Y%m%d}T090000
DTEND;TZID={CITY}:{DAY:%Y%m%d}T210000
END:VEVENT
END:VCALENDAR
"""


def fixed_zone(hours):
    """A TZif file of one offset (RFC 8536): what a country without rules has."""
    name = f"{hours:+03d}\0".encode()
    counts = [0, 0, 0, 0, 1, len(name)]
    head = b"TZif2" + b"\0" * 15 + b"".join(count.to_bytes(4, "big") for count in counts)
    kind = (hours * 3600).to_bytes(4, "big", signed=True) + b"\0\0"
    return (head + kind + name) * 2 + f"\n<{hours:+03d}>{-hours}\n".encode()


class City(House):
    """A pagerd with zones of its own; the rota and the team live in CITY."""

    def __init__(self, **more):
        super().__init__(team=f'timezone = "{CITY}"', **more)
        self.zones = self.path("zones")
        shutil.copytree(ZONES, self.zones)
        shutil.copy(os.path.join(ZONES, "Etc/UTC"), self.zones)
        self.put("tzdata.zi", b"# version 2026f\n# This zic input file is in the public domain.\n")
        self.move(1)
        self.write("primary.ics", SHIFT)

    def put(self, name, data):
        """Replaces a file as a package manager does."""
        path = os.path.join(self.zones, name)
        with open(path + ".new", "wb") as file:
            file.write(data)
        os.rename(path + ".new", path)

    def move(self, hours):
        self.put(CITY, fixed_zone(hours))

    def look(self):
        self.process.child.send_signal(signal.SIGHUP)

    def upgrade(self, version):
        self.put("tzdata.zi", f"# version {version}\n".encode())
        self.look()

    def shift(self):
        """Who has it at noon UTC, from when, and why."""
        duty = self.ask("oncall", "--at", f"{DAY}T12:00:00Z", "--team", "ops")["oncall"][0]
        assert duty["user"] == "ann", duty
        return duty

    def begins(self, hour):
        return self.shift()["from"].startswith(f"{DAY}T{hour:02d}:00:00")


def a_country_that_moves_its_clocks_moves_the_handover_without_a_restart():
    with City() as pager:
        pager.start("--tzdir", pager.zones)
        pid = pager.process.pid
        assert "tzdata 2026f in " in pager.log()
        assert pager.begins(8), pager.shift()
        pager.move(0)
        pager.upgrade("2026g")
        wait_for("the handover an hour later", lambda: pager.begins(9))
        assert "tzdata changed: 2026f -> 2026g" in pager.log()
        pager.move(-3)
        pager.upgrade("2026h")
        wait_for("the handover three hours later", lambda: pager.begins(12))
        assert pager.process.pid == pid and pager.process.is_alive()


def the_zones_of_the_configuration_in_force_change_whatever_was_edited_since():
    """The why tells local time by the team's zone, which comes from the configuration."""
    with City() as pager:
        pager.write("primary.ics", SHIFT.replace(f";TZID={CITY}", "").replace("0000\n", "0000Z\n"))
        pager.start("--tzdir", pager.zones)

        def why():
            done = pager.pagectl("oncall", "--at", f"{DAY}T06:00:00Z", "--team", "ops", "--json")
            duty = json.loads(done.stdout)["oncall"][0]
            assert duty["user"] is None, duty
            return duty["why"]

        assert "10:00" in why(), why()
        pager.write("pagerd.cfg", open(pager.config).read() + "\nteams = (\n")
        pager.move(5)
        pager.upgrade("2026g")  # SIGHUP refuses the broken file; the copy in force gets the zones
        wait_for("09:00Z told as 14:00", lambda: "14:00" in why())
        assert "errors and is not in force" in pager.log() or "error and is not in force" in pager.log()


def wait_until_known(pager):
    """The disk is asked in order: once this file is read, so are the zones, asked for before it."""
    pager.write_calendar("secondary", "cat")
    wait_for("cat", lambda: pager.ask("oncall", "--at", f"{DAY}T12:00:00Z")["oncall"][1]["user"]
             == "cat")


def an_upgrade_that_is_not_finished_keeps_the_old_zones():
    with City() as pager:
        pager.start("--tzdir", pager.zones)
        assert pager.begins(8)
        wait_until_known(pager)
        pager.put(CITY, b"TZif2 is not all there is")
        pager.look()
        wait_for("trouble", lambda: f"{CITY}' is no time zone any more: the old zones stay"
                 in pager.log())
        assert pager.begins(8)
        os.remove(os.path.join(pager.zones, CITY))
        pager.look()
        wait_for("the file is missed", lambda: "is not in force, the old zones stay" in pager.log())
        assert pager.begins(8)
        pager.move(0)
        pager.upgrade("2026g")
        wait_for("the handover an hour later", lambda: pager.begins(9))


def check(pager):
    return subprocess.run([PAGERD, "--check", "--config", pager.config, "--tzdir", pager.zones],
                          capture_output=True, text=True, timeout=60)


def the_check_of_a_configuration_takes_the_same_zones():
    with City() as pager:
        done = check(pager)
        assert done.returncode == 0, (done.stdout, done.stderr)
        os.remove(os.path.join(pager.zones, CITY))
        done = check(pager)
        assert done.returncode == 1 and CITY in done.stderr, (done.stdout, done.stderr)


main(a_country_that_moves_its_clocks_moves_the_handover_without_a_restart,
     the_zones_of_the_configuration_in_force_change_whatever_was_edited_since,
     an_upgrade_that_is_not_finished_keeps_the_old_zones,
     the_check_of_a_configuration_takes_the_same_zones)
