# SPDX-License-Identifier: MIT
"""What the real Prometheus says again and again, and what belongs together: held as one incident, by a
pagerd that is killed in the middle; in the end both sides agree."""
import os

from house import House, main, wait_for
from prometheus import agree, name_of, prometheus_of

LOADED = ("HighLoad", "critical")
LONG, TOO_LONG = ("Queue", "warning"), ("Queue", "critical")
GROUP = 'group: { by = [ "alertname", "instance" ] }'
FLAPPING = 'flapping: { more-than = 1, quiet = "1m" }'


def named(pager, name):
    """The incidents of that alert, open or over, the oldest first."""
    return sorted((one for one in pager.incidents("--all") if name_of(one)[0] == name),
                  key=lambda one: one["number"])


def states(pager, number):
    """{severity: state} of the alerts that are part of the incident."""
    return {one["severity"]: one["state"] for one in pager.show(number)["alerts"]}


def it_flaps(pager, prometheus):
    """The second time is once too often; its incident is the last one, acked by ann."""
    prometheus.say({LOADED}, LOAD=9)
    agree(pager, prometheus)
    prometheus.say(set(), LOAD=1)
    agree(pager, prometheus)
    prometheus.say({LOADED}, LOAD=9)
    number = agree(pager, prometheus)[LOADED]["number"]
    wait_for("its page", lambda: pager.pages(number, "ann"))
    assert pager.act("ann", number, "ack")[0] == 200
    pages = len(pager.pages(number))
    prometheus.say(set(), LOAD=1)
    wait_for("it to be held", lambda: "held" in states(pager, number).values())
    pager.kill()
    pager.start()
    assert pager.show(number)["state"] == "acknowledged", "held through a kill"
    prometheus.say({LOADED}, LOAD=9)
    wait_for("it to be back", lambda: "firing" in states(pager, number).values())
    prometheus.say(set(), LOAD=1)
    wait_for("it to be held again", lambda: "held" in states(pager, number).values())
    assert len(named(pager, "HighLoad")) == 2, "the first one, and what holds all the others"
    alarms = [page for page in pager.pages(number)[pages:] if page["kind"] == "alert"]
    assert not alarms, "whoever has it is not paged again"
    return number


def one_of_its_group_is_worse(pager, prometheus):
    prometheus.say({LONG}, QUEUE=50)
    number = wait_for("the incident", lambda: named(pager, "Queue"))[0]["number"]
    assert pager.act("ann", number, "ack")[0] == 200
    before = len(pager.pages(number, "ann"))
    pager.kill()
    pager.start()
    prometheus.say({LONG, TOO_LONG}, QUEUE=500)
    wait_for("it to be worse", lambda: pager.show(number)["severity"] == "critical")
    wait_for("a page though it is acked", lambda: len(pager.pages(number, "ann")) > before)
    assert states(pager, number) == {"warning": "firing", "critical": "firing"}
    assert pager.act("bob", number, "ack")[0] == 200
    prometheus.say({LONG}, QUEUE=50)
    wait_for("it to be better", lambda: pager.show(number)["severity"] == "warning")
    assert pager.show(number)["state"] == "acknowledged", "still bob's"
    prometheus.say(set(), QUEUE=1)
    wait_for("the end of all of it", lambda: pager.show(number)["state"] == "resolved")
    assert len(named(pager, "Queue")) == 1, "one from first to last"


def what_flaps_and_what_belongs_together_is_one_incident_each():
    with House(config=FLAPPING, group=GROUP).start() as pager:
        prometheus = prometheus_of(pager)
        one_of_its_group_is_worse(pager, prometheus)
        number = it_flaps(pager, prometheus)
        if os.environ.get("PAGERD_TESTS_LONG"):
            wait_for("a quiet minute", lambda: pager.show(number)["state"] == "resolved", 120)
            agree(pager, prometheus)
            assert pager.show(number)["resolved_by"] is None
        prometheus.close()


main(what_flaps_and_what_belongs_together_is_one_incident_each)
