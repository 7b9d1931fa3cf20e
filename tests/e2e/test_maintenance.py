# SPDX-License-Identifier: MIT
"""Maintenance windows by a calendar, on the real daemon: a file edited in place, and what it does."""
import json
import os
import subprocess
import time

from house import PAGERD, House, main, wait_for
from sinks import Gateway

PHONE = {"ann": "+4915550100001", "bob": "+4915550100002"}
CALM = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'
SLOW = '( { page = "primary", wait = "1h" }, { page = "secondary", wait = "1h" } )'
WINDOW = """
calendars: { patches: { ics = "patches.ics" CALENDAR } }
maintenance: { patching: { calendar = "calendar:patches"  match = [ "host=db*" ] } }
"""


def stamp(seconds):
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))


def calendar(*events):
    """Of (title, from, until[, line more]) in seconds since the epoch."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//pagerd//test//EN"]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}@test", f"SUMMARY:{event[0]}",
                  f"DTSTART:{stamp(event[1])}", f"DTEND:{stamp(event[2])}", *event[3:], "END:VEVENT"]
    return "\n".join(lines + ["END:VCALENDAR", ""])


def edit(pager, *events):
    """In place, as an editor does it that does not rename."""
    with open(pager.path("patches.ics"), "w") as file:
        file.write(calendar(*events))


def house(gateway, *events, more=""):
    pager = House(channels=gateway.config(), notify=CALM, escalate=SLOW)
    edit(pager, *events)
    pager.write("conf.d/10-windows.cfg", WINDOW.replace("CALENDAR", more))
    return pager


def calls(gateway, number):
    return [m for m in gateway.taken(PHONE["ann"]) if m["text"].startswith(f"CRIT #{number}")]


def reports(gateway, words):
    return [m for m in gateway.taken(PHONE["ann"]) if words in m["text"]]


def silences(pager, *words):
    return pager.ask("silence", "list", *words)["silences"]


def status(pager):
    answer = pager.get("/v1/status", headers={"Authorization": f"Bearer {pager.token('ann')}"})
    return json.loads(answer[1])


def window(pager):
    return status(pager)["maintenance"][0]


def problems(pager):
    return " ".join(status(pager)["problems"])


def state(pager, number):
    return pager.show(number)["state"]


def an_event_holds_back_and_its_end_in_the_file_lets_go():
    gateway = Gateway()
    now = int(time.time())
    night = ("Kernel night", now - 600, now + 7200, "RRULE:FREQ=WEEKLY")
    with house(gateway, night).start() as pager:
        key = pager.key()
        wait_for("the window", lambda: window(pager)["now"])
        shown = window(pager)
        assert shown["name"] == "patching" and shown["calendar"] == "patches", shown
        assert shown["now"]["silence"] == 1 and shown["now"]["note"] == "Kernel night", shown
        assert shown["next"]["silence"] == 2, shown
        rows = silences(pager)
        assert [(row["state"], row["maintenance"], row["by"]) for row in rows] == [
            ("active", "patching", None), ("planned", "patching", None)], rows
        listed = pager.pagectl("silence", "list").stdout
        assert "maintenance patching" in listed and "planned" in listed, listed
        assert "maintenance patching" in pager.pagectl("silence", "show", "s1").stdout

        pager.alert(key, dedup_key="disk", labels={"host": "db1"})
        assert pager.show(1)["reason"] == "maintenance patching (s1: Kernel night)"
        assert state(pager, 1) == "suppressed"
        told = pager.get("/api/v2/silences", headers={"Authorization": f"Bearer {key}"})
        assert json.loads(told[1])[0]["createdBy"] == "maintenance patching", told
        pager.alert(key, dedup_key="net", labels={"host": "db2"})
        pager.request("POST", "/v1/alerts", {"action": "resolve", "dedup_key": "net"},
                      {"Authorization": f"Bearer {key}"})
        assert state(pager, 2) == "resolved", "resolves pass"
        pager.alert(key, dedup_key="cpu", labels={"host": "web1"})
        wait_for("the page of what does not fit", lambda: calls(gateway, 3))
        board = pager.get("/", headers={"Authorization": f"Bearer {pager.token('ann')}"})[1]
        assert "maintenance patching until" in board, board

        pager.kill()
        pager.start()
        assert state(pager, 1) == "suppressed", "held back after kill -9"
        pager.alert(key, dedup_key="fan", labels={"host": "db3"})
        assert state(pager, 4) == "suppressed"
        assert not calls(gateway, 1) and not calls(gateway, 4)

        edit(pager, ("Kernel night", now - 600, now - 60, "RRULE:FREQ=WEEKLY"))
        wait_for("the pages at its end", lambda: calls(gateway, 1) and calls(gateway, 4))
        text = calls(gateway, 1)[0]["text"]  # a text message may have its longest word cut
        assert "Held back by mainte" in text and " patching until now" in text, text
        wait_for("the report", lambda: reports(gateway, "Maintenance patching (s1: Kernel night) is over"))
        assert window(pager)["now"] is None and window(pager)["next"], window(pager)
        assert not calls(gateway, 2), "what was over is not paged"
    gateway.close()


def an_event_ends_by_itself_and_the_next_one_begins():
    gateway = Gateway()
    with house(gateway).start() as pager:
        key = pager.key()
        assert window(pager) == {"name": "patching", "calendar": "patches", "now": None, "next": None}
        pager.alert(key, dedup_key="disk", labels={"host": "db1"})
        wait_for("the page before", lambda: calls(gateway, 1))
        begin = int(time.time()) + 6
        edit(pager, ("one", begin, begin + 5), ("two", begin + 3600, begin + 7200))
        wait_for("it to be held", lambda: state(pager, 1) == "suppressed")
        wait_for("the page at its end", lambda: state(pager, 1) == "triggered" and
                 len(calls(gateway, 1)) == 2)
        assert window(pager)["next"]["note"] == "two", window(pager)
        said = pager.pagectl("simulate", "host=db9", "--team", "ops",
                             "--at", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(begin + 5400)))
        assert "It pages nobody until" in said.stdout, said
        assert "maintenance patching" in said.stdout and "two" in said.stdout, said.stdout
        assert "+30 m" in said.stdout, "it is paged at the end: " + said.stdout
    gateway.close()


def in_doubt_it_pages():
    gateway = Gateway()
    now = int(time.time())
    long = ("frozen", now - 600, now + 40 * 86400)
    night = ("Kernel night", now - 600, now + 7200)
    with house(gateway, long, more='refresh = "1s" stale-after = "4s"').start() as pager:
        key = pager.key()
        assert window(pager)["now"] is None, "more than 30 days are none"
        check = pager.pagectl("calendar", "check")
        assert check.returncode == 7 and "E-LONG" in check.stdout, check
        edit(pager, night)
        wait_for("the window", lambda: window(pager)["now"])
        check = pager.pagectl("calendar", "check", "--json")
        assert check.returncode == 0 and '"maintenance patching"' in check.stdout, check
        pager.alert(key, dedup_key="disk", labels={"host": "db1"})
        assert state(pager, 1) == "suppressed"

        with open(pager.path("patches.ics"), "w") as file:
            file.write("BEGIN:VCALENDAR\nBEGIN:VEV")
        wait_for("the broken file to be told", lambda: "patches" in problems(pager))
        wait_for("the page when the copy is too old", lambda: calls(gateway, 1))
        wait_for("the word of that", lambda: reports(gateway, 'CRIT pagerd: calendar "patches"'))
        assert "no maintenance window is on by it until it is read again" in pager.log()
        assert window(pager)["now"] is None and window(pager)["next"] is None
        edit(pager, night)
        wait_for("the window again", lambda: window(pager)["now"])
        assert state(pager, 1) == "suppressed"
        os.unlink(pager.path("patches.ics"))
        wait_for("the file that is gone", lambda: window(pager)["now"] is None)
        assert state(pager, 1) == "triggered"
    gateway.close()


def the_last_good_copy_counts_while_the_file_is_broken():
    gateway = Gateway()
    now = int(time.time())
    with house(gateway, ("Kernel night", now - 600, now + 7200)).start() as pager:
        key = pager.key()
        wait_for("the window", lambda: window(pager)["now"])
        with open(pager.path("patches.ics"), "w") as file:
            file.write("<html>no calendar</html>")
        wait_for("the broken file to be told", lambda: "patches" in problems(pager))
        pager.alert(key, dedup_key="disk", labels={"host": "db1"})
        assert state(pager, 1) == "suppressed"
        pager.kill()
        pager.start()
        wait_for("the broken file to be told again", lambda: "patches" in problems(pager))
        assert window(pager)["now"]["silence"] == 1, window(pager)
        pager.alert(key, dedup_key="cpu", labels={"host": "db2"})
        assert state(pager, 1) == state(pager, 2) == "suppressed"
    gateway.close()


def what_the_configuration_takes_back_lets_go_and_an_end_by_hand_lasts():
    gateway = Gateway()
    now = int(time.time())
    night = ("Kernel night", now - 600, now + 7200)
    with house(gateway, night).start() as pager:
        key = pager.key()
        wait_for("the window", lambda: window(pager)["now"])
        pager.alert(key, dedup_key="disk", labels={"host": "db1"})
        assert state(pager, 1) == "suppressed"
        os.unlink(pager.path("conf.d/10-windows.cfg"))
        assert pager.pagectl("config", "reload").returncode == 0
        wait_for("the page", lambda: calls(gateway, 1))
        assert status(pager)["maintenance"] == [] and silences(pager) == []

        pager.write("conf.d/10-windows.cfg", WINDOW.replace("CALENDAR", ""))
        assert pager.pagectl("config", "reload").returncode == 0
        wait_for("the window again", lambda: window(pager)["now"])
        assert state(pager, 1) == "suppressed"
        name = f's{window(pager)["now"]["silence"]}'
        assert pager.pagectl("maintenance", "end", name).returncode == 0
        wait_for("the second page", lambda: len(calls(gateway, 1)) == 2)
        edit(pager, ("Kernel night, longer", now - 900, now + 9000))
        wait_for("the new version", lambda: "longer" in str(pager.ask("calendar", "list")) or
                 pager.log().count("calendar in force calendar=patches") >= 3)
        pager.kill()
        pager.start()
        assert window(pager)["now"] is None, "somebody has ended it"
        pager.alert(key, dedup_key="cpu", labels={"host": "db2"})
        wait_for("its page", lambda: calls(gateway, 2))
    gateway.close()


def a_check_says_what_is_wrong_with_a_window():
    now = int(time.time())
    with House() as pager:
        edit(pager, ("frozen", now - 600, now + 40 * 86400))
        text = WINDOW.replace("CALENDAR", "")
        for old, new, code, said in (
                ("host=db*", "service=*", 0, "fits everything: while an event of calendar"),
                ("host=db*", "service=*", 0, "E-LONG"),
                ('"host=db*"', "", 1, "maintenance.patching.match is empty"),
                ("calendar:patches", "calendar:none", 1, 'no calendar "none"'),
                ("calendar:patches", "calendar:primary", 1, "every shift would hold alerts back"),
                ("match =", "mtach =", 1, "match")):
            pager.write("conf.d/10-windows.cfg", text.replace(old, new))
            done = subprocess.run([PAGERD, "--check", "--config", pager.config],
                                  capture_output=True, text=True, timeout=60)
            assert done.returncode == code, (old, new, done)
            assert said in done.stdout + done.stderr, (said, done.stdout + done.stderr)


main(an_event_holds_back_and_its_end_in_the_file_lets_go,
     an_event_ends_by_itself_and_the_next_one_begins,
     in_doubt_it_pages,
     the_last_good_copy_counts_while_the_file_is_broken,
     what_the_configuration_takes_back_lets_go_and_an_end_by_hand_lasts,
     a_check_says_what_is_wrong_with_a_window)
