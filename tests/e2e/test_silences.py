# SPDX-License-Identifier: MIT
"""Silences, on the real daemon: held back, visible, paged at the end, whatever happens meanwhile."""
from house import House, main, wait_for
from sinks import Gateway

PHONE = {"ann": "+4915550100001", "bob": "+4915550100002"}
CALM = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'
SLOW = '( { page = "primary", wait = "1h" }, { page = "secondary", wait = "1h" } )'


def house(gateway):
    return House(channels=gateway.config(), notify=CALM, escalate=SLOW)


def calls(gateway, number):
    return [m for m in gateway.taken(PHONE["ann"]) if m["text"].startswith(f"CRIT #{number}")]


def state(pager, number):
    return pager.show(number)["state"]


def what_fits_is_held_back_shown_and_paged_when_the_silence_is_ended():
    gateway = Gateway()
    with house(gateway).start() as pager:
        key = pager.key()
        done = pager.pagectl("silence", "add", "host=db1", "--for", "2h", "-m", "kernel upgrade")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("s1 silences host=db1 until "), done.stdout
        assert "End: pagectl silence end s1" in done.stdout, done.stdout
        answer = pager.alert(key, dedup_key="disk", labels={"host": "db1"})
        assert answer[0] == 202, answer
        assert state(pager, 1) == "suppressed"
        assert pager.show(1)["reason"] == "silence s1 (kernel upgrade)"
        pager.alert(key, dedup_key="cpu", labels={"host": "db2"})
        wait_for("the page that is not silenced", lambda: calls(gateway, 2))
        assert not calls(gateway, 1), "held back"
        row = pager.ask("silence", "list")["silences"][0]
        assert row["held"] == 1 and row["match"] == ["host=db1"], row
        assert [i["number"] for i in pager.ask("silence", "show", "s1")["incidents"]] == [1]
        board = pager.get("/", headers={"Authorization": f"Bearer {pager.token('ann')}"})[1]
        assert "silenced" in board and "kernel upgrade" in board, board
        assert "pagerd_silences_active 1" in pager.get("/metrics")[1]

        done = pager.pagectl("maintenance", "end", "s1")
        assert done.returncode == 0 and "was holding back 1" in done.stdout, done
        wait_for("the page at its end", lambda: calls(gateway, 1))
        assert "Held back by silence s1" in calls(gateway, 1)[0]["text"], calls(gateway, 1)
        wait_for("the report to its maker", lambda: [
            m for m in gateway.taken(PHONE["ann"]) if "It held back 1" in m["text"]])
        assert state(pager, 1) == "triggered"
        assert pager.ask("silence", "list")["silences"] == []
        assert pager.ask("silence", "list", "--all")["silences"][0]["state"] == "over"
    gateway.close()


def it_stops_what_pages_lets_resolves_pass_and_survives_a_kill():
    gateway = Gateway()
    with house(gateway).start() as pager:
        key = pager.key()
        pager.alert(key, dedup_key="disk", labels={"host": "db1"})
        pager.alert(key, dedup_key="cpu", labels={"host": "db1"})
        wait_for("both pages", lambda: calls(gateway, 1) and calls(gateway, 2))
        said = pager.pagectl("silence", "add", "host=db*", "severity=critical", "--for", "1h",
                             "-m", "work", "-n").stdout
        assert "Hides 2 alerts" in said, said
        assert state(pager, 1) == "triggered", "a dry run changes nothing"
        assert pager.pagectl("silence", "add", "host=db*", "severity=critical", "--for", "1h",
                             "-m", "work").returncode == 0
        assert state(pager, 1) == "suppressed"
        assert "silence s1 (work) of ann" in str(pager.show(1)["timeline"])
        pager.request("POST", "/v1/alerts", {"action": "resolve", "dedup_key": "cpu"},
                      {"Authorization": f"Bearer {key}"})
        assert state(pager, 2) == "resolved"
        pager.kill()
        pager.start()
        assert state(pager, 1) == "suppressed", "held back after kill -9"
        pager.alert(key, dedup_key="net", labels={"host": "db7"})
        assert state(pager, 3) == "suppressed"
        assert pager.pagectl("silence", "end", "s1").returncode == 0
        wait_for("the page of what came meanwhile", lambda: calls(gateway, 3))
    gateway.close()


def one_that_ends_while_pagerd_is_down_lets_go_at_the_start():
    gateway = Gateway()
    with house(gateway).start() as pager:
        key = pager.key()
        assert pager.pagectl("silence", "add", "host=db1", "--for", "2s", "-m", "w").returncode == 0
        pager.alert(key, dedup_key="disk", labels={"host": "db1"})
        assert not calls(gateway, 1)
        pager.kill()
        pager.start()
        wait_for("its page, late", lambda: calls(gateway, 1))
        assert state(pager, 1) == "triggered"
    gateway.close()


def what_makes_no_sense_is_refused_in_words():
    with House().start() as pager:
        ann = {"Authorization": f"Bearer {pager.token('ann')}"}
        good = {"match": ["host=db1"], "for_ms": 60000, "note": "why"}
        for change, status, words in (
                ({"match": []}, 400, "match"), ({"match": ["db1"]}, 400, "label"),
                ({"match": ["a=b"] * 17}, 400, "at most 16"), ({"match": [7]}, 400, "list"),
                ({"match": ["a=b\nc=d"]}, 400, "plain text"), ({"note": ""}, 400, "why"),
                ({"for_ms": 31 * 86400 * 1000}, 400, "30 days"), ({"for_ms": 0}, 400, "until"),
                ({"until": "2020-01-01T00:00:00Z", "for_ms": 0}, 400, "past"),
                ({"until": "2099-01-01T00:00:00Z", "for_ms": 0}, 400, "30 days"),
                ({"team": "none"}, 404, "team")):
            got = pager.request("POST", "/v1/silences", {**good, **change}, ann)
            assert got[0] == status and words in got[1], (change, got)
        key = pager.key()
        got = pager.request("POST", "/v1/silences", good, {"Authorization": f"Bearer {key}"})
        assert got[0] in (401, 403), got
        assert pager.request("POST", "/v1/silences/9/end", {}, ann)[0] == 404
        assert pager.ask("silence", "list")["silences"] == []
        assert pager.pagectl("silence", "add", "host=db1", "--for", "2h").returncode == 2
        assert pager.pagectl("silence", "show", "x1").returncode == 2


main(what_fits_is_held_back_shown_and_paged_when_the_silence_is_ended,
     it_stops_what_pages_lets_resolves_pass_and_survives_a_kill,
     one_that_ends_while_pagerd_is_down_lets_go_at_the_start,
     what_makes_no_sense_is_refused_in_words)
