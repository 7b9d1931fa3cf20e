# SPDX-License-Identifier: MIT
"""Feeds: who may make one, what a calendar program gets, and what it is told when something changes.

Read by a second reader, Debian's python3-icalendar, where that is installed, and by pagerd itself.
"""
import concurrent.futures
import datetime
import email.utils
import glob
import json
import os
import random
import re
import subprocess

from house import PAGERD, House, main, wait_for

try:
    import icalendar
except ImportError:
    icalendar = None

UTC = datetime.timezone.utc


def weeks(name, people):
    """A weekly rotation from Monday to Monday, at nine in Berlin, two weeks ago and for long."""
    monday = datetime.date.today() - datetime.timedelta(days=datetime.date.today().weekday() + 42)
    events = ""
    for i, person in enumerate(people):
        start = monday + datetime.timedelta(weeks=i)
        end = start + datetime.timedelta(weeks=1)
        events += (f"BEGIN:VEVENT\nUID:{name}-{person}@test\nSUMMARY:{person}\n"
                   f"DTSTART;TZID=Europe/Berlin:{start:%Y%m%d}T090000\n"
                   f"DTEND;TZID=Europe/Berlin:{end:%Y%m%d}T090000\n"
                   f"RRULE:FREQ=WEEKLY;INTERVAL={len(people)}\nEND:VEVENT\n")
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//pagerd//test//EN\n{events}END:VCALENDAR\n"


def rotating_house(**more):
    pager = House(**more)
    pager.write("primary.ics", weeks("primary", ["ann", "bob", "cat"]))
    pager.write("secondary.ics", weeks("secondary", ["dan", "eve"]))
    return pager


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def make(pager, name, token=None, **whose):
    """(status, answer) of asking for a feed."""
    status, body, _ = pager.request("POST", "/v1/keys", {"name": name, "feed": True, **whose},
                                    bearer(token or pager.token("ann")))
    return status, json.loads(body)


def feed_path(pager, name, **whose):
    status, answer = make(pager, name, **whose)
    assert status == 200, answer
    assert set(answer) == {"name", "team", "user", "url"}, answer
    assert re.fullmatch(re.escape(pager.url) + r"/feed/[0-9a-hjkmnp-tv-z]{20}\.ics",
                        answer["url"]), answer
    return answer["url"][len(pager.url):]


def fetch(pager, path, **headers):
    status, body, head = pager.get(path, headers=headers)
    assert status == 200, (status, body)
    return body, head


def events(body):
    """The events as dictionaries of their first lines, by UID; a reader of our own, in 10 lines."""
    unfolded = body.replace("\r\n ", "")
    found = {}
    for block in re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT\r\n", unfolded, re.S):
        event = {}
        for line in block.split("\r\n"):
            if line:
                name, value = line.split(":", 1)
                event.setdefault(name, value)
        assert event["UID"] not in found, "no UID stands for two events"
        found[event["UID"]] = event
    return found


def stamp(moment):
    return moment.strftime("%Y%m%dT%H%M%SZ")


def current(found, category="primary"):
    now = stamp(datetime.datetime.now(UTC))
    (event,) = [event for event in found.values() if event["CATEGORIES"] == category
                and event["DTSTART"] <= now < event["DTEND"]]
    return event


def override(pager, user, start, end):
    status, body, _ = pager.request(
        "POST", "/v1/overrides",
        {"team": "ops", "role": "primary", "user": user, "from": start, "until": end,
         "note": "swap"}, bearer(pager.token("ann")))
    assert status == 200, body
    return json.loads(body)


def rfc3339(text):
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[9:11]}:{text[11:13]}:{text[13:15]}Z"


def a_feed_is_made_fetched_and_revoked():
    with rotating_house() as pager:
        pager.start()
        mine = feed_path(pager, "mine", user="ann")
        body, head = fetch(pager, mine)
        assert head["Content-Type"] == "text/calendar; charset=utf-8", head.items()
        assert head["Cache-Control"] == "private, max-age=900"
        assert head["Content-Disposition"] == 'inline; filename="oncall-ann.ics"'
        assert email.utils.parsedate_to_datetime(head["Last-Modified"])
        assert body.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
        assert all(len(line.encode()) <= 75 for line in body.split("\r\n"))
        assert "\n" not in body.replace("\r\n", "")
        for line in ("NAME:On call: Ann Test", "X-WR-CALNAME:On call: Ann Test",
                     "X-WR-TIMEZONE:Europe/Berlin", "TZID:Europe/Berlin",
                     "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"):
            assert f"\r\n{line}\r\n" in body, line
        assert "VALARM" not in body and "METHOD" not in body
        found = events(body)
        assert len(found) > 8, "about every third week of thirty"
        for event in found.values():
            assert event["SUMMARY"] == "On call: ops primary", event
            assert event["X-PAGERD-USER"] == "ann"
            assert event["TRANSP"] == "TRANSPARENT"
            assert event["X-MICROSOFT-CDO-BUSYSTATUS"] == "FREE"
            assert event["DTSTAMP"] == event["LAST-MODIFIED"]
            assert "primary.ics" in event["DESCRIPTION"]
            assert event["UID"].startswith("ops.primary.2") and event["UID"].endswith("@127.0.0.1")

        # Unchanged: not a byte is sent, and HEAD says the same.
        tag = head["ETag"]
        status, nothing, kept = pager.get(mine, headers={"If-None-Match": f'"x", {tag}'})
        assert (status, nothing, kept["ETag"]) == (304, "", tag)
        status, nothing, kept = pager.request("HEAD", mine)
        assert (status, nothing, kept["ETag"]) == (200, "", tag)
        assert pager.request("POST", mine, {})[0] == 405

        # An alarm only for who asks for one.
        assert fetch(pager, mine + "?alarm=15")[0].count("TRIGGER:-PT15M\r\n") == len(found)
        assert pager.get(mine + "?alarm=0")[0] == 200
        for bad in ("10081", "-1", "x", "", "1e3"):
            assert pager.get(mine + "?alarm=" + bad)[0] == 400, bad
        assert fetch(pager, mine)[1]["ETag"] == tag

        # It is listed as what it is, its secret appears nowhere, and it opens nothing else.
        secret = mine[len("/feed/"):-len(".ics")]
        listed = pager.ask("key", "list")["keys"]
        (row,) = [row for row in listed if row["name"] == "mine"]
        assert row["kind"] == "feed" and row["user"] == "ann" and row["team"] is None
        assert secret not in json.dumps(listed)
        for path in ("/v1/incidents", "/v1/me", "/v1/keys", "/v1/oncall"):
            assert pager.get(path, headers=bearer(secret))[0] == 401, path
        assert pager.alert(secret)[0] == 401
        assert pager.get(f"/a/{secret}")[0] == 404

        # No other secret opens a feed, and what is revoked is as if it had never been.
        unknown = pager.get("/feed/00000000000000000000.ics")
        assert unknown[0] == 404
        for other in (pager.key(), pager.token("ann"), secret + "0", secret[:-1], ""):
            assert pager.get(f"/feed/{other}.ics")[0] in (404, 429), other
        assert pager.get(f"/feed/{secret}")[0] in (404, 429)
        assert fetch(pager, mine)[1]["ETag"] == tag, "the right one is not kept out by the wrong"
        done = pager.pagectl("key", "revoke", "mine", "--yes")
        assert done.returncode == 0, done.stderr
        status, page, _ = wait_for("room for one more wrong try",
                                   lambda: (lambda got: got if got[0] == 404 else None)(
                                       pager.get(mine)), 150)
        assert re.sub(r"nonce=\S+?[ >]|nonce-\S+", "", page) == \
            re.sub(r"nonce=\S+?[ >]|nonce-\S+", "", unknown[1]), "no oracle"
        assert secret not in pager.log()
        wait_for("its book to go", lambda: not glob.glob(pager.path("state/feeds/*")))


def people_make_feeds_of_their_own_and_admins_of_all():
    with rotating_house(team='members = [ "ann", "bob", "cat", "dan", "eve" ]') as pager:
        pager.start()
        bob = pager.token("bob")
        fay = pager.token("fay")
        assert make(pager, "bobs", bob, user="bob")[0] == 200
        assert make(pager, "team", bob, team="ops")[0] == 200
        assert make(pager, "anns", bob, user="ann")[0] == 403
        assert make(pager, "other", fay, team="ops")[0] == 403, "no member"
        assert make(pager, "for-ann", user="ann")[0] == 200
        assert make(pager, "bobs", bob, user="bob")[0] == 409
        assert make(pager, "both", user="ann", team="ops")[0] == 400
        assert make(pager, "none")[0] == 400
        assert make(pager, "who", user="nobody")[0] == 404
        source = pager.key()
        assert make(pager, "source", source, team="ops")[0] == 403

        def status(path, body, token):
            return pager.request("POST", path, body, bearer(token))[0]

        assert status("/v1/keys", {"name": "k", "team": "ops"}, bob) == 403
        assert status("/v1/keys", {"name": "k", "user": "bob"}, bob) == 403
        assert status("/v1/keys/for-ann/revoke", {}, bob) == 403
        assert status("/v1/keys/test/revoke", {}, bob) == 403
        assert status("/v1/keys/no-such-key/revoke", {}, bob) == 403
        assert status("/v1/keys/bobs/revoke", {}, fay) == 403
        assert status("/v1/keys/bobs/revoke", {}, bob) == 200
        assert make(pager, "bobs", bob, user="bob")[0] == 200, "the name is free again"


def a_swap_changes_the_event_of_its_slot():
    with rotating_house() as pager:
        pager.start()
        path = feed_path(pager, "team", team="ops")
        own = feed_path(pager, "fays", user="fay")
        first, head = fetch(pager, path)
        before = events(first)
        assert events(fetch(pager, own)[0]) == {}
        week = max((event for event in before.values() if event["CATEGORIES"] == "primary"
                    and event["DTSTART"] > stamp(datetime.datetime.now(UTC))),
                   key=lambda event: event["DTSTART"])
        start, end = rfc3339(week["DTSTART"]), rfc3339(week["DTEND"])
        names = {"ann": "Ann Test", "bob": "Bob Test", "cat": "Cat Test"}
        loser = names[week["X-PAGERD-USER"]]
        made = override(pager, "fay", start, end)

        body, swapped_head = fetch(pager, path, **{"If-None-Match": head["ETag"]})
        swapped = events(body)
        event = swapped[week["UID"]]
        assert set(swapped) == set(before), "nothing is replaced"
        assert event["SUMMARY"] == f"Fay Test (primary\\, for {loser})", event
        assert event["X-PAGERD-USER"] == "fay"
        assert (event["DTSTART"], event["DTEND"]) == (week["DTSTART"], week["DTEND"])
        assert int(event["SEQUENCE"]) == int(week["SEQUENCE"]) + 1
        assert event["DTSTAMP"] >= week["DTSTAMP"]
        assert "swap" in event["DESCRIPTION"]
        same = [uid for uid in before if before[uid] == swapped[uid]]
        assert len(same) == len(before) - 1, "only that event says anything new"
        fays = events(fetch(pager, own)[0])
        assert [event["SUMMARY"] for event in fays.values()] == \
            [f"On call: ops primary (for {loser})"]
        assert list(fays) == [week["UID"]]

        # kill -9: neither SEQUENCE nor ETag fall back.
        pager.kill()
        pager.start()
        again, again_head = fetch(pager, path)
        assert again == body and again_head["ETag"] == swapped_head["ETag"]
        assert again_head["Last-Modified"] == swapped_head["Last-Modified"]

        # Undone: the old content, and one more change.
        status, text, _ = pager.request("POST", f"/v1/overrides/{made['id']}/end", {},
                                        bearer(pager.token("ann")))
        assert status == 200, text
        back = events(fetch(pager, path)[0])
        assert set(back) == set(before)
        assert back[week["UID"]]["SUMMARY"] == week["SUMMARY"]
        assert int(back[week["UID"]]["SEQUENCE"]) == int(week["SEQUENCE"]) + 2

        # A part of a slot: its first part keeps its name, the others get names of their own.
        middle = (datetime.datetime.strptime(week["DTSTART"], "%Y%m%dT%H%M%SZ")
                  + datetime.timedelta(days=1))
        override(pager, "fay", f"{middle:%Y-%m-%dT%H:%M:%SZ}",
                 f"{middle + datetime.timedelta(hours=6):%Y-%m-%dT%H:%M:%SZ}")
        parts = events(fetch(pager, path)[0])
        assert len(parts) == len(before) + 2
        assert parts[week["UID"]]["DTEND"] == stamp(middle)
        assert int(parts[week["UID"]]["SEQUENCE"]) == int(week["SEQUENCE"]) + 3

        # A book that is damaged: sequences may jump, never fall.
        pager.stop()
        for book in glob.glob(pager.path("state/feeds/*")):
            with open(book, "r+b") as file:
                file.seek(30)
                file.write(b"???")
        pager.start()
        assert "begins its book again" in (fetch(pager, path)[1] and pager.log())


def gaps_are_events_for_who_looks_after_a_team():
    with rotating_house(team='coverage = "Mon-Fri 09:00-17:00"') as pager:
        single = weeks("secondary", ["dan"]).replace("RRULE:FREQ=WEEKLY;INTERVAL=1\n",
                                                     "RRULE:FREQ=WEEKLY;INTERVAL=2\n")
        pager.write("secondary.ics", single)
        pager.start()
        found = events(fetch(pager, feed_path(pager, "team", team="ops"))[0])
        gaps = [event for event in found.values() if event["SUMMARY"].startswith("NOBODY")]
        assert gaps
        for gap in gaps:
            assert gap["SUMMARY"] == "NOBODY: ops secondary"
            assert gap["CATEGORIES"] == "secondary" and "X-PAGERD-USER" not in gap
            start = datetime.datetime.strptime(gap["DTSTART"], "%Y%m%dT%H%M%SZ")
            end = datetime.datetime.strptime(gap["DTEND"], "%Y%m%dT%H%M%SZ")
            assert start.weekday() < 5 and end - start <= datetime.timedelta(hours=8), gap
        own = events(fetch(pager, feed_path(pager, "dans", user="dan"))[0])
        assert own and not [event for event in own.values() if "NOBODY" in event["SUMMARY"]]


def names_are_text_and_nothing_else():
    with rotating_house() as pager:
        name = "Bob; O'Neil, \\\\ \u65e5\u672c\u8a9e" + "\u00fc" * 60
        text = open(pager.config).read().replace('"Bob Test"', f'"{name}"')
        pager.write("pagerd.cfg", text)
        pager.start()
        body, _ = fetch(pager, feed_path(pager, "team", team="ops"))
        assert all(len(line.encode()) <= 75 for line in body.split("\r\n"))
        shown = name.replace("\\\\", "\\")
        escaped = shown.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        assert f"SUMMARY:{escaped} (primary)\r\n" in body.replace("\r\n ", "")
        for line in body.replace("\r\n ", "").split("\r\n"):
            assert re.match(r"[A-Z-]+[:;]", line) or line == "", line
        if icalendar:
            calendar = icalendar.Calendar.from_ical(body)
            assert f"{shown} (primary)" in [str(event["SUMMARY"])
                                            for event in calendar.walk("VEVENT")]


def many_feeds_and_many_readers_at_once():
    with rotating_house() as pager:
        pager.start()
        paths = [feed_path(pager, f"feed-{i}", user=["ann", "bob", "cat"][i % 3])
                 for i in range(40)]
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            first = list(pool.map(lambda path: fetch(pager, path), paths * 3))
            again = list(pool.map(lambda path: fetch(pager, path), paths * 3))
        for (body, head), (later, later_head) in zip(first, again):
            assert body == later and head["ETag"] == later_head["ETag"]
        assert len(glob.glob(pager.path("state/feeds/*"))) == 40


def a_feed_is_served_when_its_book_cannot_be_kept():
    with rotating_house() as pager:
        pager.start()
        pager.write("state/feeds", "not a folder")
        path = feed_path(pager, "mine", user="ann")
        body, head = fetch(pager, path)
        assert len(events(body)) > 8
        assert fetch(pager, path)[1]["ETag"] == head["ETag"]
        assert "the book of feed oncall-ann.ics is not kept" in pager.log()
        os.remove(pager.path("state/feeds"))
        now = datetime.datetime.now(UTC)
        override(pager, "fay", f"{now + datetime.timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
                 f"{now + datetime.timedelta(days=40):%Y-%m-%dT%H:%M:%SZ}")
        assert fetch(pager, path)[1]["ETag"] != head["ETag"]
        assert glob.glob(pager.path("state/feeds/*"))


def expand(path, start, end, *options):
    done = subprocess.run([PAGERD, "--calendar", path, "--from", f"{start:%Y-%m-%dT%H:%M:%SZ}",
                           "--until", f"{end:%Y-%m-%dT%H:%M:%SZ}", "--json", *options],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["warnings"] == [], answer["warnings"]
    return answer["shifts"]


def seeded():
    seed = int(os.environ.get("PAGERD_SEED") or random.randrange(1 << 32))
    print(f"PAGERD_SEED={seed}")
    return random.Random(seed)


def swap_by_chance(pager, chance, now):
    for user in ("eve", "fay", "bob"):
        start = now + datetime.timedelta(hours=chance.randrange(1, 3000))
        end = start + datetime.timedelta(hours=chance.randrange(1, 300))
        override(pager, user, f"{start:%Y-%m-%dT%H:%M:%SZ}", f"{end:%Y-%m-%dT%H:%M:%SZ}")


def asked(pager, token, at):
    """{role: user} as pagerd answers."""
    status, body, _ = pager.get(f"/v1/oncall?at={at:%Y-%m-%dT%H:%M:%SZ}", headers=bearer(token))
    assert status == 200, body
    return {row["role"]: row["user"] for row in json.loads(body)["oncall"]}


def instants(chance, now, count):
    return [now + datetime.timedelta(seconds=chance.randrange(-20 * 86400, 170 * 86400))
            for _ in range(count)]


def what_is_published_is_what_pagerd_answers():
    """The feed goes through pagerd's own importer, and through icalendar, and says the same as
    pagerd itself at instants chosen by chance."""
    chance = seeded()
    now = datetime.datetime.now(UTC).replace(microsecond=0)
    with rotating_house() as pager:
        pager.start()
        token = pager.token("ann")
        swap_by_chance(pager, chance, now)
        body, _ = fetch(pager, feed_path(pager, "team", team="ops"))
        file = pager.write("feed.ics", body.replace("\r\n", "\n"))
        window = (now - datetime.timedelta(days=60), now + datetime.timedelta(days=400))
        mine = sorted((rfc3339(event["DTSTART"]), rfc3339(event["DTEND"]), event["UID"])
                      for event in events(body).values())
        assert sorted((shift["start"], shift["end"], shift["uid"])
                      for shift in expand(file, *window)) == mine
        layers = {role: expand(file, *window, "--layer", role) for role in ("primary", "secondary")}
        for at in instants(chance, now, 40):
            text = f"{at:%Y-%m-%dT%H:%M:%SZ}"
            told = {role: [shift["summary"].split()[0].lower() for shift in shifts
                           if shift["start"] <= text < shift["end"]]
                    for role, shifts in layers.items()}
            assert told == {role: [user] for role, user in asked(pager, token, at).items()}, at


def a_second_reader_says_the_same():
    if icalendar is None:
        print("without python3-icalendar: left out")
        return
    chance = seeded()
    now = datetime.datetime.now(UTC).replace(microsecond=0)
    with rotating_house() as pager:
        pager.start()
        swap_by_chance(pager, chance, now)
        body, _ = fetch(pager, feed_path(pager, "team", team="ops") + "?alarm=15")
        calendar = icalendar.Calendar.from_ical(body)
        theirs = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
        mine = events(body)
        assert set(theirs) == set(mine)
        for uid, event in theirs.items():
            for name in ("DTSTART", "DTEND", "DTSTAMP", "LAST-MODIFIED"):
                assert stamp(event[name].dt) == mine[uid][name], (uid, name)
            assert event["SUMMARY"] == mine[uid]["SUMMARY"].replace("\\,", ",")
            assert event["SEQUENCE"] == int(mine[uid]["SEQUENCE"])
            (alarm,) = event.walk("VALARM")
            assert alarm["TRIGGER"].dt == datetime.timedelta(minutes=-15)
        assert str(calendar["REFRESH-INTERVAL"]) == "PT1H"
        (zone,) = calendar.walk("VTIMEZONE")
        assert zone["TZID"] == "Europe/Berlin"
        for month, hours in ((1, 1), (7, 2)):
            noon = datetime.datetime(now.year, month, 1, 12)
            assert zone.to_tz().localize(noon).utcoffset() == datetime.timedelta(hours=hours)


def a_second_pagerd_that_subscribes_answers_the_same():
    chance = seeded()
    now = datetime.datetime.now(UTC).replace(microsecond=0)
    alone = '( { page = "primary", wait = "3s" }, { page = "everyone", wait = "30s" } )'
    with rotating_house(escalate=alone) as pager, House() as second:
        pager.write("pagerd.cfg", open(pager.config).read().replace(
            '  secondary = "calendar:secondary"\n', ""))
        pager.start()
        swap_by_chance(pager, chance, now)
        path = feed_path(pager, "team", team="ops")
        second.write("pagerd.cfg", open(second.config).read().replace(
            'primary: { ics = "primary.ics" }',
            f'primary: {{ ics = "{pager.url}{path}", refresh = "1s" }}'))
        second.start()
        here, there = pager.token("ann"), second.token("ann")
        for at in instants(chance, now, 40):
            assert asked(second, there, at)["primary"] == asked(pager, here, at)["primary"], at
        soon = now + datetime.timedelta(days=3)
        override(pager, "dan", f"{soon:%Y-%m-%dT%H:%M:%SZ}",
                 f"{soon + datetime.timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}")
        wait_for("the swap to reach who subscribes",
                 lambda: asked(second, there, soon + datetime.timedelta(days=1))["primary"]
                 == "dan")


main(a_feed_is_made_fetched_and_revoked, people_make_feeds_of_their_own_and_admins_of_all,
     a_swap_changes_the_event_of_its_slot, gaps_are_events_for_who_looks_after_a_team,
     names_are_text_and_nothing_else, many_feeds_and_many_readers_at_once,
     a_feed_is_served_when_its_book_cannot_be_kept, what_is_published_is_what_pagerd_answers,
     a_second_reader_says_the_same, a_second_pagerd_that_subscribes_answers_the_same)
