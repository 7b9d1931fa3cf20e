# SPDX-License-Identifier: MIT
"""Acks between pagerd and the real Icinga 2, both ways: in the end both say the same."""
import contextlib
import json
import os
import sqlite3

from house import House, main, wait_for
from programs import Icinga

SLOW = '( { page = "primary", wait = "1h" } )'  # nobody is paged a second time by waiting


def set_up(pager):
    pager.start()
    icinga = Icinga(pager, pager.key("icinga")).start()
    config = open(pager.config).read()
    pager.write("pagerd.cfg", config + icinga.config())
    assert pager.pagectl("config", "reload").returncode == 0
    return icinga


def is_acked(icinga):
    return icinga.state()["acknowledgement"] != 0


def state_of(pager, number=1):
    return pager.show(number)["state"]


def notes(pager, number=1):
    return [entry["text"] for entry in pager.show(number)["timeline"]
            if entry["actor"] == "icinga" and entry["event"] == "note"]


def problems(pager):
    return json.loads(pager.get("/v1/status", headers={
        "Authorization": f"Bearer {pager.token('ann')}"})[1])["problems"]


def told(pager):
    return [line for line in pager.get("/metrics")[1].splitlines()
            if line.startswith("pagerd_feedback_told_total{")]


def book(pager):
    """What pagerd keeps of what it told its sources."""
    files = [name for name in os.listdir(pager.state) if name.endswith(".db")]
    store = sqlite3.connect(f"file:{pager.state}/{files[0]}?mode=ro", uri=True)
    with contextlib.closing(store):
        return str(store.execute("SELECT value FROM meta WHERE name = 'feedback'").fetchone())


def an_ack_here_is_set_there_and_taken_back_there():
    with House(escalate=SLOW) as pager:
        icinga = set_up(pager)
        icinga.result(1, "WARNING - 420 of 500")
        wait_for("the incident", pager.incidents)
        assert not is_acked(icinga)
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("the ack in Icinga", lambda: is_acked(icinga))
        wait_for("it in the timeline", lambda: "it is acknowledged there, too" in notes(pager))
        assert "pagerd #1" in icinga.comments(), icinga.comments()

        # Worse: Icinga lets go of the ack and says so, and pagerd pages again.
        icinga.result(2, "CRITICAL - 512 of 500")
        wait_for("it to page again", lambda: state_of(pager) == "triggered")
        assert not is_acked(icinga)
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("the ack in Icinga", lambda: is_acked(icinga))

        # Better, but not well: Icinga lets go of the ack; somebody still has it here.
        icinga.result(1, "WARNING - 430 of 500")
        wait_for("the ack to be set once more", lambda: is_acked(icinga) and len(
            [note for note in notes(pager) if note == "it is acknowledged there, too"]) == 3)
        assert state_of(pager) == "acknowledged"

        assert pager.act("bob", 1, "unack")[0] == 200
        wait_for("the end of the ack in Icinga", lambda: not is_acked(icinga))
        assert state_of(pager) == "triggered"
        icinga.result(0, "OK - 3 of 500")
        wait_for("the recovery", lambda: state_of(pager) == "resolved")


def who_takes_it_over_here_has_it_there():
    with House(escalate=SLOW) as pager:
        icinga = set_up(pager)

        def owners():
            return [found["attrs"]["author"] for found in icinga.call(
                "/v1/objects/comments", None)["results"]]

        icinga.result(2, "CRITICAL - 512 of 500")
        wait_for("the incident", pager.incidents)
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("Bob's ack in Icinga", lambda: is_acked(icinga) and owners() == ["Bob Test"])
        assert pager.act("cat", 1, "ack", {"take": True})[0] == 200
        wait_for("Cat's ack in Icinga", lambda: is_acked(icinga) and owners() == ["Cat Test"])
        assert state_of(pager) == "acknowledged"
        assert "it is no longer acknowledged there" not in notes(pager)

        # Also after it was set there, and pagerd was killed in between.
        assert pager.act("cat", 1, "unack")[0] == 200
        wait_for("the end of it", lambda: not is_acked(icinga))
        icinga.act("acknowledge-problem", author="bob", comment="on it", notify=True)
        wait_for("Bob's ack here", lambda: state_of(pager) == "acknowledged")
        wait_for("the book", lambda: "@bob" in book(pager))
        pager.kill()
        pager.start()
        assert pager.act("ann", 1, "ack", {"take": True})[0] == 200
        wait_for("Ann's ack in Icinga", lambda: is_acked(icinga) and owners() == ["Ann Test"])


def an_ack_there_counts_here_and_does_not_go_back():
    with House(escalate=SLOW) as pager:
        icinga = set_up(pager)
        icinga.result(2, "CRITICAL - 512 of 500")
        wait_for("the incident", pager.incidents)
        icinga.call("/v1/actions/acknowledge-problem?service=db01.example.org!postgres",
                    {"author": "bob", "comment": "on it", "notify": True})
        wait_for("the ack here", lambda: state_of(pager) == "acknowledged")
        assert pager.show(1)["acknowledged_by"] == "bob"
        assert len(icinga.comments()) == 1, icinga.comments()
        assert not told(pager), told(pager)

        # Taken back here, it is taken back there, although it was not set from here.
        assert pager.act("bob", 1, "unack")[0] == 200
        wait_for("the end of the ack in Icinga", lambda: not is_acked(icinga))

        icinga.call("/v1/actions/acknowledge-problem?service=db01.example.org!postgres",
                    {"author": "icingaadmin", "comment": "not one of ours", "notify": True})
        wait_for("the note", lambda: any("is nobody here" in note for note in notes(pager)))
        assert state_of(pager) == "triggered"
        assert pager.act("bob", 1, "resolve")[0] == 200
        wait_for("the comment", lambda: "pagerd #1 was resolved by hand" in icinga.comments())
        assert is_acked(icinga), "what is somebody else's stays"


def acks_arrive_although_both_were_away_in_between():
    with House(escalate=SLOW) as pager:
        icinga = set_up(pager)
        icinga.result(2, "CRITICAL - 512 of 500")
        wait_for("the incident", pager.incidents)
        icinga.stop()
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("it to be told as waiting", lambda: any("tried again" in note
                                                         for note in notes(pager)))
        assert any("cannot be told of acks" in problem
                   for problem in problems(pager))
        pager.kill()
        pager.start()
        icinga.run()
        wait_for("the ack in Icinga", lambda: is_acked(icinga))
        wait_for("the end of the problem", lambda: not any(
            "cannot be told" in problem for problem in problems(pager)))

        # Taken back while Icinga is away, and pagerd is killed before it could be told.
        icinga.stop()
        assert pager.act("bob", 1, "unack")[0] == 200
        pager.kill()
        icinga.run()
        assert is_acked(icinga)
        pager.start()
        wait_for("the end of the ack in Icinga", lambda: not is_acked(icinga))
        assert state_of(pager) == "triggered"


main(an_ack_here_is_set_there_and_taken_back_there, who_takes_it_over_here_has_it_there,
     an_ack_there_counts_here_and_does_not_go_back,
     acks_arrive_although_both_were_away_in_between)
