# SPDX-License-Identifier: MIT
"""The whole life of problems of the real Zabbix by its three media types: acked here, worse and
better there, in maintenance, closed by hand, recovered, whichever side was down in the middle."""
from house import House, main, wait_for
from zabbix import Zabbix

NAMES = ("own", "pagerduty", "opsgenie")
CLOSE, SEVERITY = 1, 8
AVERAGE, DISASTER = 3, 5


def open_by_name(pager):
    return {incident["integration"]: incident for incident in pager.incidents()}


def expect(what, pager, zabbix, condition):
    """Waits, and tells both sides when it was in vain."""
    try:
        return wait_for(what, condition, 120)
    except AssertionError:
        for one in pager.incidents("--all"):
            print(one["integration"], one["state"], [
                entry["text"] for entry in pager.show(one["number"])["timeline"]])
        print(zabbix.problems(), zabbix.alerts(), sep="\n")
        raise


def all_three(pager, zabbix):
    return expect("the problem by all three", pager, zabbix,
                  lambda: len(open_by_name(pager)) == len(NAMES) and open_by_name(pager))


def none_left(pager, zabbix):
    expect("both sides to be clear", pager, zabbix,
           lambda: not zabbix.problems() and not pager.incidents())


def tries_in_vain(zabbix):
    """Waits until the server has told nobody once more."""
    words = "t connect to server"
    before = zabbix.server.output().count(words)
    wait_for("Zabbix to try in vain", lambda: zabbix.server.output().count(words) > before, 120)


def it_is_acked_here_worsens_softens_and_is_closed_there(pager, zabbix):
    event = zabbix.send_until_problem(512)
    found = all_three(pager, zabbix)
    for incident in found.values():
        assert pager.act("bob", incident["number"], "ack")[0] == 200

    # Both die and come back: nothing is new, and it is still bob's.
    zabbix.server.stop()
    pager.kill()
    pager.start()
    zabbix.start_server()
    assert all(one["acknowledged_by"] == "bob" for one in open_by_name(pager).values())

    number = found["own"]["number"]
    pages = len(pager.pages(number))
    zabbix.update("ann", event, action=SEVERITY, severity=DISASTER)
    expect("it to be worse", pager, zabbix,
           lambda: open_by_name(pager)["own"]["severity"] == "critical")
    expect("a page though it is acked", pager, zabbix, lambda: len(pager.pages(number)) > pages)
    zabbix.update("ann", event, action=SEVERITY, severity=AVERAGE)
    expect("it to be less", pager, zabbix,
           lambda: open_by_name(pager)["own"]["severity"] == "warning")

    pager.stop()
    zabbix.update("ann", event, action=CLOSE)
    tries_in_vain(zabbix)
    wait_for("it to be closed there", lambda: not zabbix.problems())
    pager.start()
    none_left(pager, zabbix)
    assert {one["number"] for one in pager.incidents("--all")} == {
        one["number"] for one in found.values()}, "the same from first to last"
    assert zabbix.send(12)


def a_recovery_waits_until_its_problem_has_been_told(pager, zabbix):
    pager.stop()
    zabbix.send_until_problem(700)
    tries_in_vain(zabbix)
    pager.start()
    before = len(pager.incidents("--all"))
    # It is over before the problem is told once more.
    assert zabbix.send(12)
    expect("the problem and its end", pager, zabbix, lambda: len(
        pager.incidents("--all")) == before + len(NAMES) and not pager.incidents())


def what_begins_in_maintenance_comes_at_its_end_and_recoveries_pass(pager, zabbix):
    work = zabbix.maintain()
    zabbix.send_until_problem(600)
    expect("Zabbix to hold it back", pager, zabbix, zabbix.is_paused)
    assert not pager.incidents()
    zabbix.end_maintenance(work)
    zabbix.hurry()
    all_three(pager, zabbix)
    work = zabbix.maintain()
    assert zabbix.send(12)
    none_left(pager, zabbix)
    zabbix.end_maintenance(work)


def what_will_never_recover_is_over(pager, zabbix):
    zabbix.send_until_problem(800)
    all_three(pager, zabbix)
    zabbix.disable()
    zabbix.hurry()
    expect("the end by our own media type", pager, zabbix, lambda: "own" not in open_by_name(pager))
    assert set(open_by_name(pager)) == {"pagerduty", "opsgenie"}, "these cannot say so"


def real_life_by_all_three_media_types():
    with House().start() as pager:
        zabbix = Zabbix(pager).start()
        zabbix.set_up({name: pager.key(name) for name in NAMES}, attempt_interval="5s")
        it_is_acked_here_worsens_softens_and_is_closed_there(pager, zabbix)
        a_recovery_waits_until_its_problem_has_been_told(pager, zabbix)
        what_begins_in_maintenance_comes_at_its_end_and_recoveries_pass(pager, zabbix)
        what_will_never_recover_is_over(pager, zabbix)


if __name__ == "__main__":
    main(real_life_by_all_three_media_types)
