# SPDX-License-Identifier: MIT
"""The whole life of alerts of the real Alertmanager, by its webhook and by its PagerDuty and Opsgenie
clients side by side: both sides are asked, and agree in the end, whatever was down in the middle."""
import re

from house import House, main, wait_for
from prometheus import Alertmanager, agree, chain, shipped_receiver, shipped_webhook

LOADED, FULL = ("HighLoad", "critical"), ("DiskFull", "warning")
WAYS = ("webhook", "pagerduty", "opsgenie")
ROUTES = """
route:
  receiver: webhook
  group_by: ['alertname']
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
  routes: [{ receiver: webhook, continue: true }, { receiver: pagerduty, continue: true },
           { receiver: opsgenie, continue: true }]
receivers:
"""


def three_ways(pager):
    """One Alertmanager with the three receivers that are shipped, each with a key of its own."""
    receivers = shipped_webhook(pager, pager.key("webhook")).split("receivers:\n")[1].replace(
        "name: pagerd", "name: webhook")
    for way in WAYS[1:]:
        receivers += shipped_receiver(pager, pager.key(way), f"{way}.yml").replace(
            "name: pagerd", f"name: {way}")
    return Alertmanager(pager, config=ROUTES + receivers).start()


def open_by_way(pager):
    found = {way: [] for way in WAYS}
    for incident in pager.incidents():
        found[incident["integration"]].append(incident)
    return found


def each_has(pager, count):
    """Waits until each way has so many open incidents; the last of each."""
    found = wait_for(f"{count} open by each way", lambda: all(
        len(those) == count for those in open_by_way(pager).values()) and open_by_way(pager))
    return {way: those[-1] for way, those in found.items()}


def refused(manager):
    """Waits until each receiver was refused once."""
    def is_refused(way):
        return re.search(rf"receiver={way} .*connection refused", manager.process.output())
    wait_for("Alertmanager to be refused by all ways", lambda: all(map(is_refused, WAYS)))


def worsens(pager, manager):
    """The label is what is worse, so it is another alert there, of the same group."""
    found = each_has(pager, 1)
    for incident in found.values():
        assert incident["severity"] == "warning", incident
        assert pager.act("ann", incident["number"], "ack")[0] == 200
    pager.kill()
    manager.post_all([{"name": "Slow", "severity": "warning", "ends_in": -1}, {"name": "Slow"}])
    refused(manager)
    pager.start()
    worse = wait_for("all to be worse", lambda: all(
        one["severity"] != "warning" for one in each_has(pager, 1).values()) and each_has(pager, 1))
    assert worse["webhook"]["severity"] == "critical", worse
    assert worse["webhook"]["number"] != found["webhook"]["number"]
    for way, incident in worse.items():
        assert incident["state"] == "triggered", (way, "an ack of a warning is none of worse")
        wait_for(f"the page by {way}", lambda: pager.pages(incident["number"], "ann"))
        assert pager.act("bob", incident["number"], "ack")[0] == 200
    for way in WAYS[1:]:
        assert worse[way]["number"] == found[way]["number"], "an incident is a group there"


def it_fires_is_acked_worsens_softens_and_ends_by_all_three_ways():
    with House().start() as pager:
        manager = three_ways(pager)
        manager.post("Slow", severity="warning")
        worsens(pager, manager)
        # It softens, and that is over too while nobody is at home: the recovery is told again.
        manager.post_all([{"name": "Slow", "ends_in": -1}, {"name": "Slow", "severity": "warning"}])
        wait_for("the webhook's to soften",
                 lambda: each_has(pager, 1)["webhook"]["severity"] == "warning")
        pager.stop()
        before = len(manager.process.output())
        manager.post("Slow", severity="warning", ends_in=-1)
        wait_for("Alertmanager to be refused",
                 lambda: manager.process.output()[before:].count("connection refused") >= 3)
        assert manager.alerts() == set()
        pager.start()
        each_has_none(pager)
        assert all(one["resolved_by"] is None for one in pager.incidents("--all")), "by its source"
        assert len(pager.incidents("--all")) == 5, "three alerts and two groups"


def each_has_none(pager):
    wait_for("the end of all", lambda: not pager.incidents())


def a_silence_there_holds_back_what_is_new_and_hides_the_end_of_what_is_open():
    with House().start() as pager:
        manager = Alertmanager(pager, config=shipped_webhook(pager, pager.key("am"))).start()

        def is_open(name):
            return [one for one in pager.incidents() if one["labels"]["alertname"] == name]

        silence = manager.silence("Disk")
        manager.post("Disk")
        manager.post("Load")
        wait_for("the one that is not silenced", lambda: is_open("Load"))
        assert not is_open("Disk") and manager.alerts() == {("Load", "critical")}
        manager.unsilence(silence)
        number = wait_for("what still fires when the silence ends", lambda: is_open("Disk"))[0][
            "number"]

        # What docs/integrations/alertmanager.md warns of: nobody is told of an end in silence.
        manager.silence("Disk")
        manager.post("Disk", ends_in=-1)
        manager.post("Load", ends_in=-1)
        wait_for("the end of the other one", lambda: not is_open("Load"))
        assert manager.alerts() == set() and is_open("Disk")[0]["number"] == number
        assert pager.act("ann", number, "resolve")[0] == 200


def what_is_left_out_of_a_message_is_an_incident_that_says_so():
    with House().start() as pager:
        config = shipped_webhook(pager, pager.key("am")).replace(
            "send_resolved: true", "send_resolved: true\n        max_alerts: 2")
        manager = Alertmanager(pager, config=config).start()
        hosts = [f"db{i}" for i in range(5)]
        manager.post_all([{"name": "Disk", "instance": host} for host in hosts])
        wait_for("two and what says that there are more", lambda: len(pager.incidents()) == 3)
        rest = [one for one in pager.incidents() if one["dedup_key"].startswith("truncated/")]
        assert len(rest) == 1 and "left 3 alerts out" in rest[0]["summary"], pager.incidents()
        assert "max_alerts" in pager.show(rest[0]["number"])["details"]
        wait_for("its page", lambda: pager.pages(rest[0]["number"], "ann"))
        # The message may then say "resolved" of the two that it shows, while a third fires.
        shown = [one["source"] for one in pager.incidents() if one["number"] != rest[0]["number"]]
        manager.post_all([{"name": "Disk", "instance": host, "ends_in": -1} for host in shown])
        wait_for("what it counts then", lambda: pager.show(rest[0]["number"])["occurrences"] > 1)
        assert pager.show(rest[0]["number"])["state"] != "resolved", "by nothing but a person"


def without_send_resolved_a_person_ends_it():
    with House().start() as pager:
        config = shipped_webhook(pager, pager.key("am")).replace("send_resolved: true",
                                                                "send_resolved: false")
        manager = Alertmanager(pager, config=config).start()
        manager.post("Disk")
        wait_for("the alert", pager.incidents)
        manager.post("Disk", ends_in=-1)
        wait_for("its end there", lambda: not manager.alerts())
        manager.post("Load")
        wait_for("the next one", lambda: len(pager.incidents()) == 2)
        assert [one["state"] for one in pager.incidents()] == ["triggered"] * 2
        assert pager.act("ann", 1, "resolve")[0] == 200


def behind_prometheus_it_may_be_stopped_and_killed_in_the_middle():
    with House().start() as pager:
        manager, prometheus = chain(pager)
        prometheus.say({LOADED, FULL}, LOAD=9, DISK=0.95)
        agree(pager, manager, prometheus)
        numbers = sorted(one["number"] for one in pager.incidents())
        manager.kill()  # forgets whom it has told
        manager.start()
        wait_for("it to be told again", lambda: pager.show(numbers[0])["occurrences"] > 1)
        agree(pager, manager, prometheus)
        assert sorted(one["number"] for one in pager.incidents()) == numbers
        manager.stop()
        prometheus.say({FULL}, LOAD=1)
        manager.start()
        agree(pager, manager, prometheus)
        pager.kill()
        prometheus.say(set(), DISK=0.1)
        wait_for("Alertmanager to be refused",
                 lambda: "connection refused" in manager.process.output())
        pager.start()
        agree(pager, manager, prometheus)
        assert len(pager.incidents("--all")) == 2
        prometheus.close()


main(it_fires_is_acked_worsens_softens_and_ends_by_all_three_ways,
     a_silence_there_holds_back_what_is_new_and_hides_the_end_of_what_is_open,
     what_is_left_out_of_a_message_is_an_incident_that_says_so,
     without_send_resolved_a_person_ends_it,
     behind_prometheus_it_may_be_stopped_and_killed_in_the_middle)
