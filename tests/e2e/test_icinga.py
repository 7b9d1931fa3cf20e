# SPDX-License-Identifier: MIT
"""The real Icinga 2 with the shipped objects, SMS through the real Kannel, mail into a sink."""
import os

from house import House, main, wait_for
from programs import Icinga, Kannel
from sinks import Mail


def set_up(pager, mail):
    kannel = Kannel(pager).start()
    config = open(pager.config).read().replace("inbox: { }", kannel.config() + mail.config())
    pager.write("pagerd.cfg", config)
    pager.start()
    key = pager.key("icinga")
    icinga = Icinga(pager, key)
    return kannel, icinga.start()


def a_critical_service_wakes_climbs_is_acked_and_its_recovery_resolves():
    mail = Mail()
    with House() as pager:
        kannel, icinga = set_up(pager, mail)
        icinga.result(2, "CRITICAL - 512 of 500 connections größer")
        text = kannel.wait("+4915550100001")[0][1]
        assert "CRIT" in text and "#1" in text and "postgres" in text, text
        letter = mail.wait("ann@example.org")[0]
        assert "[CRIT #1]" in letter["Subject"], letter["Subject"]
        kannel.wait("+4915550100002")
        assert pager.act("bob", 1, "ack")[0] == 200
        heard = len([1 for _, text in kannel.messages() if text.startswith("CRIT")])
        incident = pager.incidents()[0]
        assert incident["state"] == "acknowledged" and "größer" in str(incident), incident
        icinga.result(0, "OK - 3 of 500")
        wait_for("the resolve", lambda: not pager.incidents())
        assert pager.incidents("--all")[0]["state"] == "resolved"
        assert len([1 for _, text in kannel.messages() if text.startswith("CRIT")]) == heard, "silence"
    mail.close()


def what_icinga_says_while_pagerd_is_away_is_delivered_later_in_order():
    mail = Mail()
    with House(escalate='( { page = "primary", wait = "1h" } )') as pager:
        _, icinga = set_up(pager, mail)
        pager.stop()
        for status, output in ((2, "first"), (0, "fine"), (2, "second"), (1, "third")):
            icinga.result(status, output)
            spool = pager.path("spool-icinga")
            wait_for(f"'{output}' in the spool", lambda o=output: o in spooled(spool))
        pager.start()
        wait_for("the spool to be empty", lambda: not any(
            word in spooled(spool) for word in ("first", "fine", "second", "third")))
        first, second = sorted(pager.incidents("--all"), key=lambda i: i["number"])
        assert first["state"] == "resolved" and "first" in str(first), first
        assert second["state"] == "triggered" and second["severity"] == "warning", second
    mail.close()


def spooled(folder):
    found = ""
    for base, _, names in os.walk(folder):
        for name in names:
            try:
                with open(os.path.join(base, name), errors="replace") as file:
                    found += file.read()
            except FileNotFoundError:
                pass
    return found


main(a_critical_service_wakes_climbs_is_acked_and_its_recovery_resolves,
     what_icinga_says_while_pagerd_is_away_is_delivered_later_in_order)
