# SPDX-License-Identifier: MIT
"""Every command of pagectl: what it asks, what it says, how it ends."""
import json
import os
import re
import stat
import threading
import unittest

from house import PROGRAM, ROOT, Case, incident, instant


def error(code, text, **more):
    return {"error": dict({"code": code, "text": text}, **more)}


class Incidents(Case):
    def setUp(self):
        super().setUp()
        self.server.answers[("GET", "/v1/oncall")] = (200, {"oncall": [
            {"team": "ops", "role": "primary", "user": "bob", "phone": "+49 15550 100002"},
            {"team": "ops", "role": "secondary", "user": "cat", "phone": "+49 15550 100003"}]})
        self.me = {"user": "ann", "name": "Ann Ops", "paging": [], "mine": [], "duties": [],
                   "backup": [], "rest": None}
        self.server.answers[("GET", "/v1/me")] = lambda path, body: (200, self.me)

    def acked(self, number, text, **more):
        return (200, {"status": "done", "text": text,
                      "incident": incident(number, state="acknowledged", **more), "rest": None})

    def test_bare_says_what_pages_me_who_is_next_and_how_long_i_am_on_call(self):
        self.me.update(paging=[incident(412)],
                       duties=[{"team": "ops", "role": "primary", "from": instant(-60),
                                "until": "2031-11-30T08:00:00Z"}],
                       backup=[{"team": "ops", "role": "secondary", "user": "bob",
                                "phone": "+49 15550 100002"}])
        out, _ = self.check([])
        lines = out.splitlines()
        self.assertRegex(lines[0], r"^#412 CRIT pages you since [A-Z0-9].*: "
                                   r"db1: disk /var 96% full \(ops\)$")
        self.assertRegex(lines[1], r"^Bob is paged at .*\.      pagectl ack      pagectl show 412$")
        self.assertEqual(lines[2], "You are primary of ops until Sun 30 Nov 2031 09:00. "
                                   "Backup: bob +49 15550 100002")

    def test_bare_says_that_nothing_pages_me(self):
        self.check([], out="Nothing pages you.\nYou are not on call. Who is: pagectl oncall\n")

    def test_ack_without_a_number_takes_the_one_that_pages_me(self):
        self.me["paging"] = [incident(412)]
        self.server.answers[("POST", "/v1/incidents/412/ack")] = self.acked(
            412, "Acked #412 db1: disk /var 96% full. Bob will not be called.",
            runbook="https://wiki.example.org/runbook/disk-full")
        self.check(["ack"], out="Acked #412 db1: disk /var 96% full. Bob will not be called.\n"
                                "Runbook    https://wiki.example.org/runbook/disk-full\n")
        self.assertEqual([("/v1/incidents/412/ack", {})], self.server.posts())

    def test_ack_without_a_number_of_several_lists_them_and_acks_none(self):
        self.me["paging"] = [incident(412), incident(413, summary="5xx")]
        _, error_text = self.check(["ack"], code=2, out="")
        self.assertEqual("pagectl: 2 incidents page you. Which one?\n"
                         "  #412  CRIT  db1: disk /var 96% full\n"
                         "  #413  CRIT  5xx\n"
                         "  Say it: pagectl ack 412\n", error_text)
        self.assertEqual([], self.server.posts())

    def test_ack_of_several_asks_on_a_terminal(self):
        self.me["paging"] = [incident(412), incident(413)]
        self.server.answers[("POST", "/v1/incidents/413/ack")] = self.acked(413, "Acked #413 x.")
        code, screen = self.on_terminal("ack", typed=("or all:", "413"))
        self.assertEqual(0, code, screen)
        self.assertIn("Acked #413 x.", screen)
        self.assertEqual(["/v1/incidents/413/ack"], [path for path, _ in self.server.posts()])

    def test_ack_when_nothing_pages_me(self):
        self.check(["ack"], code=3, error="pagectl: nothing pages you.\n"
                                          "  What is open: pagectl incidents\n")

    def test_ack_of_several_numbers_in_every_form(self):
        for number in (411, 412, 413):
            self.server.answers[("POST", f"/v1/incidents/{number}/ack")] = self.acked(
                number, f"Acked #{number}.")
        self.check(["ok", "#411,412", "413", "412", "-m", "on it", "--take"],
                   out="Acked #411.\nAcked #412.\nAcked #413.\n")
        self.assertEqual({"note": "on it", "take": True}, self.server.posts()[0][1])

    def test_ack_all(self):
        self.server.answers[("POST", "/v1/incidents/ack")] = (
            200, {"status": "done", "text": "Acked #412 x.\nAcked #413 y.", "count": 2})
        self.check(["ack", "--all"], out="Acked #412 x.\nAcked #413 y.\n")
        self.assertEqual([("/v1/incidents/ack", {"all": True})], self.server.posts())

    def test_ack_of_a_closed_one(self):
        self.server.answers[("POST", "/v1/incidents/411/ack")] = (410, error(
            "closed", "#411 is closed.", user="dan", at="2020-11-17T13:02:00Z"))
        self.check(["ack", "411"], code=6, out="",
                   error="pagectl: #411 is closed: dan resolved it Tue 17 Nov 2020 14:02.\n"
                         "  Nothing is waiting for you.                      "
                         "(pagectl incidents)\n")

    def test_ack_of_somebody_elses(self):
        at = instant(-1)
        self.server.answers[("POST", "/v1/incidents/413/ack")] = (
            409, dict(error("conflict", "eve has it"), user="eve", at=at))
        _, text = self.check(["ack", "413"], code=6)
        self.assertRegex(text, r"^pagectl: eve has #413 since .*\d\d:\d\d\.\n"
                               r"  Take it over: pagectl ack 413 --take\n$")

    def test_ack_of_none_such(self):
        self.server.answers[("POST", "/v1/incidents/9/ack")] = (
            404, error("not_found", "There is no incident #9.", hint="pagectl incidents"))
        self.check(["ack", "9"], code=3,
                   error="pagectl: There is no incident #9.\n  pagectl incidents\n")

    def test_not_a_number_says_which_are_open(self):
        self.server.answers[("GET", "/v1/incidents")] = (
            200, {"incidents": [incident(412), incident(413)]})
        self.check(["ack", "4l2"], code=2, error='pagectl: "4l2" is not an incident number. '
                                                 "Open are 412 and 413.\n")
        self.assertEqual([], self.server.posts())

    def test_not_allowed_and_not_known(self):
        self.server.answers[("POST", "/v1/incidents/1/ack")] = (
            403, error("forbidden", "root may not acknowledge."))
        self.check(["ack", "1"], code=4, error="pagectl: root may not acknowledge.\n")
        self.server.answers[("POST", "/v1/incidents/1/ack")] = (
            401, error("unauthenticated", "Who are you?"))
        _, text = self.check(["ack", "1"], code=4)
        self.assertIn("users.NAME.unix", text)

    def test_unavailable_says_that_nothing_is_recorded(self):
        self.server.answers[("POST", "/v1/incidents/1/ack")] = (
            503, error("unavailable", "The disk is full: nothing was recorded."))
        _, text = self.check(["ack", "1"], code=5)
        self.assertIn("Your ack is NOT recorded.", text)

    def test_without_an_answer_of_another_node_it_is_called_unknown(self):
        self.server.answers[("POST", "/v1/incidents/1/ack")] = (
            503, error("unanswered", "No answer came: no node that is on duty has answered in time."))
        _, text = self.check(["ack", "1"], code=5)
        self.assertIn("NOT known whether your ack is recorded", text)
        self.assertNotIn("is NOT recorded.", text)

    def test_unreachable_says_that_the_ack_is_not_recorded_and_whom_to_call(self):
        self.check(["oncall"])
        self.server.stop()
        _, text = self.check(["ack", "412"], code=5, out="")
        self.assertRegex(text, r"^pagectl: cannot reach pagerd at the socket .*/s "
                               r"\(No such file or directory\)\.\n"
                               r"  Your ack is NOT recorded\. Instead: open the link in the SMS or "
                               r"e-mail,\n  or call who is on call\.\n"
                               r"  On call \(copy of [^)]*\d\d:\d\d\): bob \+49 15550 100002, "
                               r"cat \+49 15550 100003\n$")

    def test_an_ack_that_was_sent_but_not_answered_is_called_unknown(self):
        self.server.answers[("POST", "/v1/incidents/1/ack")] = ("close", {})
        _, text = self.check(["ack", "1"], code=5)
        self.assertIn("NOT known whether your ack is recorded", text)
        self.assertNotIn("is NOT recorded.", text)

    def test_no_answer_in_five_seconds_ends_the_wait(self):
        self.server.delay = 7
        self.server.answers[("POST", "/v1/incidents/1/ack")] = self.acked(1, "late")
        _, text = self.check(["ack", "1"], code=5)
        self.assertIn("(no answer in 5 s)", text)

    def test_the_copy_is_private(self):
        self.check(["oncall"])
        path = os.path.join(self.folder, ".cache/pagectl/oncall.json")
        self.assertEqual(0o600, stat.S_IMODE(os.stat(path).st_mode))
        self.assertEqual(0o700, stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode))

    def test_resolve_says_the_rest(self):
        answer = self.acked(412, "Resolved #412 after 29 m.")
        answer[1]["rest"] = {"until": "2031-11-23T02:31:00Z", "covered_by": "bob"}
        self.server.answers[("POST", "/v1/incidents/412/resolve")] = answer
        out, _ = self.check(["resolve", "412", "-m", "old WAL removed"])
        self.assertRegex(out, r"^Resolved #412 after 29 m\.\nYou rest until Sun 23 Nov 2031 03:31 "
                              r"CET \(in \d+ days( \d+ h)?\), bob covers for you\.\n$")
        self.assertEqual([("/v1/incidents/412/resolve", {"note": "old WAL removed"})],
                         self.server.posts())

    def test_resolving_more_than_three_asks_first(self):
        _, text = self.check(["resolve", "1", "2", "3", "4"], code=2)
        self.assertIn("--yes", text)
        self.assertEqual([], self.server.posts())

    def test_snooze_sends_the_instant_and_tells_how_to_undo(self):
        answer = self.acked(409, "Snoozed #409.", snoozed_until="2031-11-24T08:00:00Z")
        self.server.answers[("POST", "/v1/incidents/409/snooze")] = answer
        out, _ = self.check(["snooze", "409", "--until", "2031-11-24 09:00"])
        self.assertRegex(out, r"Here that is Mon 24 Nov 2031 09:00 CET \(in \d+ days[^)]*\)\.\n"
                              r"Undo: pagectl snooze 409 --off\n$")
        self.check(["snooze", "409", "--for", "2h"])
        self.check(["snooze", "409", "--off"], out="Snoozed #409.\n")
        self.assertEqual([{"until": "2031-11-24T08:00:00Z"}, {"for_ms": 7200000}, {"off": True}],
                         [body for _, body in self.server.posts()])

    def test_snooze_explains_times_that_it_does_not_understand(self):
        _, text = self.check(["snooze", "409", "--until", "mornig"], code=2)
        self.assertIn('"mornig" is not a time I understand. Write "21:00", "Mon 09:00"', text)
        self.check(["snooze", "409"], code=2)
        self.check(["snooze", "409", "--until", "2020-01-01 10:00"], code=2)
        self.check(["snooze", "409", "--for", "2"], code=2)
        self.assertEqual([], self.server.posts())

    def test_escalate_reassign_and_note(self):
        for action in ("escalate", "reassign", "note"):
            self.server.answers[("POST", f"/v1/incidents/412/{action}")] = self.acked(
                412, f"Done {action}.")
        self.check(["escalate", "412", "-m", "need a DBA"],
                   out="Done escalate.\nFollow it: pagectl show 412 -w\n")
        self.check(["reassign", "412", "--to", "team:db"],
                   out="Done reassign.\nFollow it: pagectl show 412 -w\n")
        self.check(["note", "412", "it is the WAL"], out="Done note.\n")
        self.check(["note", "412", "-"], stdin="from a pipe\nsecond\n")
        self.assertEqual([{"note": "need a DBA"}, {"to": "team:db"}, {"text": "it is the WAL"},
                          {"text": "from a pipe\nsecond"}],
                         [body for _, body in self.server.posts()])
        self.check(["reassign", "412"], code=2)
        self.check(["note", "412"], code=2)

    def test_dry_run_sends_nothing(self):
        for words in (["ack", "1", "-n"], ["resolve", "1", "-n"], ["snooze", "1", "--for", "1h",
                      "-n"], ["escalate", "1", "--dry-run"], ["alert", "x", "-n"],
                      ["key", "add", "x", "--team", "ops", "-n"], ["ack", "--all", "-n"],
                      ["recovery", "--start", "24h", "-n"], ["key", "revoke", "x", "-n"]):
            self.check(words)
        self.assertEqual([], self.server.posts())

    def test_incidents_as_a_table(self):
        rows = [incident(413, team="web", summary="5xx rate 12% (usual 0.1%)", occurrences=31,
                         opened_at=instant(-2), paging=["eve"]),
                incident(412, state="acknowledged", acknowledged_by="ann", opened_at=instant(-17)),
                incident(409, state="snoozed", severity="warning", acknowledged_by="cat",
                         summary="mx1: mail queue 4000", opened_at=instant(-1500),
                         snoozed_until="2031-11-24T08:00:00Z")]
        self.server.answers[("GET", "/v1/incidents")] = (200, {"incidents": rows})
        code, screen = self.on_terminal("incidents", columns=100)
        self.assertEqual(0, code)
        lines = screen.splitlines()
        self.assertRegex(lines[0], r"^  #  SEV   STATE    TEAM  AGE  WHO  WHAT +MORE$")
        self.assertRegex(lines[1], r"^413  CRIT  PAGING   web    2m  eve  "
                                   r"5xx rate 12% \(usual 0.1%\) +31 alerts$")
        self.assertEqual(lines[2], "412  CRIT  acked    ops   17m  ann  db1: disk /var 96% full")
        self.assertRegex(lines[3], r"^409  warn  snoozed  ops    1d  cat  mx1: mail queue 4000 +"
                                   r"until Mon 24 Nov 2031 09:00$")
        self.assertEqual(lines[4], "3 open, 1 paging. Closed ones too: pagectl incidents --all")
        self.assertEqual({len(lines[0])}, {len(line) for line in (lines[1], lines[3])})

    def test_a_table_never_is_wider_than_the_terminal(self):
        rows = [incident(n, summary="größer " * 20 + str(n), occurrences=n) for n in range(1, 30)]
        self.server.answers[("GET", "/v1/incidents")] = (200, {"incidents": rows})
        for columns in (20, 33, 40, 60, 80, 81, 120, 200):
            _, screen = self.on_terminal("incidents", columns=columns)
            for line in screen.splitlines()[:-1]:
                self.assertLessEqual(len(line), max(columns, 36), (columns, line))
            self.assertEqual(columns < 200, "…" in screen, columns)

    def test_incidents_piped_are_whole_lines_with_tabs(self):
        rows = [incident(412, summary="a\tb\nc " + "x" * 300, opened_at="2031-11-22T02:02:07Z")]
        self.server.answers[("GET", "/v1/incidents")] = (200, {"incidents": rows})
        out, _ = self.check(["ls"])
        self.assertEqual("412\tcritical\ttriggered\tops\t2031-11-22T02:02:07Z\tann\ta?b?c " +
                         "x" * 300 + "\t\n", out)
        out, _ = self.check(["ls", "--header"])
        self.assertEqual("#\tSEV\tSTATE\tTEAM\tAGE\tWHO\tWHAT\tMORE", out.splitlines()[0])

    def test_incidents_ask_for_what_was_said(self):
        self.server.answers[("GET", "/v1/incidents")] = (200, {"incidents": []})
        self.check(["incidents", "--since", "7d", "--team", "o&s", "--mine"])
        path = [path for _, path, _, _ in self.server.seen if path.startswith("/v1/inc")][-1]
        self.assertRegex(path, r"^/v1/incidents\?all=1&mine=1&team=o%26s&since=\d{4}-.*Z$")

    def test_json_is_the_document_and_picks_fields(self):
        document = {"incidents": [incident(412, extra={"a": [1, None, True]})]}
        self.server.answers[("GET", "/v1/incidents")] = (200, document)
        out, _ = self.check(["incidents", "--json"])
        self.assertEqual(document, json.loads(out))
        out, _ = self.check(["incidents", "--json=number,state,none"])
        self.assertEqual({"incidents": [{"number": 412, "state": "triggered", "none": None}]},
                         json.loads(out))

    def test_show(self):
        document = incident(
            412, state="acknowledged", acknowledged_by="ann",
            acknowledged_at="2031-11-22T02:04:00Z", opened_at=instant(-17), paging=[], next=None,
            details="At 100% PostgreSQL stops.\n\n\x1b[31mred", runbook="https://wiki/x",
            previous=371, timeline=[
                {"at": "2031-11-22T02:02:00Z", "event": "opened", "actor": "prom",
                 "text": "DiskFull host=db1"},
                {"at": "2031-11-22T02:04:00Z", "event": "acked", "actor": "ann",
                 "text": "acked by SMS link"}], pages=[])
        self.server.answers[("GET", "/v1/incidents/412")] = (200, document)
        self.check(["show", "412"], out=(
            "#412  CRIT  acked by ann Sat 22 Nov 2031 03:04  open 17 m   ops   service postgres\n"
            "db1: disk /var 96% full\n"
            "At 100% PostgreSQL stops.\n"
            "?[31mred\n"
            "Runbook  https://wiki/x\n"
            "Before   #371\n"
            "Sat 22 Nov 2031 03:04 ann      acked by SMS link\n"
            "Sat 22 Nov 2031 03:02 prom     DiskFull host=db1\n"))
        out, _ = self.check(["show", "412", "--json"])
        self.assertEqual(document, json.loads(out))

    def test_nothing_from_outside_reaches_the_terminal_as_a_command(self):
        evil = "\x1b]0;x\x07\x1b[2Jboo\u202e\x9b31m"
        rows = [incident(1, summary=evil, team=evil, paging=[evil], dedup_key=evil)]
        self.server.answers[("GET", "/v1/incidents")] = (200, {"incidents": rows})
        self.server.answers[("GET", "/v1/incidents/1")] = (200, incident(
            1, summary=evil, details=evil, runbook=evil, acknowledged_by=evil,
            timeline=[{"at": instant(), "event": "x", "actor": evil, "text": evil}]))
        self.server.answers[("POST", "/v1/incidents/1/ack")] = (404, error("x", evil, hint=evil))
        self.me["paging"] = rows
        for words in (["incidents"], ["show", "1"], [], ["ack", "1"]):
            _, screen = self.on_terminal(*words)
            _, document = self.on_terminal(*words, "--json")
            screen += document
            for bad in ("\x1b", "\x07", "\u202e", "\x9b"):
                self.assertNotIn(bad, screen, words)

    def test_colour_only_where_it_is_wanted(self):
        self.server.answers[("GET", "/v1/incidents")] = (200, {"incidents": [incident(412)]})
        self.assertIn("\x1b[1;31m", self.on_terminal("incidents", TERM="xterm")[1])
        self.assertNotIn("\x1b", self.on_terminal("incidents", TERM="xterm", NO_COLOR="1")[1])
        self.assertNotIn("\x1b", self.on_terminal("incidents", "--color=never", TERM="xterm")[1])
        self.assertNotIn("\x1b", self.check(["incidents"])[0])
        self.me["paging"] = [incident(1)]
        self.assertIn("\x1b", self.check([], CLICOLOR_FORCE="1")[0])

    def test_an_interrupt_ends_at_once_with_130_and_says_what_became_of_the_request(self):
        import signal
        import subprocess
        import time
        self.server.delay = 30
        self.server.answers[("POST", "/v1/incidents/1/ack")] = self.acked(1, "late")
        child = subprocess.Popen([PROGRAM, "ack", "1"], env=self.environment,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while not self.server.seen:
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        _, text = child.communicate(timeout=20)
        self.assertEqual(130, child.returncode)
        self.assertIn("finished by pagerd", text)

    def test_debug_shows_the_exchange_but_not_the_token(self):
        folder = os.path.join(self.folder, ".config/pagectl")
        os.makedirs(folder)
        with open(os.path.join(folder, "login"), "w") as file:
            file.write("http://127.0.0.1:9\npgu_secret\n")
        _, text = self.check(["--server", "http://127.0.0.1:9", "ls"], code=5, PAGECTL_DEBUG="1")
        self.assertIn("> /v1/incidents", text)
        self.assertNotIn("pgu_secret", text)

    def test_following_outlives_an_absence_of_pagerd_and_says_it_once(self):
        self.server.answers[("GET", "/v1/incidents")] = (200, {"incidents": []})
        self.server.stop()

        def back():
            self.server.answers[("GET", "/v1/incidents")] = (403, error("forbidden", "enough"))
            self.server.start()
        timer = threading.Timer(5, back)
        timer.start()
        code, out, _ = self.run_program("incidents", "-w")
        timer.join()
        self.assertEqual(4, code)
        self.assertEqual(1, out.count("Still trying."))

    def test_following_prints_one_document_a_line_when_something_changes(self):
        states = iter(["triggered", "triggered", "acknowledged"])

        def reply(path, body):
            state = next(states, None)
            if state is None:
                return 403, error("forbidden", "enough")
            return 200, {"incidents": [incident(1, state=state, opened_at="2031-01-01T00:00:00Z",
                                                last_alert_at=None, next=None)]}
        self.server.answers[("GET", "/v1/incidents")] = reply
        out, _ = self.check(["incidents", "-w", "--json=state"], code=4)
        self.assertEqual(['{"incidents":[{"state":"triggered"}]}',
                          '{"incidents":[{"state":"acknowledged"}]}'], out.splitlines())


class Duty(Case):
    def test_oncall_as_a_table_and_in_a_pipe(self):
        self.server.answers[("GET", "/v1/oncall")] = (200, {"oncall": [
            {"team": "ops", "role": "primary", "user": "bob", "phone": "+49 15550 100002",
             "until": "2031-11-23T02:31:00Z", "why": "covers", "kind": "cover",
             "instead_of": "ann", "zone": "Europe/Berlin"},
            {"team": "ops", "role": "secondary", "user": "cat", "phone": "+49 15550 100003",
             "until": "2031-11-23T02:31:00Z", "why": "primary.ics:12", "kind": "calendar",
             "instead_of": None, "zone": "Europe/Berlin"}], "problems": ["calendar x: old"]})
        code, screen = self.on_terminal("oncall", columns=100)
        self.assertEqual(0, code)
        self.assertEqual(
            "TEAM  ROLE       WHO  UNTIL                  PHONE             NOTE\n"
            "ops   primary    bob  Sun 23 Nov 2031 03:31  +49 15550 100002  covers for ann (rest)\n"
            "ops   secondary  cat  Sun 23 Nov 2031 03:31  +49 15550 100003\n"
            "calendar x: old\n", screen)
        self.check(["who"], out="ops\tprimary\tbob\t2031-11-23T02:31:00Z\t+49 15550 100002\t"
                                "covers for ann (rest)\tcovers\n"
                                "ops\tsecondary\tcat\t2031-11-23T02:31:00Z\t+49 15550 100003\t\t"
                                "primary.ics:12\n")
        _, screen = self.on_terminal("oncall", "--why", columns=140)
        self.assertIn("primary.ics:12", screen)

    def test_nobody_on_call_is_exit_code_7(self):
        self.server.answers[("GET", "/v1/oncall")] = (200, {"oncall": [
            {"team": "ops", "role": "secondary", "user": None, "until": "2031-12-02T00:00:00Z",
             "why": 'calendar "secondary" is empty', "kind": "gap"}]})
        code, screen = self.on_terminal("oncall", "--at", "2031-12-01 22:00", "--team", "ops")
        self.assertEqual(7, code)
        self.assertRegex(screen.splitlines()[0], r"^Mon 1 Dec 2031 22:00 CET \(in \d+ days")
        self.assertRegex(screen, r'ops   secondary  NOBODY  Tue 2 Dec 2031 01:00 +calendar "second')
        path = [path for _, path, _, _ in self.server.seen][0]
        self.assertEqual("/v1/oncall?at=2031-12-01T21%3A00%3A00Z&team=ops", path)

    def test_times_are_meant_by_the_clock_of_pagerd(self):
        self.server.answers[("GET", "/v1/oncall")] = (200, {"oncall": []})
        self.server.now = "2031-12-01T20:00:00.250Z"
        self.check(["oncall", "--utc", "--at", "in 2h"])
        self.assertIn("at=2031-12-01T22%3A00%3A00", self.server.seen[0][1])

    def test_an_ack_of_what_ended_long_ago_says_so(self):
        self.server.answers[("GET", "/v1/incidents/411")] = (200, {
            "number": 411, "state": "resolved", "resolved_by": "dan",
            "resolved_at": "2031-11-17T13:02:00Z"})
        _, error = self.check(["ack", "411"], code=6)
        self.assertIn("#411 is closed: dan resolved it", error)

    def test_utc_shows_and_reads_utc(self):
        self.server.answers[("GET", "/v1/oncall")] = (200, {"oncall": []})
        self.check(["oncall", "--utc", "--at", "2031-12-01 22:00"])
        self.assertIn("at=2031-12-01T22%3A00%3A00Z", self.server.seen[0][1])

    def schedule(self):
        def span(user, start, end, kind="calendar"):
            return {"user": user, "from": start, "until": end, "kind": kind, "instead_of": None}
        return {
            "team": "ops", "zone": "Europe/Berlin",
            "from": "2031-11-22T23:00:00Z", "until": "2031-12-06T23:00:00Z",
            "rows": [
                {"role": "primary", "spans": [
                    span("ann", "2031-11-22T20:00:00Z", "2031-11-24T08:00:00Z"),
                    span("bob", "2031-11-24T08:00:00Z", "2031-12-01T08:00:00Z"),
                    span("dan", "2031-12-01T08:00:00Z", "2031-12-10T08:00:00Z")]},
                {"role": "secondary", "spans": [
                    span("cat", "2031-11-22T23:00:00Z", "2031-12-01T20:00:00Z"),
                    span(None, "2031-12-01T20:00:00Z", "2031-12-02T00:00:00Z", "gap"),
                    span("eve", "2031-12-02T00:00:00Z", "2031-12-10T00:00:00Z")]}],
            "rests": [{"user": "ann", "from": "2031-11-23T02:31:00Z",
                       "until": "2031-11-24T02:31:00Z", "because": "after #412"}],
            "gaps": [{"role": "secondary", "from": "2031-12-01T20:00:00Z",
                      "until": "2031-12-02T00:00:00Z", "why": 'calendar "secondary"'}],
            "overlaps": []}

    def test_schedule_in_unicode_and_in_ascii(self):
        self.server.answers[("GET", "/v1/schedule")] = (200, self.schedule())
        self.check(["schedule", "ops"], out=(
            "ops   Sun 23 Nov - Sat 6 Dec 2031   Europe/Berlin   1 gap, 1 rest, 0 overlaps\n"
            "          │23Su│24Mo│25Tu│26We│27Th│28Fr│29Sa│30Su│ 1Mo│ 2Tu│ 3We│ 4Th│ 5Fr│ 6Sa\n"
            "primary   ┃ann━━━┃bob━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┃dan━━━━━━━━━━━━━━━━━━━━━━━━\n"
            "secondary ┃cat━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╳┃eve━━━━━━━━━━━━━━━━━━━━━\n"
            "rest       ░░░░░ ann, after #412\n"
            'GAP secondary  Mon 1 Dec 2031 21:00 - Tue 2 Dec 01:00 CET (4 h)   '
            'calendar "secondary"\n'
            'Fill it: pagectl override ops secondary --from "1 Dec 2031 21:00" --for 4h --to WHO\n'))
        out, _ = self.check(["schedule", "ops"], LC_ALL="C")
        self.assertIn("primary   |ann===|bob===", out)
        self.assertIn("=!|eve", out)
        self.assertTrue(out.isascii())
        for line in out.splitlines()[:5]:
            self.assertLessEqual(len(line), 80)
        self.assertEqual("/v1/schedule?team=ops&weeks=2", self.server.seen[0][1])

    def test_override(self):
        self.server.answers[("POST", "/v1/overrides")] = (
            200, {"status": "done", "id": 57, "text": "x", "instead_of": "bob"})
        self.check(["override", "ops", "primary", "--from", "2031-11-29 09:00", "--until", "21:00",
                    "--to", "cat"],
                   out="Sat 29 Nov 2031 09:00 - 21:00 CET (12 h): ops primary is cat instead of bob."
                       "\nUndo: pagectl override --end o57\n")
        self.assertEqual({"team": "ops", "role": "primary", "user": "cat",
                          "from": "2031-11-29T08:00:00Z", "until": "2031-11-29T20:00:00Z"},
                         self.server.posts()[0][1])
        out, _ = self.check(["override", "ops", "primary", "--for", "4h", "--to", "cat", "-n"])
        self.assertTrue(self.server.posts()[1][1]["dry_run"])
        self.assertIn("Nothing was changed.", out)
        self.server.answers[("POST", "/v1/overrides/57/end")] = (
            200, {"status": "done", "text": "Ended o57."})
        self.check(["override", "--end", "o57"], out="Ended o57.\n")
        self.check(["override", "--end", "x/../1"], code=2)
        self.check(["override", "ops"], code=2)
        self.check(["override", "ops", "primary", "--to", "cat", "--from", "2031-11-29 09:00",
                    "--until", "2031-11-28 09:00"], code=2)

    def test_override_list(self):
        document = {"overrides": [{"id": 57, "team": "ops", "role": "primary", "user": "cat",
                                   "from": "2031-11-29T08:00:00Z",
                                   "until": "2031-11-29T20:00:00Z", "by": "ann", "note": None,
                                   "ended": False}]}
        self.server.answers[("GET", "/v1/overrides")] = (200, document)
        self.check(["override", "list"],
                   out="57\tops\tprimary\tcat\t2031-11-29T08:00:00Z\t2031-11-29T20:00:00Z\tann\t\t\n")
        self.assertEqual(document, json.loads(self.check(["override", "list", "--json"])[0]))

    def test_recovery(self):
        document = {"recovery": [{"user": "ann", "from": "2031-11-22T02:31:00Z",
                                  "until": "2031-11-23T02:31:00Z",
                                  "because": "#412, awake 03:02-03:31 (29m)",
                                  "covered_by": "bob"}]}
        self.server.answers[("GET", "/v1/recovery")] = (200, document)
        _, screen = self.on_terminal("recovery")
        self.assertEqual(
            "WHO  RESTS UNTIL            BECAUSE                        COVERED BY\n"
            "ann  Sun 23 Nov 2031 03:31  #412, awake 03:02-03:31 (29m)  bob\n"
            "End it: pagectl recovery --end ann    Rest too: pagectl recovery --start 24h\n", screen)
        self.assertEqual(document, json.loads(self.check(["recovery", "--json"])[0]))
        self.server.answers[("POST", "/v1/recovery")] = (200, {"status": "done", "text": "Done."})
        self.check(["recovery", "--start", "24h"])
        self.check(["recovery", "--end", "ann"], out="Done.\n")
        self.check(["recovery", "--skip"], out="Done.\n")
        self.check(["recovery", "--skip=waive"], out="Done.\n")
        self.assertEqual([{"action": "start", "for_ms": 86400000}, {"action": "end", "user": "ann"},
                          {"action": "waive"}, {"action": "waive"}],
                         [body for _, body in self.server.posts()])
        self.check(["recovery", "--skip", "--end", "ann"], code=2)


class House(Case):
    def test_alert(self):
        self.server.answers[("POST", "/v1/alerts")] = (202, {"status": "accepted", "alerts": [
            {"incident": 412, "state": "triggered", "dedup_key": "db1-var", "new": True,
             "text": "#412 opened in ops. Paging ann now."}]})
        self.check(["alert", "db1: disk = full", "--severity", "critical", "--service", "postgres",
                    "--key", "db1-var", "host=db1", "mount=/var"],
                   out="#412 opened in ops. Paging ann now.\n"
                       "Update or close it with the same key: pagectl alert --key db1-var "
                       "--resolve\n")
        self.check(["alert", "--key", "db1-var", "--resolve"])
        self.assertEqual([
            {"action": "trigger", "summary": "db1: disk = full", "severity": "critical",
             "service": "postgres", "dedup_key": "db1-var",
             "labels": {"host": "db1", "mount": "/var"}},
            {"action": "resolve", "dedup_key": "db1-var", "labels": {}}],
            [body for _, body in self.server.posts()])
        self.check(["alert"], code=2)
        self.check(["alert", "two", "words"], code=2)
        self.check(["alert", "--resolve"], code=2)

    def test_keys(self):
        self.server.answers[("POST", "/v1/keys")] = (200, {"name": "prometheus", "team": "ops", "user": None, "key": "pgk_7Hq"})
        self.check(["key", "add", "prometheus", "--team", "ops"],
                   out='Key "prometheus" may raise and close alerts of ops. Shown once, now:\n'
                       "  pgk_7Hq\n"
                       "Next: give it to the source, see  pagectl help alertmanager|icinga|nagios\n")
        out, _ = self.check(["key", "add", "prometheus", "--team", "ops", "--json"])
        self.assertEqual({"name": "prometheus", "team": "ops", "user": None, "key": "pgk_7Hq"},
                         json.loads(out))
        self.server.answers[("POST", "/v1/keys")] = (200, {"name": "x", "team": None, "user": None,
                                                           "key": "pgk_7Hq"})
        out, _ = self.check(["key", "add", "x"])
        self.assertIn("alerts of the team that the routes give", out)
        self.check(["key", "add"], code=2)
        self.check(["key", "add", "x", "--team", "a", "--user", "b"], code=2)
        self.server.answers[("GET", "/v1/keys")] = (200, {"keys": [
            {"name": "p", "kind": "integration", "team": "ops", "user": None,
             "created_at": "2031-01-01T00:00:00Z", "last_used_at": None, "revoked_at": None}]})
        self.check(["key", "list"], out="p\tintegration\tops\t2031-01-01T00:00:00Z\t\t\t\t\t\t\n")

    def test_revoking_a_key_asks_for_its_name(self):
        self.server.answers[("POST", "/v1/keys/p%2F1/revoke")] = (200, {"status": "done",
                                                                      "text": "Revoked."})
        self.check(["key", "revoke", "p/1"], code=2)
        code, _ = self.on_terminal("key", "revoke", "p/1", typed=("name again:", "other"))
        self.assertEqual((2, []), (code, self.server.posts()))
        code, screen = self.on_terminal("key", "revoke", "p/1", typed=("name again:", "p/1"))
        self.assertEqual(0, code)
        self.assertIn("Revoked.", screen)
        self.check(["key", "revoke", "p/1", "--yes"], out="Revoked.\n")

    def test_config(self):
        self.server.answers[("POST", "/v1/config/check")] = (200, {
            "ok": False, "errors": 1, "warnings": 0, "diff": ["+ team x"],
            "text": "a.cfg:48: a value\n    48 |   wait = 5m\n       |        ^\n1 error."})
        self.check(["config", "check"], code=7,
                   out="a.cfg:48: a value\n    48 |   wait = 5m\n       |        ^\n1 error.\n")
        out, _ = self.check(["config", "diff"], code=7)
        self.assertIn("  + team x\n", out)
        self.server.answers[("POST", "/v1/config/reload")] = (200, {
            "ok": True, "errors": 0, "warnings": 0, "diff": [], "text": "Reloaded."})
        self.check(["config", "reload"], out="Reloaded.\n")
        self.server.answers[("GET", "/v1/config/explain")] = (200, {"key": "a", "text": "A thing."})
        self.check(["config", "explain", "recovery.night"], out="A thing.\n")
        self.assertEqual("/v1/config/explain?key=recovery.night", self.server.seen[-1][1])
        self.server.answers[("GET", "/v1/config")] = (200, {
            "files": ["/etc/a"], "version": "1", "loaded_at": "2031-01-01T00:00:00Z",
            "problem": None, "text": "url = \"x\"\n  y = 1"})
        self.check(["config", "show"],
                   out='# /etc/a, in force since Wed 1 Jan 2031 01:00 CET\nurl = "x"\n  y = 1\n')
        self.check(["config", "chek"], code=2)
        self.check(["config"], code=2,
                   error='pagectl: "config" needs one of: check, show, diff, reload, explain.\n')

    def test_calendars_and_check(self):
        good = {"name": "primary", "source": "x", "read_at": instant(-5),
                "until": "2031-01-01T00:00:00Z", "events": 12, "stale": False, "problem": None,
                "warnings": [], "used_by": ["ops primary"]}
        bad = dict(good, name="secondary", stale=True, problem="HTTP 404")
        self.server.answers[("GET", "/v1/calendars")] = (200, {"calendars": [good]})
        self.server.answers[("GET", "/v1/status")] = (200, {
            "version": "0.1", "open": 3, "paging": 1, "problems": []})
        self.server.answers[("POST", "/v1/config/check")] = (200, {"ok": True, "errors": 0,
                                                                   "warnings": 1})
        self.check(["calendar", "check"])
        self.check(["check"], out="ok    pagerd     3 open, 1 paging\n"
                                  "ok    config     0 errors, 1 warnings: pagectl config check\n"
                                  "ok    calendar   primary\n")
        self.check(["check", "-q"], out="")
        self.server.answers[("GET", "/v1/calendars")] = (200, {"calendars": [good, bad]})
        self.check(["calendar", "check"], code=7)
        out, _ = self.check(["calendar"])
        self.assertIn("secondary\t\tstale\t", out)
        self.check(["check", "-q"], code=7, out="FAIL  calendar   secondary: HTTP 404\n")
        for action in ("refresh", "accept"):
            self.server.answers[("POST", f"/v1/calendars/primary/{action}")] = (
                200, {"status": "done", "text": f"{action}ed."})
            self.check(["calendar", action, "primary"], out=f"{action}ed.\n")

    def test_login_keeps_a_checked_token_in_a_private_file(self):
        # Over TCP, because the socket needs no login.
        import http.server
        import threading
        tokens = []

        class Me(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                tokens.append(self.headers.get("Authorization"))
                good = tokens[-1] == "Bearer pgu_good"
                data = json.dumps({"user": "ann", "paging": [], "mine": []} if good else {}).encode()
                self.send_response(200 if good else 401)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Me)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        url = f"http://127.0.0.1:{server.server_port}"
        path = os.path.join(self.folder, ".config/pagectl/login")
        self.check(["login", url], code=4, stdin="pgu_wrong\n")
        self.assertFalse(os.path.exists(path))
        self.check(["login", url + "/"], stdin="pgu_good\n", out=f"You are ann at {url}.\n")
        self.assertEqual(0o600, stat.S_IMODE(os.stat(path).st_mode))
        del self.environment["PAGECTL_SERVER"]
        self.assertIn("Nothing pages you.", self.check([])[0])
        self.assertEqual("Bearer pgu_good", tokens[-1])
        # Another server never sees the token.
        self.check(["--server", f"http://localhost:{server.server_port}", "ls"], code=4)
        self.assertIsNone(tokens[-1])
        self.server.answers[("GET", "/v1/me")] = (200, {"user": None})
        self.check([], PAGECTL_SERVER=self.server.path)
        self.assertIsNone(self.server.seen[-1][3])
        code, screen = self.on_terminal("login", url, typed=("YOU):", "pgu_good"))
        self.assertEqual(0, code, screen)
        self.assertNotIn("pgu_good", screen)
        self.check(["logout"])
        self.assertFalse(os.path.exists(path))
        self.check(["login", "http://page.example.org"], code=2, stdin="pgu_good\n")

    def test_version_and_help(self):
        self.server.answers[("GET", "/v1/status")] = (200, {"version": "9.9"})
        out, _ = self.check(["version"])
        self.assertRegex(out, r"^pagectl \d+\.\d+\.\d+\npagerd 9\.9 at the socket ")
        out, _ = self.check(["help"])
        names = re.findall(r"^  ((?:[a-z-]+)(?: (?:add|accept|decline|cancel|verify|list|revoke|check|refresh|export|show|diff|"
                           r"reload|explain|flush|run|end|ping|remove|copy)\b)?)", out, re.M)
        self.assertIn("ack", names)
        for name in names:
            text, _ = self.check([*name.split(), "-h"])
            self.assertLessEqual(len(text.splitlines()), 24, name)
            self.assertLessEqual(max(map(len, text.splitlines())), 100, name)
            self.assertTrue(text.startswith("  ") and "pagectl" in text.splitlines()[0], name)
        for topic in ("exit-codes", "json", "time", "ack", "alertmanager", "icinga", "nagios"):
            self.assertTrue(self.check(["help", topic])[0], topic)
        self.assertIn("130", self.check(["help", "exit-codes"])[0])

    def test_wrong_usage_is_exit_code_2(self):
        self.check(["akc"], code=2,
                   error='pagectl: there is no command "akc". Did you mean: pagectl ack\n')
        self.check(["ack", "--tkae"], code=2,
                   error='pagectl: there is no option "--tkae". Did you mean: --take\n')
        self.check(["zzzzzzzz"], code=2)
        self.check(["incidents", "extra"], code=2)
        self.check(["--server"], code=2)
        self.check(["--color=blue", "incidents"], code=2)
        self.check(["--server", "ftp://x", "incidents"], code=2)
        self.check(["--server", "http://x", "--socket", "/y", "incidents"], code=2)

    def test_completion(self):
        self.server.answers[("GET", "/v1/incidents")] = (200, {"incidents": [incident(412)]})
        self.check(["incidents"])
        self.server.stop()
        out, _ = self.check(["__complete", "--", "a"])
        self.assertEqual("ack\tI have it: stop paging others\nawake\tI am up: push only, together, no "
                         "more calls\nalert\tRaise or close an alert by "
                         "hand\nalerts\tWhat came in, and what became of each by which rule\n", out)
        self.check(["__complete", "--", "ack", ""], out="412\tCRIT db1: disk /var 96% full\n")
        self.assertIn("--take\t", self.check(["__complete", "--", "ack", "--t"])[0])
        self.assertIn("revoke\t", self.check(["__complete", "--", "key", ""])[0])

    def test_the_shipped_completions_and_manual_page_are_those_of_the_program(self):
        for shell, path in (("bash", "pagectl.bash"), ("zsh", "_pagectl"), ("fish", "pagectl.fish")):
            with open(os.path.join(ROOT, "etc/completions", path)) as file:
                self.assertEqual(self.check(["completion", shell])[0], file.read())
        with open(os.path.join(ROOT, "docs/man/pagectl.1.scd")) as file:
            self.assertEqual(self.check(["__man"])[0], file.read())

    def test_an_answer_that_is_not_json_is_an_error(self):
        self.server.answers[("GET", "/v1/incidents")] = (200, b"<html>hello")
        self.check(["incidents"], code=1)

    def test_a_full_disk_behind_standard_output_is_an_error(self):
        self.server.answers[("GET", "/v1/incidents")] = (200, {"incidents": [incident(1)]})
        import subprocess
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAM, "incidents"], stdout=full, stderr=subprocess.DEVNULL,
                                  env=self.environment, timeout=20)
        self.assertEqual(1, done.returncode)


if __name__ == "__main__":
    unittest.main()
