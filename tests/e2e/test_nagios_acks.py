# SPDX-License-Identifier: MIT
"""Acks between pagerd and the real Nagios 4, both ways: in the end both say the same."""
import re

from house import House, main, wait_for
from programs import Nagios

SLOW = '( { page = "primary", wait = "1h" } )'  # nobody is paged a second time by waiting
SETTINGS = """status_update_interval=1
retain_state_information=1
retention_update_interval=1
use_retained_program_state=1"""


def set_up(pager):
    pager.start()
    nagios = Nagios(pager, pager.key("nagios"), settings=SETTINGS).start()
    config = open(pager.config).read()
    pager.write("pagerd.cfg", config + f"""
integrations: {{ nagios = {{ command-file = "{nagios.fifo}" }} }}
""")
    assert pager.pagectl("config", "reload").returncode == 0
    return nagios


def status(nagios, kind="servicestatus"):
    """What status.dat says of the service, or (kind "hoststatus") of the host."""
    try:
        with open(f"{nagios.root}/status.dat") as file:
            block = re.search(rf"{kind} {{(.*?)}}", file.read(), re.S)
    except FileNotFoundError:
        return {}
    return dict(line.strip().split("=", 1) for line in block.group(1).splitlines()
                if "=" in line) if block else {}


def is_acked(nagios, kind="servicestatus"):
    return status(nagios, kind).get("problem_has_been_acknowledged") == "1"


def state_of(pager, number=1):
    return pager.show(number)["state"]


def notes(pager, number=1):
    return [entry["text"] for entry in pager.show(number)["timeline"]
            if entry["actor"] == "nagios" and entry["event"] == "note"]


def an_ack_here_is_set_there_and_taken_back_there():
    with House(escalate=SLOW) as pager:
        nagios = set_up(pager)
        nagios.result(1, "WARNING - 420 of 500")
        wait_for("the incident", pager.incidents)
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("the ack in Nagios", lambda: is_acked(nagios))
        assert status(nagios)["acknowledgement_type"] == "1", "it would hide what is worse"
        wait_for("it in the timeline", lambda: "it is acknowledged there, too" in notes(pager))

        nagios.result(2, "CRITICAL - 512 of 500")
        wait_for("it to page again", lambda: state_of(pager) == "triggered")
        wait_for("the ack to be gone", lambda: not is_acked(nagios))
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("the ack in Nagios", lambda: is_acked(nagios))
        assert pager.act("cat", 1, "ack", {"take": True})[0] == 200
        wait_for("it in Cat's name", lambda: "author=Cat Test" in open(
            f"{nagios.root}/status.dat").read() and is_acked(nagios))
        assert pager.act("cat", 1, "unack")[0] == 200
        wait_for("the end of the ack in Nagios", lambda: not is_acked(nagios))

        nagios.host_result(1, "PING CRITICAL")
        wait_for("the host's incident", lambda: len(pager.incidents()) == 2)
        assert pager.act("bob", 2, "ack")[0] == 200
        wait_for("the host's ack in Nagios", lambda: is_acked(nagios, "hoststatus"))
        assert pager.act("bob", 1, "resolve")[0] == 200
        wait_for("the comment", lambda: "pagerd #1 was resolved by hand" in open(
            f"{nagios.root}/status.dat").read())
        nagios.host_result(0, "PING OK")
        nagios.result(0, "OK - 3 of 500")
        wait_for("the recoveries", lambda: not pager.incidents())


def an_ack_there_counts_here_and_does_not_go_back():
    with House(escalate=SLOW) as pager:
        nagios = set_up(pager)
        nagios.result(2, "CRITICAL - 512 of 500")
        wait_for("the incident", pager.incidents)
        nagios.command("ACKNOWLEDGE_SVC_PROBLEM;db01.example.org;PostgreSQL;2;1;1;bob;on it")
        wait_for("the ack here", lambda: state_of(pager) == "acknowledged")
        assert pager.show(1)["acknowledged_by"] == "bob"
        wait_for("the ack in status.dat", lambda: is_acked(nagios))
        assert "pagerd #1" not in open(f"{nagios.root}/status.dat").read()
        assert "feedback_told_total{" not in pager.get("/metrics")[1]
        assert pager.act("bob", 1, "unack")[0] == 200
        wait_for("the end of the ack in Nagios", lambda: not is_acked(nagios))


def an_ack_is_told_once_although_pagerd_is_started_anew():
    with House(escalate=SLOW) as pager:
        nagios = set_up(pager)
        nagios.result(2, "CRITICAL - 512 of 500")
        wait_for("the incident", pager.incidents)
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("the ack in Nagios", lambda: "it is acknowledged there, too" in notes(pager))
        pager.stop()
        pager.start()
        nagios.result(2, "CRITICAL - still", service="PostgreSQL")
        assert pager.act("bob", 1, "unack")[0] == 200
        wait_for("the end of the ack in Nagios", lambda: "it is no longer acknowledged there"
                 in notes(pager))
        sent = notes(pager)
        assert sent.count("it is acknowledged there, too") == 1, sent


def acks_arrive_although_both_were_away_in_between():
    with House(escalate=SLOW) as pager:
        nagios = set_up(pager)
        nagios.result(2, "CRITICAL - 512 of 500")
        wait_for("the incident", pager.incidents)
        nagios.process.stop()
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("it to be told as waiting", lambda: any("Nagios does not run" in note
                                                         for note in notes(pager)))
        pager.kill()
        pager.start()
        nagios.start()
        wait_for("the ack in Nagios", lambda: is_acked(nagios))
        nagios.process.stop()
        assert pager.act("bob", 1, "unack")[0] == 200
        pager.kill()
        nagios.start()
        wait_for("its state", lambda: is_acked(nagios))
        pager.start()
        wait_for("the end of the ack in Nagios", lambda: not is_acked(nagios))
        assert state_of(pager) == "triggered"


main(an_ack_here_is_set_there_and_taken_back_there, an_ack_there_counts_here_and_does_not_go_back,
     an_ack_is_told_once_although_pagerd_is_started_anew,
     acks_arrive_although_both_were_away_in_between)
