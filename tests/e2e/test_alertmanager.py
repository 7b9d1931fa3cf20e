# SPDX-License-Identifier: MIT
"""The real Alertmanager, by its webhook and by its own PagerDuty client; SMS by the real Kannel."""
from house import House, main, wait_for
from programs import Kannel
from prometheus import Alertmanager, shipped_receiver, shipped_webhook


def webhook(pager, key):
    return {"config": shipped_webhook(pager, key)}


def pagerduty(pager, key):
    return {"receiver": shipped_receiver(pager, key, "pagerduty.yml")}


def opsgenie(pager, key):
    return {"receiver": shipped_receiver(pager, key, "opsgenie.yml")}


def fire_climb_ack_resolve(receiver, name):
    pager = House()
    with pager:
        kannel = Kannel(pager).start()
        config = open(pager.config).read().replace("inbox: { }", kannel.config())
        pager.write("pagerd.cfg", config)
        pager.start()
        key = pager.key("alertmanager")
        manager = Alertmanager(pager, **receiver(pager, key)).start()
        manager.post(name, instance="db1:9100", service="postgres")
        first = kannel.wait("+4915550100001")[0][1]
        assert "CRIT" in first and name in first, first
        kannel.wait("+4915550100002")
        assert pager.act("bob", 1, "ack")[0] == 200
        incident = pager.incidents()[0]
        assert incident["acknowledged_by"] == "bob", incident
        assert incident["integration"] == "alertmanager", incident
        heard = len(kannel.messages())
        manager.post(name, ends_in=-1, instance="db1:9100", service="postgres")
        wait_for("the resolve", lambda: not pager.incidents())
        assert pager.incidents("--all")[0]["resolved_by"] is None, "resolved by its source"
        assert all(not text.startswith("CRIT") for _, text in kannel.messages()[heard:])


def an_alert_by_webhook_pages_by_kannel_climbs_is_acked_and_ends_with_its_source():
    fire_climb_ack_resolve(webhook, "DiskFull")


def alertmanagers_own_pagerduty_client_pointed_at_pagerd_does_the_same():
    fire_climb_ack_resolve(pagerduty, "HighLoad")


def alertmanagers_own_opsgenie_client_pointed_at_pagerd_does_the_same():
    fire_climb_ack_resolve(opsgenie, "HighLatency")


main(an_alert_by_webhook_pages_by_kannel_climbs_is_acked_and_ends_with_its_source,
     alertmanagers_own_pagerduty_client_pointed_at_pagerd_does_the_same,
     alertmanagers_own_opsgenie_client_pointed_at_pagerd_does_the_same)
