# SPDX-License-Identifier: MIT
"""What the real Prometheus sends while pagerd is slow or away, and by its older API: both sides agree
in the end."""
import time

from house import House, main, wait_for
from prometheus import Recorder, agree, name_of, prometheus_of, shipped_alerting

LOADED, FULL = ("HighLoad", "critical"), ("DiskFull", "warning")


def one_body_that_holds_both_states_of_an_alert_ends_it():
    with House().start() as pager:
        recorder = Recorder(pager)
        alerting = shipped_alerting(pager, pager.key("prometheus")).replace(
            f"127.0.0.1:{pager.port}", f"127.0.0.1:{recorder.port}").replace(
                "- static_configs:", "- timeout: 60s\n      static_configs:")
        prometheus = prometheus_of(pager, alerting, resend="15s")
        recorder.go.clear()
        prometheus.say({LOADED}, LOAD=9)
        wait_for("the body that is held up", lambda: recorder.bodies)
        # Meanwhile another one begins and is over: Prometheus collects.
        prometheus.say({LOADED, FULL}, DISK=0.95)
        prometheus.say({LOADED}, DISK=0.1)
        recorder.go.set()
        both = wait_for("a body with both states", lambda: [body for body in recorder.bodies if len(
            {one["endsAt"] for one in body if one["labels"]["alertname"] == "DiskFull"}) > 1])[0]
        states = [one["endsAt"] for one in both if one["labels"]["alertname"] == "DiskFull"]
        assert states[0] > states[-1], f"firing, then over: {both}"
        agree(pager, prometheus)
        full = [one for one in pager.incidents("--all") if name_of(one) == FULL]
        assert len(full) == 1 and full[0]["state"] == "resolved", full
        prometheus.say(set(), LOAD=1)
        agree(pager, prometheus)
        prometheus.close()
        recorder.close()


def an_outage_longer_than_an_alert_lasts_ends_nothing_that_still_fires():
    with House().start() as pager:
        prometheus = prometheus_of(pager)
        prometheus.say({LOADED, FULL}, LOAD=9, DISK=0.95)
        numbers = sorted(one["number"] for one in agree(pager, prometheus).values())
        pager.kill()
        killed_at = time.monotonic()
        # Each was said to last for 4 seconds.
        wait_for("what was said to be out of date", lambda: time.monotonic() > killed_at + 6)
        pager.start()
        seen = pager.show(numbers[0])["occurrences"]
        wait_for("both to be said again", lambda: pager.show(numbers[0])["occurrences"] > seen + 2)
        assert sorted(one["number"] for one in pager.incidents()) == numbers
        for number in numbers:
            events = [entry["event"] for entry in pager.show(number)["timeline"]]
            assert "expired" not in events and "resolved" not in events, events
        prometheus.close()


def the_older_version_of_its_api_does_as_well():
    with House().start() as pager:
        alerting = shipped_alerting(pager, pager.key("prometheus")).replace(
            "- static_configs:", "- api_version: v1\n      static_configs:")
        prometheus = prometheus_of(pager, alerting)
        prometheus.say({LOADED}, LOAD=9)
        agree(pager, prometheus)
        prometheus.say(set(), LOAD=1)
        agree(pager, prometheus)
        assert len(pager.incidents("--all")) == 1
        prometheus.close()


main(one_body_that_holds_both_states_of_an_alert_ends_it,
     an_outage_longer_than_an_alert_lasts_ends_nothing_that_still_fires,
     the_older_version_of_its_api_does_as_well)
