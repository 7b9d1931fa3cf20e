# SPDX-License-Identifier: MIT
"""Rotations are watched: what a new version loses, how old a calendar is, gaps before they happen."""
import datetime
import json
import os
import re
import time

from house import House, main, wait_for
from sinks import Mail

DAY = 86400
HOUR = 3600


def stamp(seconds):
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))


def rfc3339(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def calendar(*shifts):
    """A calendar of single events: (title, from, until[, categories]), in seconds since the epoch."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//pagerd//test//EN"]
    for number, shift in enumerate(shifts):
        lines += ["BEGIN:VEVENT", f"UID:{number}-{int(shift[1])}@test", f"SUMMARY:{shift[0]}",
                  f"DTSTART:{stamp(shift[1])}", f"DTEND:{stamp(shift[2])}"]
        lines += [f"CATEGORIES:{shift[3]}"] if len(shift) > 3 else []
        lines += ["END:VEVENT"]
    return "\n".join(lines + ["END:VCALENDAR", ""])


def noon_zone():
    """A zone in which it is about noon now, and whether today is a day of work there."""
    now = datetime.datetime.now(datetime.timezone.utc)
    offset = 12 - now.hour
    there = now + datetime.timedelta(hours=offset)
    name = "Etc/GMT" if offset == 0 else f"Etc/GMT{-offset:+d}"
    return name, there.weekday() < 5


class Watched(House):
    """A pagerd that mails, for what it tells a manager has many lines."""

    def __init__(self, **more):
        self.mail = Mail()
        self.seen = 0
        super().__init__(channels="inbox: { } " + self.mail.config(), **more)

    def close(self, is_failed=False):
        super().close(is_failed)
        self.mail.close()

    def told(self, user="ann"):
        """What that person was mailed since forget(), without line breaks."""
        letters = self.mail.to(f"{user}@example.org")[self.seen:]
        return " ".join(" ".join(letter.get_body(("plain",)).get_content() for letter in letters).split())

    def forget(self, user="ann"):
        self.seen = len(self.mail.to(f"{user}@example.org"))

    def problems(self):
        token = self.token("ann")
        answer = self.get("/v1/status", headers={"Authorization": f"Bearer {token}"})
        return json.loads(answer[1])["problems"]


def check(pager):
    """GET /v1/calendars as pagectl sees it; a check that finds something ends with 7."""
    done = pager.pagectl("calendar", "check", "--json")
    assert done.returncode in (0, 7), (done.returncode, done.stderr)
    return json.loads(done.stdout)


def row(pager, name):
    return next(one for one in check(pager)["calendars"] if one["name"] == name)


def oncall(pager, *words):
    """pagectl oncall ends with 7 where there is a gap."""
    done = pager.pagectl("oncall", *words, "--json")
    assert done.returncode in (0, 7), (done.returncode, done.stderr)
    return json.loads(done.stdout)["oncall"]


def who(pager, at, role="primary"):
    return [one["user"] for one in oncall(pager, "--at", rfc3339(at)) if one["role"] == role]


def metric(pager, name, **labels):
    wanted = "".join(f'{key}="{value}",' for key, value in labels.items())[:-1]
    for line in pager.get("/metrics")[1].splitlines():
        if line.startswith(f"pagerd_{name}{{{wanted}}} "):
            return float(line.split()[-1])
    return None


def edit(pager, *changes):
    text = open(pager.config).read()
    for old, new in changes:
        assert old in text, (old, text)
        text = text.replace(old, new, 1)
    pager.write("pagerd.cfg", text)


def a_version_that_loses_most_of_the_cover_is_held_back_until_accepted():
    now = int(time.time())
    with Watched() as pager:
        pager.write("primary.ics", calendar(("bob", now - DAY, now + 20 * DAY)))
        pager.start()
        assert who(pager, now + 10 * DAY) == ["bob"]
        pager.write("primary.ics", calendar(("bob", now - DAY, now + 4 * DAY),
                                            ("cat", now + 4 * DAY, now + 5 * DAY)))
        held = wait_for("the version to be held back",
                        lambda: row(pager, "primary")["held"] and row(pager, "primary"))
        changes = "\n".join(held["held_changes"])
        assert "Bob Test loses" in changes and "Cat Test gains" in changes, changes
        assert "pagectl calendar accept primary" in held["problem"], held
        assert who(pager, now + 10 * DAY) == ["bob"], "the last good copy stays"
        assert metric(pager, "calendar_held", calendar="primary") == 1
        wait_for("the manager to hear who loses what",
                 lambda: "Bob Test loses" in pager.told() and "accept primary" in pager.told())
        assert any('"primary"' in line for line in pager.problems())

        # Another version takes the place of what waits, and is judged anew.
        pager.write("primary.ics", calendar(("dan", now - DAY, now + 3 * DAY)))
        wait_for("the newer version", lambda: "Dan Test gains" in
                 "\n".join(row(pager, "primary")["held_changes"]))
        done = pager.pagectl("calendar", "accept", "primary", "--yes")
        assert done.returncode == 0, (done.stdout, done.stderr)
        wait_for("what was accepted", lambda: who(pager, now + HOUR) == ["dan"])
        assert who(pager, now + 10 * DAY) == [None]
        assert not row(pager, "primary")["held"] and row(pager, "primary")["problem"] is None
        assert metric(pager, "calendar_held", calendar="primary") == 0
        done = pager.pagectl("calendar", "accept", "primary", "--yes")
        assert done.returncode != 0, "nothing is held back any more"


def a_held_version_that_is_taken_back_is_forgotten_and_one_that_stays_is_held_after_a_restart():
    now = int(time.time())
    good = calendar(("bob", now - DAY, now + 20 * DAY))
    with Watched() as pager:
        pager.write("primary.ics", good)
        pager.start()
        pager.write("primary.ics", calendar(("bob", now - DAY, now + 2 * DAY)))
        wait_for("the version to be held back", lambda: row(pager, "primary")["held"])
        pager.stop()
        pager.start()
        wait_for("it to be held back again", lambda: row(pager, "primary")["held"])
        assert who(pager, now + 10 * DAY) == ["bob"], "the copy of the last good one"
        pager.write("primary.ics", good)
        wait_for("well again", lambda: row(pager, "primary")["problem"] is None)
        assert not row(pager, "primary")["held"] and row(pager, "primary")["held_changes"] == []


def what_may_be_lost_is_configured():
    now = int(time.time())
    with Watched() as pager:
        edit(pager, ('"primary.ics"', '"primary.ics" max-loss = "80%"'),
             ('"secondary.ics"', '"secondary.ics" max-loss = "10%"'))
        for name in ("primary", "secondary"):
            pager.write(f"{name}.ics", calendar(("bob", now - DAY, now + 20 * DAY)))
        pager.start()
        pager.write("primary.ics", calendar(("bob", now - DAY, now + 5 * DAY)))
        pager.write("secondary.ics", calendar(("bob", now - DAY, now + 11 * DAY)))
        wait_for("the smaller loss to be held back", lambda: row(pager, "secondary")["held"])
        wait_for("the greater to be in force", lambda: who(pager, now + 10 * DAY) == [None])
        assert not row(pager, "primary")["held"]


def a_version_that_names_somebody_unknown_is_held_back_until_that_is_a_user():
    now = int(time.time())
    with Watched(users=["ann", "bob", "cat", "dan"]) as pager:
        pager.write("primary.ics", calendar(("bob", now - DAY, now + 20 * DAY)))
        pager.start()
        pager.write("primary.ics", calendar(("bob", now - DAY, now + 9 * DAY),
                                            ("zoe", now + 9 * DAY, now + 20 * DAY)))
        wait_for("the version to be held back", lambda: row(pager, "primary")["held"])
        assert '"zoe"' in row(pager, "primary")["problem"]
        assert who(pager, now + 10 * DAY) == ["bob"]
        wait_for("the manager to hear of it", lambda: '"zoe"' in pager.told())
        edit(pager, ("users: {", 'users: { zoe: { name = "Zoe Test", email = "zoe@example.org" }\n'))
        assert pager.pagectl("config", "reload").returncode == 0
        wait_for("who is known now", lambda: who(pager, now + 10 * DAY) == ["zoe"])
        assert not row(pager, "primary")["held"]


def the_first_version_is_taken_whatever_it_names():
    now = int(time.time())
    with Watched() as pager:
        pager.write("primary.ics", calendar(("nobody-we-know", now - DAY, now + 20 * DAY)))
        pager.start()
        assert who(pager, now) == [None]
        assert not row(pager, "primary")["held"]
        assert any("E-NOBODY" in line for line in row(pager, "primary")["warnings"])
        wait_for("the manager to hear of it", lambda: "nobody-we-know" in pager.told())


def one_calendar_fills_two_roles_by_layers():
    now = int(time.time())
    with Watched() as pager:
        pager.write("primary.ics", calendar(
            ("bob", now - DAY, now + 20 * DAY), ("secondary: cat", now - DAY, now + 20 * DAY),
            ("dan", now + DAY, now + 2 * DAY, "secondary")))
        edit(pager, ('secondary = "calendar:secondary"', 'secondary = "calendar:primary"'))
        pager.start()
        assert who(pager, now) == ["bob"] and who(pager, now, "secondary") == ["cat"]
        assert who(pager, now + DAY + HOUR, "secondary") == ["dan"]
        assert row(pager, "primary")["used_by"] == ["ops primary", "ops secondary"]
        # The loss of one layer is not hidden by the other.
        pager.write("primary.ics", calendar(("bob", now - DAY, now + 20 * DAY)))
        wait_for("the version to be held back", lambda: row(pager, "primary")["held"])
        assert all(line.startswith("secondary: ") for line in row(pager, "primary")["held_changes"])
        assert who(pager, now, "secondary") == ["cat"]


def an_override_calendar_lies_over_the_rotation_and_may_become_empty():
    now = int(time.time())
    with Watched(team='overrides = "calendar:swaps"') as pager:
        edit(pager, ("calendars: {", 'calendars: { swaps: { ics = "swaps.ics" } '))
        pager.write("swaps.ics", calendar(("dan", now - HOUR, now + HOUR),
                                          ("secondary: nobody", now - HOUR, now + HOUR)))
        pager.start()
        assert who(pager, now) == ["dan"] and who(pager, now, "secondary") == [None]
        assert who(pager, now + 2 * HOUR) == ["ann"]
        assert row(pager, "swaps")["used_by"] == ["ops overrides"]
        schedule = pager.ask("schedule", "--team", "ops", "--weeks", "1")
        spans = next(one for one in schedule["rows"] if one["role"] == "primary")["spans"]
        assert "dan" in [span["user"] for span in spans], spans
        pager.write("swaps.ics", calendar())
        wait_for("the rotation below", lambda: who(pager, now) == ["ann"])
        assert row(pager, "swaps")["problem"] is None


def leave_of_a_person_and_of_a_team_is_covered():
    now = int(time.time())
    with Watched(team='away = "calendar:leave"', user_extra={"bob": ', away = "calendar:bobs"'},
               primary="cat", secondary="bob",
               recovery='recovery: { cover = ["dan", "eve"] }') as pager:
        edit(pager, ("calendars: {", 'calendars: { leave: { ics = "leave.ics" } '
                                     'bobs: { ics = "bobs.ics" } '))
        pager.write("leave.ics", calendar(("cat vacation", now - HOUR, now + 2 * DAY)))
        pager.write("bobs.ics", calendar(("Lisbon", now + 4 * DAY, now + 5 * DAY)))
        pager.start()
        assert who(pager, now) == ["dan"], "dan covers for cat"
        assert who(pager, now + 3 * DAY) == ["cat"]
        assert who(pager, now + 4 * DAY + HOUR, "secondary") == ["dan"]
        assert row(pager, "leave")["used_by"] == ["ops away"]
        assert row(pager, "bobs")["used_by"] == ["bob away"]
        absences = pager.ask("schedule", "--team", "ops", "--weeks", "2")["absences"]
        assert ("bob", "Lisbon") in [(one["user"], one["because"]) for one in absences], absences
        found = [one["code"] for one in check(pager)["clashes"]]
        assert found.count("W-AWAY") == 2, found
        cover = oncall(pager)[0]
        assert cover["instead_of"] == "cat" and cover["because"] == "away", cover


def a_holiday_is_a_sunday_for_coverage():
    now = int(time.time())
    day = datetime.datetime.fromtimestamp(now + 2 * DAY, datetime.timezone.utc)
    while day.weekday() >= 5:
        day += datetime.timedelta(days=1)
    start = int(day.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())
    with Watched(team='coverage = "Mon-Fri 08:00-18:00" timezone = "UTC"\n'
                    'holidays = "calendar:feasts"') as pager:
        edit(pager, ("calendars: {", 'calendars: { feasts: { ics = "feasts.ics" } '))
        pager.write("feasts.ics", calendar())
        pager.write("primary.ics", calendar(("bob", now - DAY, start), ("bob", start + DAY,
                                                                        start + 40 * DAY)))
        pager.start()
        gap = wait_for("the gap", lambda: check(pager)["gaps"])
        assert [(one["role"], one["from"], one["until"]) for one in gap] == [
            ("primary", rfc3339(start + 8 * HOUR), rfc3339(start + 18 * HOUR))], gap
        pager.write("feasts.ics", "\n".join([
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//pagerd//test//EN", "BEGIN:VEVENT",
            "UID:feast@test", "SUMMARY:Feast", f"DTSTART;VALUE=DATE:{day:%Y%m%d}", "END:VEVENT",
            "END:VCALENDAR", ""]))
        wait_for("no gap on a holiday", lambda: check(pager)["gaps"] == [])


def a_gap_ahead_is_told_shown_and_counted_and_a_declared_one_only_shown():
    now = int(time.time())
    zone, is_working_day = noon_zone()
    hole = now + int(2.5 * DAY)
    with Watched(team='coverage = "always"',
               user_extra={"ann": f', timezone = "{zone}"'}) as pager:
        pager.write("primary.ics", calendar(
            ("bob", now - DAY, hole), ("bob", hole + 4 * HOUR, now + 40 * DAY)))
        pager.write("secondary.ics", calendar(
            ("cat", now - DAY, hole), ("nobody", hole, hole + HOUR),
            ("cat", hole + HOUR, now + 40 * DAY)))
        pager.start()
        found = wait_for("both holes", lambda: len(check(pager)["gaps"]) == 2 and check(pager)["gaps"])
        assert [(one["role"], one["from"], one["declared"]) for one in found] == [
            ("primary", rfc3339(hole), False), ("secondary", rfc3339(hole), True)], found
        assert pager.pagectl("calendar", "check").returncode == 7
        assert metric(pager, "schedule_gap_seconds", team="ops", role="primary") == 4 * HOUR
        assert metric(pager, "schedule_gap_seconds", team="ops", role="secondary") == 0
        ahead = metric(pager, "schedule_next_gap_seconds", team="ops", role="primary")
        assert 2 * DAY < ahead <= hole - now, ahead
        assert metric(pager, "schedule_next_gap_seconds", team="ops", role="secondary") is None
        assert any("GAP ops primary" in line for line in pager.problems())
        if is_working_day:
            wait_for("the manager to hear of it", lambda: "GAP ops primary" in pager.told())
            assert "pagectl override ops primary --from " in pager.told()
        else:
            assert "GAP ops" not in pager.told(), "it can wait until Monday"
        assert "secondary" not in pager.told(), "a declared hole is not nagged about"

        # The command of the message fills it.
        done = pager.pagectl("override", "ops", "primary", "--from", rfc3339(hole), "--for", "4h",
                             "--to", "dan", "--yes")
        assert done.returncode == 0, (done.stdout, done.stderr)
        wait_for("no gap but the declared one",
                 lambda: [one["declared"] for one in check(pager)["gaps"]] == [True])
        assert pager.pagectl("calendar", "check").returncode == 0
        assert metric(pager, "schedule_gap_seconds", team="ops", role="primary") == 0


def a_gap_within_hours_is_told_at_once_and_not_again_after_a_restart():
    now = int(time.time())
    with Watched(team='coverage = "always"') as pager:
        pager.write("primary.ics", calendar(
            ("bob", now - DAY, now + 6 * HOUR), ("bob", now + 8 * HOUR, now + 40 * DAY)))
        pager.start()
        wait_for("the manager to hear of it", lambda: "GAP ops primary" in pager.told())
        assert "(2 h)" in pager.told() and "--for 2h --to WHO" in pager.told(), pager.told()
        pager.stop()
        pager.forget()
        pager.start()
        wait_for("the look after the restart",
                 lambda: metric(pager, "schedule_gap_seconds", team="ops", role="primary"))
        assert "GAP ops" not in pager.told(), "it was told before the restart"
        pager.write("primary.ics", calendar(
            ("bob", now - DAY, now + 5 * HOUR), ("bob", now + 8 * HOUR, now + 40 * DAY)))
        wait_for("a gap that grows to be told again", lambda: "(3 h)" in pager.told())


def a_declared_hole_within_hours_is_not_told():
    now = int(time.time())
    with Watched(team='coverage = "always"') as pager:
        pager.write("primary.ics", calendar(
            ("bob", now - DAY, now + 3 * HOUR), ("nobody", now + 3 * HOUR, now + 4 * HOUR),
            ("bob", now + 4 * HOUR, now + 40 * DAY)))
        pager.start()
        wait_for("the look ahead", lambda: [one["declared"] for one in check(pager)["gaps"]] == [True])
        # What is told after it comes after it: an undeclared gap, the first word to the manager.
        pager.write("secondary.ics", calendar(
            ("cat", now - DAY, now + 5 * HOUR), ("cat", now + 6 * HOUR, now + 40 * DAY)))
        wait_for("the other gap to be told", lambda: "GAP ops secondary" in pager.told())
        assert len(pager.mail.to("ann@example.org")) == 1, pager.told()
        assert "primary" not in pager.told() and "more" not in pager.told(), pager.told()


def a_calendar_that_is_not_read_for_too_long_is_told_and_so_is_its_return():
    with Watched() as pager:
        edit(pager, ('"primary.ics"', '"primary.ics" stale-after = "2s" refresh = "1s"'))
        pager.start()
        assert row(pager, "primary")["kind"] == "file"
        os.rename(pager.path("primary.ics"), pager.path("away.ics"))
        wait_for("the age to be told", lambda: "has not been read well for" in pager.told())
        assert who(pager, time.time()) == ["ann"], "the last good copy stays"
        assert row(pager, "primary")["age_ms"] >= 2000
        assert metric(pager, "calendar_age_seconds", calendar="primary") >= 2
        pager.stop()
        pager.forget()
        pager.start()
        wait_for("the age of the old copy, after a restart",
                 lambda: "has not been read well for" in pager.told())
        os.rename(pager.path("away.ics"), pager.path("primary.ics"))
        wait_for("that it is well again", lambda: "is read well again" in pager.told())


def metrics_have_a_head_each_and_labels_that_parse():
    with Watched(team='coverage = "always"') as pager:
        pager.start()
        text = pager.get("/metrics")[1]
        for name in ("schedule_gap_seconds", "schedule_next_gap_seconds", "calendar_age_seconds",
                     "calendar_held", "tzdata_age_seconds"):
            assert text.count(f"# TYPE pagerd_{name} gauge\n") == 1, name
            assert text.count(f"# HELP pagerd_{name} ") == 1, name
        for line in text.splitlines():
            assert re.fullmatch(r'#.*|pagerd_[a-z_]+(\{([a-z]+="(\\.|[^"\\])*",?)+\})? -?[0-9]+',
                                line), line


main(a_version_that_loses_most_of_the_cover_is_held_back_until_accepted,
     a_held_version_that_is_taken_back_is_forgotten_and_one_that_stays_is_held_after_a_restart,
     what_may_be_lost_is_configured,
     a_version_that_names_somebody_unknown_is_held_back_until_that_is_a_user,
     the_first_version_is_taken_whatever_it_names,
     one_calendar_fills_two_roles_by_layers,
     an_override_calendar_lies_over_the_rotation_and_may_become_empty,
     leave_of_a_person_and_of_a_team_is_covered,
     a_holiday_is_a_sunday_for_coverage,
     a_gap_ahead_is_told_shown_and_counted_and_a_declared_one_only_shown,
     a_gap_within_hours_is_told_at_once_and_not_again_after_a_restart,
     a_declared_hole_within_hours_is_not_told,
     a_calendar_that_is_not_read_for_too_long_is_told_and_so_is_its_return,
     metrics_have_a_head_each_and_labels_that_parse)
