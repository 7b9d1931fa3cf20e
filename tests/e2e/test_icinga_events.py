# SPDX-License-Identifier: MIT
"""The event stream of the real Icinga 2, without any notification set up there: problems, acks and
downtimes, and what happened while nobody listened."""
from house import House, main, wait_for
from programs import Icinga

SLOW = '( { page = "primary", wait = "1h" } )'  # nobody is paged a second time by waiting
SERVICE = "db01.example.org!postgres"


def set_up(pager):
    pager.start()
    icinga = Icinga(pager, pager.key("icinga"), notifies=False).start()
    icinga.result(0, "OK", service="disk")  # a first result is a hard one
    config = open(pager.config).read()
    pager.write("pagerd.cfg", config + icinga.config(", events = true"))
    assert pager.pagectl("config", "reload").returncode == 0
    wait_for("pagerd to listen", lambda: is_heard(pager))
    return icinga


def is_heard(pager):
    return 'pagerd_icinga_events_heard{integration="icinga"} 1' in pager.get("/metrics")[1]


def is_acked(icinga):
    return icinga.state()["acknowledgement"] != 0


def opened(pager):
    """{object: state} of the open incidents."""
    return {incident["dedup_key"].removeprefix("icinga2/db01.example.org"): incident["state"]
            for incident in pager.incidents()}


def notes(pager, number=1):
    return [entry["text"] for entry in pager.show(number)["timeline"] if entry["event"] == "note"]


def act(icinga, action, **body):
    return icinga.call(f"/v1/actions/{action}?service={SERVICE}", body)


def problems_and_acks_are_the_same_on_both_sides():
    with House(escalate=SLOW) as pager:
        icinga = set_up(pager)
        icinga.result(1, "WARNING - 420 of 500")
        wait_for("the incident", lambda: opened(pager) == {"!postgres": "triggered"})
        assert "420 of 500" in pager.incidents()[0]["summary"]
        icinga.result(2, "soft", service="disk")

        act(icinga, "acknowledge-problem", author="bob", comment="on it", notify=False)
        wait_for("the ack here", lambda: opened(pager) == {"!postgres": "acknowledged"})
        assert pager.show(1)["acknowledged_by"] == "bob"
        act(icinga, "remove-acknowledgement")
        wait_for("it to page again", lambda: opened(pager) == {"!postgres": "triggered"})

        assert pager.act("cat", 1, "ack")[0] == 200
        wait_for("the ack there", lambda: is_acked(icinga))
        entries = pager.show(1)["timeline"]
        assert not [entry for entry in entries if "keeps it" in entry["text"]], entries

        # Worse under a sticky ack, of which Icinga tells nobody but by its events.
        icinga.result(2, "CRITICAL - 512 of 500")
        wait_for("it to page again", lambda: opened(pager) == {"!postgres": "triggered"})
        assert pager.show(1)["severity"] == "critical"
        wait_for("the end of the ack there", lambda: not is_acked(icinga))

        act(icinga, "acknowledge-problem", author="icingaadmin", comment="x", notify=False)
        wait_for("the note", lambda: any("is nobody here" in note for note in notes(pager)))
        act(icinga, "remove-acknowledgement")
        icinga.result(0, "OK - 3 of 500")
        wait_for("the recovery", lambda: not opened(pager))
        assert len(pager.incidents("--all")) == 1, "soft states are none"


def an_ack_undone_here_is_not_set_again_by_its_late_echo():
    with House(escalate=SLOW) as pager:
        icinga = set_up(pager)
        icinga.result(2, "CRITICAL - 512 of 500")
        wait_for("the incident", lambda: opened(pager) == {"!postgres": "triggered"})
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("the ack there", lambda: is_acked(icinga))
        assert pager.act("bob", 1, "unack")[0] == 200
        wait_for("its end there", lambda: not is_acked(icinga))
        for _ in range(2):
            icinga.result(2, "CRITICAL", service="disk")
        wait_for("what was said later", lambda: "!disk" in opened(pager))
        acks = [entry for entry in pager.show(1)["timeline"] if entry["event"] == "acknowledged"]
        assert len(acks) == 1 and opened(pager)["!postgres"] == "triggered", acks


def what_happened_while_nobody_listened_is_read():
    with House(escalate=SLOW) as pager:
        icinga = set_up(pager)
        icinga.result(2, "CRITICAL - before")
        wait_for("the incident", lambda: opened(pager) == {"!postgres": "triggered"})
        pager.kill()
        icinga.result(0, "OK - meanwhile")
        for _ in range(2):
            icinga.result(2, "CRITICAL - meanwhile", service="disk")
        pager.start()
        wait_for("both to be known", lambda: opened(pager) == {"!disk": "triggered"})
        assert pager.act("bob", 2, "ack")[0] == 200
        wait_for("the ack there", lambda: icinga.state("db01.example.org!disk")["acknowledgement"])

        icinga.stop()
        wait_for("it to be seen", lambda: not is_heard(pager))
        icinga.run()
        wait_for("pagerd to listen again", lambda: is_heard(pager))
        assert opened(pager) == {"!disk": "acknowledged"}
        assert icinga.state("db01.example.org!disk")["acknowledgement"]
        icinga.result(2, "CRITICAL - after", service="postgres")
        wait_for("what comes then", lambda: opened(pager) == {
            "!disk": "acknowledged", "!postgres": "triggered"})
        for service in ("disk", "postgres"):
            icinga.result(0, "OK", service=service)
        wait_for("the recoveries", lambda: not opened(pager))


def downtimes_and_hosts_that_are_down_are_silent_and_what_is_left_pages():
    with House(escalate=SLOW) as pager:
        icinga = set_up(pager)
        now = int(icinga.state()["last_check"])
        act(icinga, "schedule-downtime", author="cat", comment="vacuum", start_time=now - 5,
            end_time=now + 3600, fixed=True)
        wait_for("the downtime", lambda: icinga.state()["downtime_depth"] == 1)
        icinga.result(2, "CRITICAL - in the downtime")
        icinga.host_result(1, "PING CRITICAL")
        wait_for("the host", lambda: opened(pager) == {"": "triggered"})
        for _ in range(2):
            icinga.result(2, "CRITICAL - of a host that is down", service="disk")
        act(icinga, "remove-downtime")
        wait_for("the downtime to be over", lambda: icinga.state()["downtime_depth"] == 0)
        icinga.host_result(0, "PING OK")
        wait_for("what is left", lambda: opened(pager) == {
            "!postgres": "triggered", "!disk": "triggered"})
        assert len(pager.incidents("--all")) == 3


main(problems_and_acks_are_the_same_on_both_sides,
     an_ack_undone_here_is_not_set_again_by_its_late_echo, what_happened_while_nobody_listened_is_read,
     downtimes_and_hosts_that_are_down_are_silent_and_what_is_left_pages)
