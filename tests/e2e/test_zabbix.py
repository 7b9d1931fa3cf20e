# SPDX-License-Identifier: MIT
"""The real Zabbix: its own PagerDuty and Opsgenie media types pointed at pagerd, and ours."""
from house import House, main, wait_for
from zabbix import HOST, Zabbix

NAMES = ("own", "pagerduty", "opsgenie")
ACK_AND_MESSAGE, SEVERITY = 6, 8


def open_by_name(pager):
    return {incident["integration"]: incident for incident in pager.incidents()}


def expect(what, pager, zabbix, condition):
    """Waits, and tells both sides when it was in vain: Zabbix sends when it likes."""
    try:
        return wait_for(what, condition, 120)
    except AssertionError:
        for incident in pager.incidents("--all"):
            print(incident["integration"], incident["state"], texts(pager, incident))
        print(zabbix.alerts())
        raise


def all_three(pager):
    found = open_by_name(pager)
    return found if len(found) == len(NAMES) else None


def texts(pager, incident):
    return [entry["text"] for entry in pager.show(incident["number"])["timeline"]]


def check_fired(found, event):
    for name, incident in found.items():
        assert incident["severity"] == "error", (name, incident)
        assert f"connections high on {HOST} größer \"q\"" in incident["summary"], (name, incident)
    assert found["own"]["dedup_key"] == f"zabbix/{event}", found
    assert found["own"]["labels"] == {"host": HOST, "service": "postgres", "team": "dba"}, found
    assert found["own"]["runbook"] == "https://wiki.example.org/postgres", found
    assert f"eventid={event}" in found["own"]["link"], found
    assert found["pagerduty"]["dedup_key"] == found["opsgenie"]["dedup_key"] == event, found


def a_problem_fires_is_acked_worsens_and_ends_by_all_three_media_types():
    with House().start() as pager:
        keys = {name: pager.key(name) for name in NAMES}
        zabbix = Zabbix(pager).start()
        zabbix.set_up(keys, has_updates=True)
        event = zabbix.send_until_problem(512)
        expect("the problem", pager, zabbix, lambda: all_three(pager))
        check_fired(open_by_name(pager), event)

        zabbix.update("ann", event, action=ACK_AND_MESSAGE, message="mine")
        expect("the acks", pager, zabbix, lambda: all(
            open_by_name(pager)[name]["acknowledged_by"] == "ann" for name in ("own", "opsgenie")))
        found = open_by_name(pager)["pagerduty"]
        expect("PagerDuty's, which names nobody", pager, zabbix, lambda: any(
            "names nobody" in text for text in texts(pager, found)))
        assert open_by_name(pager)["pagerduty"]["state"] == "triggered", "no ack by nobody"

        zabbix.update("ann", event, action=SEVERITY, severity=5)
        expect("the new severity", pager, zabbix,
               lambda: open_by_name(pager)["own"]["severity"] == "critical")

        assert zabbix.send(12)
        expect("the end of all three", pager, zabbix, lambda: not pager.incidents())
        assert all(i["resolved_by"] is None for i in pager.incidents("--all"))
        assert "|2|" not in zabbix.alerts(), "Zabbix calls a message failed: " + zabbix.alerts()

        # pagerd is away when the next one comes, and Zabbix tries again.
        pager.stop()
        zabbix.send_until_problem(600)
        wait_for("Zabbix to try in vain", lambda: "t connect to server" in zabbix.server.output())
        pager.start()
        expect("the problem after the outage", pager, zabbix, lambda: all_three(pager))
        assert zabbix.send(12)
        expect("its end", pager, zabbix, lambda: not pager.incidents())


main(a_problem_fires_is_acked_worsens_and_ends_by_all_three_media_types)
