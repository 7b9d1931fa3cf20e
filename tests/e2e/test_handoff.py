# SPDX-License-Identifier: MIT
"""A shift that begins is told by mail: to who comes with what is open, to who leaves; once, whatever
dies meanwhile. One that comes is told before."""
import json
import time

from house import House, main, wait_for
from sinks import Mail

HOUR = 3600
DAY = 24 * HOUR


def stamp(seconds):
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))


def calendar(*shifts):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//pagerd//test//EN"]
    for number, (who, start, end) in enumerate(shifts):
        lines += ["BEGIN:VEVENT", f"UID:{number}@test", f"SUMMARY:{who}", f"DTSTART:{stamp(start)}",
                  f"DTEND:{stamp(end)}", "END:VEVENT"]
    return "\r\n".join(lines + ["END:VCALENDAR", ""])


def subjects(mail, user, word):
    return [letter for letter in mail.to(f"{user}@example.org") if word in letter["Subject"]]


def text(letter):
    return letter.get_body(("plain",)).get_content()


def the_shift_passes_on_and_both_are_told_once(pager, mail):
    start = int(time.time()) + 8
    pager.write("primary.ics", calendar(("ann", start - 3 * DAY, start), ("bob", start, start + 3 * DAY)))
    pager.start()
    key = pager.key()
    status, answer, _ = pager.alert(key, summary="db1: disk /var 96% full")
    assert status == 202, answer
    number = json.loads(answer)["alerts"][0]["incident"]
    pager.act("ann", number, "ack")
    letters = wait_for("bob is told", lambda: subjects(mail, "bob", "[ON CALL]"))
    body = text(letters[0])
    assert "ops primary: you" in body and "Open: 1." in body, body
    assert f"#{number} CRIT" in body and "acknowledged by ann" in body, body
    assert "Before you: Ann +4915550100001" in body and "LAST WEEK" in body, body
    off = wait_for("ann is told", lambda: subjects(mail, "ann", "[OFF CALL]"))
    assert f"1 open incident stays yours: #{number}." in off[0]["Subject"] + text(off[0]), text(off[0])
    assert pager.show(number)["state"] == "acknowledged"
    pager.kill()
    pager.start()
    pager.alert(key, summary="web1: slow", service="other")
    wait_for("pages go out again", lambda: any("web1" in one["Subject"]
                                               for one in mail.to("bob@example.org")))
    assert len(subjects(mail, "bob", "[ON CALL]")) == 1, "told twice"
    assert len(subjects(mail, "ann", "[OFF CALL]")) == 1, "told twice"


def and_one_within_a_day_is_told_before(pager, mail):
    now = int(time.time())
    pager.write("primary.ics", calendar(("bob", now - HOUR, now + 10 * HOUR),
                                        ("cat", now + 10 * HOUR, now + 5 * DAY)))
    pager.pagectl("calendar", "refresh", "primary")
    letters = wait_for("cat is told", lambda: subjects(mail, "cat", "[SOON]"))
    assert "You are ops primary from" in text(letters[0]), text(letters[0])
    assert "late" not in text(letters[0]), text(letters[0])


def a_shift_is_told_to_who_comes_and_to_who_leaves():
    mail = Mail()
    pager = House(channels=mail.config())
    is_good = False
    try:
        the_shift_passes_on_and_both_are_told_once(pager, mail)
        and_one_within_a_day_is_told_before(pager, mail)
        is_good = True
    finally:
        pager.close(not is_good)
        mail.close()


main(a_shift_is_told_to_who_comes_and_to_who_leaves)
