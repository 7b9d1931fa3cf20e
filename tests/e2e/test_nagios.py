# SPDX-License-Identifier: MIT
"""The real Nagios 4 with the shipped commands, SMS through the real Kannel."""
from house import House, main, wait_for
from programs import Kannel, Nagios


def a_critical_service_wakes_climbs_is_acked_and_its_recovery_resolves():
    with House() as pager:
        kannel = Kannel(pager).start()
        config = open(pager.config).read().replace("inbox: { }", kannel.config())
        pager.write("pagerd.cfg", config)
        pager.start()
        nagios = Nagios(pager, pager.key("nagios"))
        nagios.start()
        nagios.result(2, "CRITICAL - 512 of 500 connections")
        text = kannel.wait("+4915550100001")[0][1]
        assert "CRIT" in text and "#1" in text and "PostgreSQL" in text, text
        kannel.wait("+4915550100002")
        assert pager.act("bob", 1, "ack")[0] == 200
        nagios.result(0, "OK - 3 of 500")
        wait_for("the resolve", lambda: not pager.incidents())
        incident = pager.incidents("--all")[0]
        assert (incident["state"], incident["integration"]) == ("resolved", "nagios"), incident


main(a_critical_service_wakes_climbs_is_acked_and_its_recovery_resolves)
