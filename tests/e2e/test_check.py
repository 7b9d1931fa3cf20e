# SPDX-License-Identifier: MIT
"""pagerd --check reads every calendar that is a file, for whatever it is used: roles by layers,
overrides, leave, holidays; and tells gaps, clashes and names that nobody has."""
import datetime
import subprocess

from house import PAGERD, House, main

TODAY = datetime.datetime.now(datetime.timezone.utc).date()
MONDAY = TODAY + datetime.timedelta(days=(0 - TODAY.weekday()) % 7 or 7)  # the next one

TEAMS = """
users: { gus: { name = "Gus Test", phone = "+4915550100009", away = "calendar:own" } }
calendars: {
  rota:  { ics = "rota.ics", timezone = "Europe/Berlin" }
  over:  { ics = "over.ics", timezone = "Europe/Berlin" }
  leave: { ics = "leave.ics", timezone = "Europe/Berlin" }
  days:  { ics = "days.ics", timezone = "Europe/Berlin" }
  own:   { ics = "own.ics", timezone = "Europe/Berlin" }
  far:   { ics = "https://calendar.invalid/a.ics" }
}
teams: { web: {
  primary   = "calendar:rota"
  secondary = "calendar:rota"
  overrides = "calendar:over"
  away      = "calendar:leave"
  holidays  = "calendar:days"
  coverage  = "Mon-Fri 09:00-18:00"
  escalate  = ( { page = "primary" }, { page = "everyone" } )
  manager   = "ann"
} }
"""


def days(first, last, title, more=""):
    """All of some days, counted from the next Monday."""
    start = MONDAY + datetime.timedelta(days=first)
    end = MONDAY + datetime.timedelta(days=last)
    return (f"BEGIN:VEVENT\nUID:{title}-{first}@test\nSUMMARY:{title}\n"
            f"DTSTART;VALUE=DATE:{start:%Y%m%d}\nDTEND;VALUE=DATE:{end:%Y%m%d}\n{more}END:VEVENT\n")


def day(number):
    return f"{MONDAY + datetime.timedelta(days=number)}"


class Office(House):
    """A team that uses calendars for everything; from the next Monday, one week."""

    def __init__(self, config=TEAMS):
        super().__init__()
        self.write("conf.d/10-web.cfg", config)
        self.calendar("rota", days(-14, 21, "cat"), days(-14, 21, "secondary: dan"))
        for name in ("over", "leave", "days", "own"):
            self.calendar(name, days(60, 61, "eve"))

    def calendar(self, name, *events):
        self.write(f"{name}.ics", "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//pagerd//test//EN\n"
                   + "".join(events) + "END:VCALENDAR\n")

    def check(self, *options):
        done = subprocess.run([PAGERD, "--check", "--config", self.config, *options],
                              capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr


def what_is_well_has_no_warning_and_addresses_are_a_note():
    net = 'net: { oncall = "calendar:far", members = [ "ann" ], manager = "ann" }'
    with Office(TEAMS.replace("teams: {", "teams: { " + net)) as office:
        status, text = office.check("--strict")
        assert status == 0, text
        assert 'note: not fetched by a check: "far"' in text, text
        assert "warning" not in text.replace("0 warnings", ""), text


def gaps_are_told_but_not_holes_on_purpose_nor_holidays():
    with Office() as office:
        office.calendar("rota", days(-14, 0, "cat"), days(1, 3, "cat"), days(4, 21, "cat"),
                        days(-14, 21, "secondary: dan"))
        status, text = office.check()
        assert status == 0, text
        for number in (0, 3):
            assert f"nobody is primary from {day(number)} 09:00 until {day(number)} 18:00" in text
        assert "nobody is secondary" not in text, text
        assert office.check("--strict")[0] == 1
        office.calendar("over", days(0, 1, "nobody"))
        office.calendar("days", days(3, 4, "Christmas"))
        status, text = office.check()
        assert status == 0 and "nobody is" not in text, text
        office.calendar("over", days(0, 1, "eve"), days(2, 3, "nobody"))
        assert "nobody is" not in office.check()[1]


def clashes_are_told():
    with Office() as office:
        office.calendar("over", days(1, 2, "dan"), days(2, 3, "gus"))
        office.calendar("leave", days(3, 4, "cat off"))
        office.calendar("own", days(2, 3, "Lisbon"))
        text = office.check()[1]
        assert "teams.web: warning: W-TWO-ROLES Dan Test is primary and secondary of web" in text
        assert 'W-AWAY Cat Test is primary of web while away ("cat off")' in text, text
        assert 'W-AWAY Gus Test is primary of web while away ("Lisbon")' in text, text
        office.calendar("over", days(1, 2, "ann"))
        text = office.check()[1]
        assert "W-TWO-TEAMS Ann Test is primary of ops and primary of web" in text, text


def a_time_without_a_zone_is_told_to_a_team_in_several():
    with Office(TEAMS.replace('rota.ics", timezone = "Europe/Berlin"', 'rota.ics"')) as office:
        assert "W-FLOATING" not in office.check()[1]
        office.write("conf.d/20-far.cfg", 'users: { hal: { phone = "+4915550100010", '
                                         'timezone = "America/Chicago" } }\n'
                                         'teams: { far: { primary = "calendar:rota"\n'
                                         'members = [ "gus", "hal" ]\nmanager = "ann" } }\n')
        status, text = office.check()
        assert status == 0 and "W-FLOATING" in text, text


def names_that_nobody_has_are_told_whatever_the_calendar_is_for():
    with Office() as office:
        office.calendar("rota", days(-14, 21, "cat"), days(-14, 21, "secondary: dann"))
        office.calendar("over", days(1, 2, "zelda"))
        office.calendar("leave", days(3, 4, "quirin away"))
        office.calendar("own", days(4, 5, "anything at all"))
        office.calendar("days", days(60, 61, "anything at all"))
        status, text = office.check()
        assert status == 0
        for name in ("dann", "zelda", "quirin"):
            assert text.count(f'"{name}') + text.count(f'"secondary: {name}') >= 1, (name, text)
        assert text.count("E-NOBODY") == 3, text


def a_file_that_is_no_calendar_is_told_for_every_use():
    with Office() as office:
        for name in ("over", "leave", "days", "own"):
            office.write(f"{name}.ics", "<html>log in</html>")
        status, text = office.check()
        assert status == 0
        for name in ("over", "leave", "days", "own"):
            assert f'calendar "{name}": ' in text, (name, text)


main(what_is_well_has_no_warning_and_addresses_are_a_note,
     gaps_are_told_but_not_holes_on_purpose_nor_holidays, clashes_are_told,
     a_time_without_a_zone_is_told_to_a_team_in_several,
     names_that_nobody_has_are_told_whatever_the_calendar_is_for,
     a_file_that_is_no_calendar_is_told_for_every_use)
