# SPDX-License-Identifier: MIT
"""Calendars, their gaps and their feeds, as a manager and a script see them."""
import json
import unittest

from house import Case, instant


def calendar(name, **more):
    row = {"name": name, "kind": "file", "source": f"/etc/pagerd/{name}.ics",
           "read_at": instant(-300), "age_ms": 5 * 60000, "until": "2031-12-31T00:00:00Z",
           "events": 12, "stale": False, "held": False, "held_changes": [], "problem": None,
           "warnings": [], "used_by": [f"ops {name}"]}
    row.update(more)
    return row


def gap(role="secondary", **more):
    row = {"team": "ops", "role": role, "from": "2031-12-01T20:00:00Z",
           "until": "2031-12-02T00:00:00Z", "why": 'calendar "secondary" is empty',
           "declared": False}
    row.update(more)
    return row


HELD = calendar(
    "secondary", kind="caldav", held=True, stale=True,
    problem="the new version covers 60 % less of the next 14 days",
    held_changes=["- bob  Mon 24 Nov 09:00 - Mon 1 Dec 09:00 (7 days)",
                  "+ nobody  Mon 24 Nov 09:00 - Mon 1 Dec 09:00"])
STALE = calendar("leave", kind="url", stale=True, problem="HTTP 404", age_ms=26 * 3600000,
                 used_by=["ops away"])
UNKNOWN = calendar("primary", warnings=[
    'primary.ics:40: W-OVERLAP "Ann" and "Bob" overlap',
    'primary.ics:12: E-NOBODY "Bobb" is nobody: did you mean "bob"?'])
CLASH = {"code": "W-AWAY", "user": "dan", "teams": ["ops"], "from": "2031-12-01T08:00:00Z",
         "until": "2031-12-04T23:00:00Z", "text": "dan is primary of ops from Mon 1 Dec 09:00 until Fri 5 Dec 00:00 CET, while away"}


class Calendars(Case):
    def answer(self, *rows, gaps=(), clashes=()):
        self.document = {"calendars": list(rows), "gaps": list(gaps), "clashes": list(clashes)}
        self.server.answers[("GET", "/v1/calendars")] = (200, self.document)

    def test_the_list_names_kind_state_age_events_and_use(self):
        self.answer(calendar("primary"), HELD, STALE)
        code, screen = self.on_terminal("calendar", columns=100)
        self.assertEqual(0, code, screen)
        lines = screen.splitlines()
        self.assertRegex(lines[0], r"^NAME +KIND +STATE +READ +EVENTS +USED BY +PROBLEM$")
        self.assertRegex(lines[1], r"^primary +file +ok +5 m ago +12  ops primary$")
        self.assertRegex(lines[2], r"^secondary +caldav +HELD +5 m ago +12  ops secondary +the new v")
        self.assertRegex(lines[3], r"^leave +url +stale since [A-Z][a-z]{2} \d+ [A-Z][a-z]{2} "
                                   r"\d\d:\d\d +1 day 2 h ago +12  ops away +HTTP 404$")
        self.answer(calendar("primary"), HELD)
        _, screen = self.on_terminal("calendar", "list", columns=80)
        self.assertRegex(screen.splitlines()[0], r"^NAME +KIND +STATE +READ +EVENTS +USED BY( +PROBLEM)?$")
        self.assertLessEqual(max(map(len, screen.splitlines())), 80)

    def test_the_list_in_a_pipe_and_as_json(self):
        self.answer(calendar("primary", read_at="2031-01-01T00:00:00Z"))
        self.check(["calendar", "list"],
                   out="primary\tfile\tok\t2031-01-01T00:00:00Z\t12\tops primary\t\t"
                       "2031-12-31T00:00:00Z\n")
        self.assertEqual(self.document, json.loads(self.check(["calendar", "--json"])[0]))
        self.assertEqual({"calendars": [{"name": "primary", "held": False}]},
                         json.loads(self.check(["calendar", "list", "--json=name,held"])[0]))

    def test_a_house_without_calendars_says_where_to_begin(self):
        self.answer()
        self.assertIn("docs/calendars.md", self.on_terminal("calendar")[1])
        self.check(["calendar"], out="")

    def test_all_is_well_is_0_and_says_so(self):
        self.answer(calendar("primary", events=1))
        self.assertIn("ok    primary: 1 event, used", self.on_terminal("calendar", "check")[1])
        self.answer(calendar("primary"))
        code, screen = self.on_terminal("calendar", "check")
        self.assertEqual((0, "ok    primary: 12 events, used by ops primary\n"
                             "No gaps in the next 14 days.\n"), (code, screen))
        self.check(["calendar", "check"], out="ok\tprimary\t\t\tops primary\n")
        self.check(["calendar", "check", "-q"], out="")

    def test_each_thing_that_is_wrong_is_7_and_only_those(self):
        for wrong in ({"rows": [HELD]}, {"rows": [STALE]}, {"rows": [UNKNOWN]},
                      {"rows": [calendar("x", read_at=None, age_ms=None)]}, {"gaps": [gap()]}):
            self.answer(*wrong.get("rows", []), gaps=wrong.get("gaps", []))
            for more in ([], ["-q"], ["--json"]):
                self.check(["calendar", "check", *more], code=7)
        self.answer(calendar("primary", warnings=["a.ics:1: W-LONG 61 days"]),
                    gaps=[gap(declared=True)], clashes=[CLASH])
        for more in ([], ["-q"], ["--json"]):
            self.check(["calendar", "check", *more], code=0)

    def test_a_check_says_everything_in_words_with_what_to_do(self):
        self.answer(UNKNOWN, HELD, STALE, gaps=[gap(), gap(declared=True, why='event "nobody"')],
                    clashes=[CLASH])
        code, screen = self.on_terminal("calendar", "check", columns=120)
        self.assertEqual(7, code)
        lines = screen.splitlines()
        self.assertEqual([
            "held  secondary: the new version covers 60 % less of the next 14 days",
            "      - bob  Mon 24 Nov 09:00 - Mon 1 Dec 09:00 (7 days)",
            "      + nobody  Mon 24 Nov 09:00 - Mon 1 Dec 09:00",
            "Is that right? pagectl calendar accept secondary"], lines[:4])
        self.assertRegex(lines[4], r"^stale leave: HTTP 404, copy of .* in use$")
        self.assertEqual([
            "Mended? pagectl calendar refresh leave",
            'error primary.ics:12: E-NOBODY "Bobb" is nobody: did you mean "bob"?',
            "GAP ops secondary  Mon 1 Dec 2031 21:00 - Tue 2 Dec 01:00 CET (4 h)   "
            'calendar "secondary" is empty',
            'Fill it: pagectl override ops secondary --from "1 Dec 2031 21:00" --for 4h --to WHO',
            "clash W-AWAY dan is primary of ops from Mon 1 Dec 09:00 until Fri 5 Dec 00:00 CET, "
            "while away",
            'warn  primary.ics:40: W-OVERLAP "Ann" and "Bob" overlap',
            "declared ops secondary  Mon 1 Dec 2031 21:00 - Tue 2 Dec 01:00 CET (4 h)   "
            'event "nobody"',
            "1 version held back, 1 old copy in use, 1 error, 1 gap."], lines[5:])
        _, quiet = self.on_terminal("calendar", "check", "-q", columns=120)
        for word in ("warn", "clash", "declared", "ok  "):
            self.assertNotIn(word, quiet)
        self.assertIn("E-NOBODY", quiet)

    def test_a_check_in_a_pipe_is_a_line_for_each_finding(self):
        self.answer(UNKNOWN, HELD, gaps=[gap()], clashes=[CLASH])
        out, _ = self.check(["calendar", "check"], code=7)
        self.assertEqual([
            "held\tsecondary\t\t\tthe new version covers 60 % less of the next 14 days",
            "change\tsecondary\t\t\t- bob  Mon 24 Nov 09:00 - Mon 1 Dec 09:00 (7 days)",
            "change\tsecondary\t\t\t+ nobody  Mon 24 Nov 09:00 - Mon 1 Dec 09:00",
            'error\tprimary\t\t\tprimary.ics:12: E-NOBODY "Bobb" is nobody: did you mean "bob"?',
            "gap\tops secondary\t2031-12-01T20:00:00Z\t2031-12-02T00:00:00Z\t"
            'calendar "secondary" is empty',
            "clash\tdan\t2031-12-01T08:00:00Z\t2031-12-04T23:00:00Z\t"
            "W-AWAY dan is primary of ops from Mon 1 Dec 09:00 until Fri 5 Dec 00:00 CET, while away",
            'warn\tprimary\t\t\tprimary.ics:40: W-OVERLAP "Ann" and "Bob" overlap'],
            out.splitlines())
        self.assertEqual("FOUND\tWHERE\tFROM\tUNTIL\tWHAT", self.check(
            ["calendar", "check", "--header"], code=7)[0].splitlines()[0])
        out, _ = self.check(["calendar", "check", "--json"], code=7)
        self.assertEqual(self.document, json.loads(out))

    def test_a_gap_that_has_begun_is_filled_from_now_on(self):
        self.answer(gaps=[gap(**{"from": instant(-60), "until": instant(120)})])
        _, screen = self.on_terminal("calendar", "check")
        self.assertRegex(screen, r"Fill it: pagectl override ops secondary --for (2h|1h59m|2h1m) "
                                 r"--to WHO\n")

    def test_a_gap_without_an_end_in_sight_is_filled_for_a_day(self):
        self.answer(gaps=[gap(until=None)])
        code, screen = self.on_terminal("calendar", "check", columns=120)
        self.assertEqual(7, code)
        self.assertIn("GAP ops secondary  Mon 1 Dec 2031 21:00 CET, no end in sight   ", screen)
        self.assertIn('--from "1 Dec 2031 21:00" --for 1d --to WHO', screen)
        self.assertIn("gap\tops secondary\t2031-12-01T20:00:00Z\t\t", self.check(
            ["calendar", "check"], code=7)[0])

    def test_very_many_gaps_are_counted_on_a_terminal_and_whole_in_a_pipe(self):
        self.answer(gaps=[gap() for _ in range(30)])
        _, screen = self.on_terminal("calendar", "check", columns=120)
        self.assertEqual(20, screen.count("GAP"))
        self.assertIn("and 10 more: pagectl calendar check --json", screen)
        self.assertIn("30 gaps.", screen)
        self.assertEqual(30, len(self.check(["calendar", "check"], code=7)[0].splitlines()))

    def test_overrides_that_wait_to_be_written_are_told_and_count_all_the_same(self):
        for count, what in ((1, "1 override is not written into it yet"),
                            (2, "2 overrides are not written into it yet")):
            self.answer(calendar("swaps", unwritten=count))
            self.assertIn(f"warn  swaps: {what}\n", self.on_terminal("calendar", "check")[1])
            self.assertIn(f"warn\tswaps\t\t\t{what}\n", self.check(["calendar", "check"])[0])
        self.answer(calendar("swaps", unwritten=0))
        self.assertNotIn("warn", self.check(["calendar", "check"])[0])

    def test_pagectl_check_tells_the_first_gap(self):
        self.answer(calendar("primary"), gaps=[gap("primary", declared=True), gap(), gap()])
        self.server.answers[("GET", "/v1/status")] = (200, {"open": 0, "paging": 0, "problems": []})
        self.server.answers[("POST", "/v1/config/check")] = (200, {"ok": True})
        self.check(["check", "-q"], code=7,
                   out="FAIL  gaps       ops secondary Mon 1 Dec 2031 21:00 - Tue 2 Dec 01:00 CET "
                       "(4 h), and 1 more: pagectl calendar check\n")

    def test_refresh_sends_one_request(self):
        self.server.answers[("POST", "/v1/calendars/a%2Fb/refresh")] = (
            200, {"status": "done", "text": "Read: 12 events."})
        self.check(["calendar", "refresh", "a/b"], out="Read: 12 events.\n")
        self.assertEqual("done", json.loads(
            self.check(["calendar", "refresh", "a/b", "--json"])[0])["status"])
        self.check(["calendar", "refresh", "a/b", "-n"],
                   out="Would refresh calendar a/b. Nothing was sent.\n")
        self.assertEqual(2, len(self.server.posts()))
        self.check(["calendar", "refresh"], code=2)

    def accepts(self):
        self.answer(calendar("primary"), HELD)
        self.server.answers[("POST", "/v1/calendars/secondary/accept")] = (
            200, {"status": "done", "text": "Accepted."})

    def test_accept_shows_what_it_changes_and_asks(self):
        self.accepts()
        code, screen = self.on_terminal("calendar", "accept", "secondary",
                                        typed=("[y/N]", "n"), columns=100)
        self.assertEqual((2, []), (code, self.server.posts()))
        self.assertLess(screen.index("- bob  Mon 24 Nov"), screen.index("[y/N]"))
        self.assertIn("nothing was changed", screen)
        code, screen = self.on_terminal("calendar", "accept", "secondary", typed=("[y/N]", "y"))
        self.assertEqual(0, code, screen)
        self.assertIn("Accepted.", screen)
        self.assertEqual([("/v1/calendars/secondary/accept", {})], self.server.posts())

    def test_accept_without_a_terminal_needs_yes_and_says_so(self):
        self.accepts()
        out, text = self.check(["calendar", "accept", "secondary"], code=2)
        self.assertIn("- bob  Mon 24 Nov", out)
        self.assertRegex(text, "^pagectl: this changes who is on call.*--yes")
        self.check(["calendar", "accept", "secondary", "--json"], code=2, out="")
        self.assertEqual([], self.server.posts())
        out, _ = self.check(["calendar", "accept", "secondary", "--yes"])
        self.assertIn("+ nobody", out)
        self.assertIn("Accepted.", out)
        out, _ = self.check(["calendar", "accept", "secondary", "--yes", "--json"])
        self.assertEqual("done", json.loads(out)["status"])
        out, _ = self.check(["calendar", "accept", "secondary", "-n"])
        self.assertIn("Nothing was sent.", out)
        self.assertEqual(2, len(self.server.posts()))

    def test_accept_of_what_is_not_there_names_what_is(self):
        self.accepts()
        self.check(["calendar", "accept", "tertiary"], code=3, out="",
                   error='pagectl: there is no calendar "tertiary". There are: primary, '
                         "secondary.\n")
        self.assertEqual([], self.server.posts())

    def test_accept_of_what_is_not_held_asks_nothing(self):
        self.accepts()
        self.server.answers[("POST", "/v1/calendars/primary/accept")] = (
            200, {"status": "already", "text": "Nothing is held back."})
        self.check(["calendar", "accept", "primary"], out="Nothing is held back.\n")

    def test_nothing_from_a_calendar_reaches_the_terminal_as_a_command(self):
        evil = "\x1b]0;x\x07\x1b[2Jboo\u202e\x9b31m"
        self.answer(calendar(evil, problem=evil, held=True, held_changes=[evil], used_by=[evil]),
                    calendar("x", stale=True, problem=evil), calendar("y", warnings=[evil]),
                    gaps=[gap(team=evil, why=evil)],
                    clashes=[dict(CLASH, user=evil, code=evil, text=evil)])
        self.server.answers[("POST", "/v1/keys")] = (200, {"name": evil, "url": evil})
        for words in (["calendar"], ["calendar", "check"], ["calendar", "accept", evil, "-n"],
                      ["calendar", "export", "ann"]):
            screen = self.on_terminal(*words)[1] + self.run_program(*words)[1] + \
                self.run_program(*words, "--json")[1]
            for bad in ("\x1b", "\x07", "\u202e", "\x9b"):
                self.assertNotIn(bad, screen, words)

    def test_old_answers_without_the_new_fields_are_understood(self):
        self.server.answers[("GET", "/v1/calendars")] = (200, {"calendars": [
            {"name": "primary", "read_at": instant(-5), "events": 1}]})
        self.check(["calendar", "check"])
        self.assertIn("primary", self.on_terminal("calendar")[1])


class Feeds(Case):
    URL = "https://page.example.org/feed/7HQ2MX9VT4SB8NK3WR6Y.ics"

    def setUp(self):
        super().setUp()
        self.server.answers[("POST", "/v1/keys")] = (200, {"name": "x", "url": self.URL})
        self.server.answers[("GET", "/v1/me")] = (200, {"user": "ann"})

    def test_my_own_feed_is_the_default(self):
        self.check(["calendar", "export"], out=self.URL + "\n")
        self.check(["calendar", "export", "bob"], out=self.URL + "\n")
        self.check(["calendar", "export", "--team", "ops", "--name", "wall"], out=self.URL + "\n")
        self.assertEqual([{"name": "feed-ann", "feed": True, "user": "ann"},
                          {"name": "feed-bob", "feed": True, "user": "bob"},
                          {"name": "wall", "feed": True, "team": "ops"}],
                         [body for _, body in self.server.posts()])

    def test_on_a_terminal_it_says_how_to_subscribe_and_how_to_end_it(self):
        code, screen = self.on_terminal("calendar", "export")
        self.assertEqual(0, code)
        lines = screen.splitlines()
        self.assertEqual('Feed "feed-ann" shows the duties of ann to whoever has this address. '
                         "Shown once, now:", lines[0])
        self.assertEqual("  " + self.URL, lines[1])
        self.assertEqual(["Google", "Outlook", "Apple", "Thunderbird", "Nextcloud"],
                         [line.split()[0] for line in lines[2:7]])
        self.assertEqual("End it: pagectl key revoke feed-ann", lines[-1])
        self.assertNotIn("https address", screen)
        self.server.answers[("POST", "/v1/keys")] = (200, {"url": "http://127.0.0.1:8440/feed/X.ics"})
        self.assertIn("need an https address", self.on_terminal("calendar", "export")[1])

    def test_json_dry_run_and_errors(self):
        out, _ = self.check(["calendar", "export", "--json"])
        self.assertEqual({"name": "x", "url": self.URL}, json.loads(out))
        self.server.seen.clear()
        self.check(["calendar", "export", "-n"])
        self.check(["calendar", "export", "ann", "--team", "ops"], code=2)
        self.check(["calendar", "export", "ann", "bob"], code=2)
        self.server.answers[("GET", "/v1/me")] = (200, {"user": None})
        _, text = self.check(["calendar", "export"], code=2)
        self.assertIn("Say whose", text)
        self.assertEqual([], self.server.posts())
        self.server.answers[("POST", "/v1/keys")] = (404, {"error": {
            "code": "not_found", "text": "There is no user zoe."}})
        self.check(["calendar", "export", "zoe"], code=3,
                   error="pagectl: There is no user zoe.\n")
        self.server.answers[("POST", "/v1/keys")] = (403, {"error": {
            "code": "forbidden", "text": "That is for ann."}})
        self.check(["calendar", "export", "ann"], code=4)


class Duty(Case):
    def row(self, **more):
        return dict({"team": "ops", "role": "primary", "user": "bob",
                     "until": "2031-11-23T02:31:00Z", "why": "w", "kind": "calendar",
                     "instead_of": None, "because": None}, **more)

    def test_a_note_says_why_somebody_has_it_instead(self):
        for more, note in (
                ({"kind": "cover", "instead_of": "ann", "because": "away"}, "covers for ann (away)"),
                ({"kind": "cover", "instead_of": "ann", "because": "rest"}, "covers for ann (rest)"),
                ({"kind": "cover", "instead_of": "ann"}, "covers for ann (rest)"),
                ({"away": True}, "is away, but nobody can cover"),
                ({"unrested": True}, "has no rest: everybody is in recovery"),
                ({"kind": "override", "instead_of": "ann"}, "instead of ann (override)")):
            self.server.answers[("GET", "/v1/oncall")] = (200, {"oncall": [self.row(**more)]})
            self.assertIn(f"\t{note}\t", self.check(["oncall"])[0])
            self.assertIn(note, self.on_terminal("oncall", columns=120)[1])

    def test_why_at_a_time_is_whole_and_a_clause_to_a_line(self):
        why = ('calendar "primary" /etc/pagerd/rotas/primary.ics:4, "Ann Ops", UID 1@demo, instance '
               "of Mon 26 Oct 09:00, rule FREQ=WEEKLY;INTERVAL=6;BYDAY=MO; this shift has 169 hours: "
               "the clocks go back on Sun 26 Oct; ann is away until Fri 27 Nov, bob covers")
        self.server.answers[("GET", "/v1/oncall")] = (200, {"oncall": [
            self.row(why=why, kind="cover", instead_of="ann", because="away")]})
        _, screen = self.on_terminal("oncall", "--at", "2031-10-26 12:00", "--why")
        self.assertEqual("""\
ops primary:
  calendar "primary" /etc/pagerd/rotas/primary.ics:4, "Ann Ops", UID 1@demo,
    instance of Mon 26 Oct 09:00, rule FREQ=WEEKLY;INTERVAL=6;BYDAY=MO
  this shift has 169 hours: the clocks go back on Sun 26 Oct
  ann is away until Fri 27 Nov, bob covers
""", screen[screen.index("ops primary:"):])
        self.assertIn(why, self.check(["oncall", "--why"])[0])
        self.assertEqual(why, json.loads(
            self.check(["oncall", "--json"])[0])["oncall"][0]["why"])


class Schedule(Case):
    def schedule(self, **more):
        def span(user, start, end, **rest):
            return dict({"user": user, "from": start, "until": end}, **rest)
        document = {
            "team": "ops", "zone": "Europe/Berlin",
            "from": "2031-11-22T23:00:00Z", "until": "2031-12-06T23:00:00Z",
            "rows": [
                {"role": "primary", "spans": [
                    span("ann", "2031-11-22T23:00:00Z", "2031-11-24T08:00:00Z"),
                    span("bob", "2031-11-24T08:00:00Z", "2031-12-01T08:00:00Z"),
                    span("dan", "2031-12-01T08:00:00Z", "2031-12-06T23:00:00Z",
                         users=["dan", "eve"])]},
                {"role": "secondary", "spans": [
                    span("cat", "2031-11-22T23:00:00Z", "2031-11-28T17:00:00Z"),
                    span(None, "2031-11-28T17:00:00Z", "2031-12-01T08:00:00Z"),
                    span("cat", "2031-12-01T08:00:00Z", "2031-12-02T20:00:00Z"),
                    span(None, "2031-12-02T20:00:00Z", "2031-12-03T00:00:00Z"),
                    span("fay", "2031-12-03T00:00:00Z", "2031-12-06T23:00:00Z")]}],
            "rests": [{"user": "ann", "from": "2031-11-23T02:31:00Z",
                       "until": "2031-11-24T02:31:00Z", "because": "after #412"}],
            "absences": [{"user": "dan", "from": "2031-11-30T23:00:00Z",
                          "until": "2031-12-04T23:00:00Z", "because": "Lisbon"},
                         {"user": "eve", "from": "2031-11-24T23:00:00Z",
                          "until": "2031-11-26T23:00:00Z", "because": ""},
                         {"user": "fay", "from": "2031-10-24T23:00:00Z",
                          "until": "2031-10-26T23:00:00Z", "because": "long past"}],
            "gaps": [{"role": "secondary", "from": "2031-12-02T20:00:00Z",
                      "until": "2031-12-03T00:00:00Z", "why": "empty", "declared": False},
                     {"role": "secondary", "from": "2031-11-29T11:00:00Z",
                      "until": "2031-11-29T20:00:00Z", "why": "nobody", "declared": True}],
            "overlaps": []}
        document.update(more)
        self.server.answers[("GET", "/v1/schedule")] = (200, document)
        self.server.now = "2031-11-23T02:58:00Z"
        return document

    def test_leave_rest_quiet_hours_gaps_and_now_are_drawn(self):
        self.schedule()
        lines = self.check(["schedule", "ops"])[0].splitlines()
        self.assertEqual([
            "ops   Sun 23 Nov - Sat 6 Dec 2031   Europe/Berlin   1 gap, 1 rest, 0 overlaps",
            "          │23Su│24Mo│25Tu│26We│27Th│28Fr│29Sa│30Su│ 1Mo│ 2Tu│ 3We│ 4Th│ 5Fr│ 6Sa",
            "primary   ┃ann━━━┃bob━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┃dan+eve━━━━━━━━━━━━━━━━━━━━",
            "secondary ┃cat━━━━━━━━━━━━━━━━━━━━━━━━━·············┃cat━━━╳┃fay━━━━━━━━━━━━━━━━",
            "rest       ░░░░░ ann, after #412",
            "away                                  dan, Lisbon ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒",
            "                    ▒▒▒▒▒▒▒▒▒▒ eve",
            "           ▲ now Sun 03:58",
            "GAP secondary  Tue 2 Dec 21:00 - Wed 3 Dec 01:00 CET (4 h)   empty",
            'Fill it: pagectl override ops secondary --from "2 Dec 21:00" --for 4h --to WHO',
            "declared secondary  Sat 29 Nov 12:00 - 21:00 CET (9 h)   nobody"], lines)
        out, _ = self.check(["schedule", "ops"], LC_ALL="C")
        self.assertTrue(out.isascii())
        self.assertIn("=.............|cat===!|fay=", out)
        self.assertIn("dan, Lisbon --------------------", out)

    def test_a_gap_is_red_and_each_person_keeps_one_colour(self):
        self.schedule()
        out, _ = self.check(["schedule", "ops"], CLICOLOR_FORCE="1")
        self.assertIn("\x1b[1;31m╳\x1b[0m", out)
        row = [line for line in out.splitlines() if line.startswith("secondary")][0]
        begin = row.split("┃cat")[0].split("m")[-2].split("\x1b")[-1]
        self.assertEqual(2, row.count(f"\x1b{begin}m┃cat"), row)

    def test_weeks_and_from_are_asked_for_and_checked(self):
        document = self.schedule()
        self.check(["schedule", "--team", "ops", "--weeks", "4", "--from", "2031-12-01"])
        self.assertEqual("/v1/schedule?team=ops&from=2031-11-30T23%3A00%3A00Z&weeks=4",
                         self.server.seen[-1][1])
        for wrong in ("0", "9", "two", "-1", "1.5", ""):
            self.check(["schedule", "--weeks", wrong], code=2)
        self.check(["schedule", "--from", "someday"], code=2)
        self.check(["schedule", "a", "b"], code=2)
        self.assertEqual(document, json.loads(self.check(["schedule", "--json"])[0]))

    def test_a_chart_fits_the_terminal_whatever_its_length(self):
        for weeks in (1, 2, 4, 8):
            until = f"2031-12-{6 + 7 * (weeks - 2):02d}T23:00:00Z" if weeks < 5 else \
                "2032-01-17T23:00:00Z"
            if weeks == 1:
                until = "2031-11-29T23:00:00Z"
            self.schedule(until=until, gaps=[])
            for columns in (66, 80, 120, 200):
                _, screen = self.on_terminal("schedule", columns=columns)
                for line in screen.splitlines()[1:5]:
                    self.assertLessEqual(len(line), columns, (weeks, line))
                self.assertIn("ann", screen)


if __name__ == "__main__":
    unittest.main()
