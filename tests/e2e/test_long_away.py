# SPDX-License-Identifier: MIT
"""The database is away for long: a flood of alerts, acks and resolves meanwhile, and then the merge. Nobody is
paged for what is over or acked, nobody is flooded, and all that was accepted is known.

With PAGERD_TESTS_LONG it is 50,000 alerts, each way."""
import contextlib
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from house import House, free_port, main, wait_for
from postgres import Postgres
from sinks import Gateway
from test_away import ANN, metric, mirrored, numbers
from test_nodes import SECRET, cluster, on_duty
from test_peers import Gate

LONG = bool(os.environ.get("PAGERD_TESTS_LONG"))
ALERTS = 50000 if LONG else 3000
BATCH = 100  # alerts in a request
SERVICES = 5  # that the flood comes of: a storm each
EACH = 3  # alerts of a service of their own, of each sort
SORTS = ("open", "acked", "over", "closed")
PAGES_MAX = 2 * SERVICES  # that anybody gets because of the merge: a storm pages once or twice
CALM = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'
LADDER = '( { page = "primary", wait = "1h" } )'
DEADLINE = 300 if LONG else 60  # for what grows with the number of alerts


@contextlib.contextmanager
def two(is_linked):
    """Two nodes, each with a way of its own to the database; the first is on duty."""
    with Postgres() as base, contextlib.ExitStack() as stack:
        gateway = Gateway()
        stack.callback(gateway.close)
        ports = [free_port(), free_port()]
        others = ", ".join(f'"127.0.0.1:{port}"' for port in ports)
        gates, nodes = [], []
        for name, port in zip("ab", ports):
            gates.append(Gate(base))
            stack.callback(gates[-1].close)
            link = f'; listen = "127.0.0.1:{port}"; peers = [ {others} ]' if is_linked else ""
            nodes.append(stack.enter_context(House(
                config=f'store = "postgres:{gates[-1].dsn}"\n'
                       f'node: {{ name = "{name}"; secret = "{SECRET}"{link} }}\n',
                channels=gateway.config(), escalate=LADDER, notify=CALM, group=None)))
            nodes[-1].start()
            wait_for("the first to be on duty", lambda: on_duty(nodes[0]) == "a")
        for one in nodes:
            wait_for("its mirror", lambda: (cluster(one).get("mirror") or {}).get("is_whole"))
        yield base, gates, nodes, gateway


def post(house, key, alerts):
    status, text, _ = house.request("POST", "/v1/alerts", alerts, {"Authorization": f"Bearer {key}"}, timeout=60)
    assert status == 202, (status, text[:300])


def tell(house, key, token, gateway):
    """All that is said to a node without the database; gives how long that took."""
    began = time.monotonic()
    special = [f"{sort}-{i}" for sort in SORTS for i in range(EACH)]
    post(house, key, [{"summary": f"{name} fails", "service": name, "dedup_key": name, "severity": "critical"}
                      for name in special])
    for first in range(0, ALERTS, BATCH):
        post(house, key, [{"summary": f"flood {i}", "service": f"flood{i % SERVICES}", "dedup_key": f"flood-{i}",
                           "severity": "critical"} for i in range(first, first + BATCH)])
    wait_for("each one to be paged", lambda: all(called(gateway, name) for name in special), DEADLINE)
    known = numbers(house)
    for i in range(EACH):
        for sort, action in (("acked", "ack"), ("closed", "resolve")):
            status, text, _ = house.request("POST", f"/v1/incidents/{known[f'{sort}-{i}']}/{action}", {},
                                            {"Authorization": f"Bearer {token}"})
            assert status == 200, (status, text)
    post(house, key, [{"service": f"over-{i}", "dedup_key": f"over-{i}", "action": "resolve"} for i in range(EACH)])
    return time.monotonic() - began


def called(gateway, words):
    return [one for one in gateway.taken(ANN) if f"{words} fails" in one["text"] and "Ack:" in one["text"]]


def judge(base, house, pages):
    """`pages`: that came because of the merge, or later."""
    texts = [one["text"] for one in pages if "Ack:" in one["text"]]
    wrong = [text for text in texts for sort in ("acked", "over", "closed") if f"{sort}-" in text]
    assert not wrong, wrong
    by_person = {to: len([one for one in pages if one["to"] == to]) for to in {one["to"] for one in pages}}
    assert max(by_person.values(), default=0) <= PAGES_MAX, (by_person, texts[:20])
    count = "select count(*), count(distinct dedup_key) from alert where dedup_key like 'flood-%'"
    assert base.sql(count) == f"{ALERTS}|{ALERTS}", base.sql(count)
    known = numbers(house)
    for i in range(EACH):
        assert house.show(known[f"acked-{i}"])["acknowledged_by"] == "ann"
        assert house.show(known[f"open-{i}"])["acknowledged_by"] is None
        assert not {f"over-{i}", f"closed-{i}"} & known.keys(), known
    assert metric(house, "ledger_imbalance") == metric(house, "checks_failed_total") == 0


def merged(way, go_away, come_back, is_linked=True):
    with two(is_linked) as (base, gates, nodes, gateway):
        first, second = nodes
        key, token = first.key(), first.token("ann")
        wait_for("the key", lambda: second.alert(key, "before", service="before", dedup_key="before")[0] == 202)
        gateway.wait(ANN, 1)
        mirrored(second)
        teller, mode = go_away(base, gates, first, second)
        wait_for("the database to be missed", lambda: metric(teller, "database_away") == mode)
        told_s = tell(teller, key, token, gateway)
        entries = metric(teller, "journal_entries")
        before, began = len(gateway.taken()), time.monotonic()
        come_back(base, gates)
        wait_for("the merge", lambda: metric(teller, "database_away") == 0 and
                 metric(teller, "journal_entries") == 0, DEADLINE)
        took_s = time.monotonic() - began
        duty = wait_for("somebody to be on duty", lambda: next(
            (one for one, name in zip(nodes, "ab") if one.process and on_duty(one) == name), None))
        post(duty, key, [{"summary": "after fails", "service": "after", "dedup_key": "after", "severity": "critical"}])
        wait_for("its page, behind all others", lambda: called(gateway, "after"))
        judge(base, duty, [one for one in gateway.taken()[before:] if "after fails" not in one["text"]])
        print(f"{way}: {ALERTS} alerts and {len(SORTS) * EACH} more, {entries} entries of the journal, told in "
              f"{told_s:.1f} s, merged {took_s:.1f} s after the database was back, "
              f"{len(gateway.taken()) - before - 1} messages because of it", flush=True)


def test_who_was_on_duty_has_it_written():
    def go_away(_, gates, first, __):
        for gate in gates:
            gate.cut()
        return first, 1
    merged("from memory", go_away, lambda _, gates: [gate.mend() for gate in gates])


def test_who_is_on_duty_is_handed_it():
    def go_away(_, gates, first, second):
        gates[0].cut()
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        return first, 1
    merged("to another node", go_away, lambda _, gates: gates[0].mend(), is_linked=False)


def test_who_went_on_from_its_mirror_steps_it_again():
    def go_away(_, gates, first, second):
        for gate in gates:
            gate.cut()
        first.kill()
        return second, 2
    merged("from a mirror", go_away, lambda _, gates: gates[1].mend())


TESTS = (test_who_was_on_duty_has_it_written, test_who_is_on_duty_is_handed_it,
         test_who_went_on_from_its_mirror_steps_it_again)


def test_all():
    """Side by side they wait together; of many alerts each would wait for the others' work."""
    with ThreadPoolExecutor(1 if LONG else len(TESTS)) as pool:
        for done in [pool.submit(test) for test in TESTS]:
            done.result()


if __name__ == "__main__":
    main(*(TESTS if len(sys.argv) > 1 else [test_all]))
