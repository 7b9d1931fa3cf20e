# SPDX-License-Identifier: MIT
"""The database that several nodes share is away: alerts and acks are taken, and pages go out."""
import contextlib
import json
import os
import shutil
import sqlite3
import time
import uuid

from house import House, free_port, main, wait_for
from postgres import Postgres
from sinks import Gateway
from test_nodes import SECRET, cluster, on_duty, several
from test_peers import Gate

ANN = "+4915550100001"
BOB = "+4915550100002"
STEPS = ('( { page = "primary", wait = "4s" }, { page = "secondary", wait = "4s" }, '
         '{ page = "everyone", wait = "30s", repeat = 3 } )')


@contextlib.contextmanager
def gated(*names, is_linked=False, channels=None):
    """Nodes, each with a way of its own to the database, which can be cut."""
    with Postgres() as base, contextlib.ExitStack() as stack:
        gateway = Gateway()
        stack.callback(gateway.close)
        ports = [free_port() for _ in names]
        others = ", ".join(f'"127.0.0.1:{port}"' for port in ports)
        gates, nodes = [], []
        for name, port in zip(names, ports):
            gates.append(Gate(base))
            stack.callback(gates[-1].close)
            link = f'listen = "127.0.0.1:{port}"; peers = [ {others} ]; ' if is_linked else ""
            config = (f'store = "postgres:{gates[-1].dsn}"\n'
                      f'node: {{ name = "{name}"; secret = "{SECRET}"; {link}}}\n')
            nodes.append(stack.enter_context(
                House(config=config, channels=channels or gateway.config(), escalate=STEPS)))
        for one in nodes:
            one.start()
            wait_for("the first to be on duty", lambda: on_duty(nodes[0]) == names[0])
        for one in nodes:
            wait_for("its mirror", lambda: (cluster(one).get("mirror") or {}).get("is_whole"))
        yield gateway, gates, nodes


def metric(house, name):
    """None while the node begins anew: for a moment it does not listen, or has not all to tell yet."""
    try:
        lines = house.get("/metrics")[1].splitlines()
    except OSError:
        return None
    for line in lines:
        if line.split(" ")[0] == "pagerd_" + name:
            return int(line.split(" ")[1])
    return None


def told_of(gateway, words):
    return [m for m in gateway.taken(ANN) if words in m["text"]]


def numbers(house):
    return {one["dedup_key"]: one["number"] for one in house.incidents()}


def entries(house, number):
    return [one["event"] for one in house.show(number)["timeline"]]


def test_who_is_on_duty_goes_on():
    with several("a") as (base, gateway, (only,)):
        key = only.key()
        assert only.alert(key, "before", service="s0", dedup_key="before")[0] == 202
        gateway.wait(ANN, 1)
        base.kill()
        # The one that finds it out may be refused; who sends it says it again.
        wait_for("alerts to be taken", lambda: only.alert(
            key, "db1: disk full", service="s1", dedup_key="disk")[0] == 202)
        gateway.wait(ANN, 2)
        assert metric(only, "database_away") == 1
        told = only.pagectl("cluster")
        assert told.returncode == 7 and "gone on without the database" in told.stdout, told.stdout
        assert only.get("/readyz")[0] == 200
        for number in range(10):
            assert only.alert(key, f"more {number}", service=f"m{number}",
                              dedup_key=f"more{number}")[0] == 202
        before, disk = numbers(only)["before"], numbers(only)["disk"]
        assert disk >= before + 900, "numbers that another node may give out"
        assert only.pagectl("ack", str(before)).returncode == 0
        assert only.pagectl("ack", str(disk)).returncode == 0
        # What would be lost if another node had gone on is refused.
        refused = only.pagectl("key", "add", "other", "--team", "ops")
        assert refused.returncode != 0 and "away" in refused.stderr, refused.stderr
        gateway.wait(BOB, 1)
        wait_for("the admins to be told", lambda: told_of(gateway, "database has been away"))
        base.start()
        wait_for("the database to have all", lambda: metric(only, "database_away") == 0)
        assert metric(only, "journal_entries") == 0
        wait_for("them to be told of its end", lambda: told_of(gateway, "database is back"))
        assert only.show(disk)["acknowledged_by"] == "ann"
        assert "away" in entries(only, disk), entries(only, disk)
        # Once each: on a slow machine the second one was asked before the ack came.
        paged = [page["user"] for page in only.show(disk)["pages"] if page["kind"] == "alert"]
        assert sorted(paged) in (["ann"], ["ann", "bob"]), paged
        # And it is in the database, not in memory alone.
        only.kill()
        only.start()
        wait_for("it to be on duty again", lambda: on_duty(only) == "a")
        assert only.show(disk)["acknowledged_by"] == "ann"
        assert only.show(before)["acknowledged_by"] == "ann"
        assert len(numbers(only)) == 12


def mirrored(house):
    """Waits until the node's mirror has all that was committed by now."""
    asked_at = time.monotonic()

    def has_all():
        behind_ms = metric(house, "mirror_behind_ms")
        return (behind_ms or -1) >= 0 and time.monotonic() - behind_ms / 1000 > asked_at
    wait_for("the mirror to have it all", has_all)


def test_who_stood_by_goes_on_from_its_mirror():
    with gated("a", "b") as (gateway, gates, (first, second)):
        key = first.key()
        wait_for("the key", lambda: second.alert(key, "before", service="s0",
                                                 dedup_key="before")[0] == 202)
        assert first.alert(key, "db1: disk full", service="s1", dedup_key="disk")[0] == 202
        gateway.wait(ANN, 2)
        assert first.pagectl("ack", str(numbers(first)["before"])).returncode == 0
        mirrored(second)
        for gate in gates:
            gate.cut()
        first.kill()
        wait_for("the second to take alerts", lambda: second.alert(
            key, "web1: down", service="s2", dedup_key="web")[0] == 202)
        assert metric(second, "database_away") == 2
        # What nobody has acked goes on to the next one; what was acked does not.
        gateway.wait(BOB, 1)
        web, disk = numbers(second)["web"], numbers(second)["disk"]
        assert web > 1000
        assert second.pagectl("ack", str(web)).returncode == 0
        assert second.pagectl("resolve", str(disk), "-m", "deleted logs").returncode == 0
        assert second.alert(key, "short: gone", service="s3", dedup_key="short")[0] == 202
        assert second.alert(key, "short: gone", service="s3", dedup_key="short",
                            action="resolve")[0] == 202
        # It is killed, too, and goes on where it was.
        second.kill()
        second.start()
        wait_for("it to act again", lambda: metric(second, "database_away") == 2)
        assert second.show(web)["acknowledged_by"] == "ann"
        paged = len(gateway.messages)
        gates[1].mend()
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        wait_for("all to be handed in", lambda: metric(second, "journal_entries") == 0)
        merged = numbers(second)
        assert "web" in merged and "disk" not in merged and "short" not in merged, merged
        assert second.show(merged["web"])["acknowledged_by"] == "ann"
        assert "away" in entries(second, merged["web"])
        assert second.show(disk)["resolved_by"] == "ann"
        # Nobody is paged for what was acked or resolved meanwhile.
        late = [m["text"] for m in gateway.messages[paged:] if "CRIT" in m["text"]]
        assert not [text for text in late if "web1" in text or "short" in text], late


def test_who_was_cut_off_hands_in_what_it_was_told():
    with gated("a", "b") as (gateway, gates, (first, second)):
        key = first.key()
        wait_for("the key", lambda: second.alert(key, "before", service="s0",
                                                 dedup_key="before")[0] == 202)
        gateway.wait(ANN, 1)
        gates[0].cut()
        wait_for("the first to take alerts", lambda: first.alert(
            key, "db1: disk full", service="s1", dedup_key="disk")[0] == 202)
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        assert second.alert(key, "web1: down", service="s2", dedup_key="web")[0] == 202
        disk, web = numbers(first)["disk"], numbers(second)["web"]
        assert disk != web
        assert first.pagectl("ack", str(disk)).returncode == 0
        assert first.pagectl("ack", str(web)).returncode == 3, "it knows no such incident"
        gates[0].mend()
        wait_for("the first to stand by", lambda: on_duty(first) == "b")
        wait_for("all to be handed in", lambda: metric(first, "journal_entries") == 0)
        merged = numbers(second)
        assert set(merged) == {"before", "web", "disk"}, merged
        assert second.show(merged["disk"])["acknowledged_by"] == "ann"
        assert second.show(merged["web"])["acknowledged_by"] is None


def test_one_of_those_that_are_linked_goes_on():
    with gated("a", "b", is_linked=True) as (gateway, gates, (first, second)):
        key = first.key()
        wait_for("the key", lambda: second.alert(key, "before", service="s0",
                                                 dedup_key="before")[0] == 202)
        gateway.wait(ANN, 1)
        for gate in gates:
            gate.cut()
        wait_for("alerts to be taken by the second", lambda: second.alert(
            key, "db1: disk full", service="s1", dedup_key="disk")[0] == 202)
        wait_for("the first to have it", lambda: "disk" in numbers(first))
        assert second.pagectl("ack", str(numbers(first)["disk"])).returncode == 0
        assert first.show(numbers(first)["disk"])["acknowledged_by"] == "ann"
        assert metric(second, "database_away") == 0
        # More about one alert than a call between nodes takes.
        for _ in range(8):
            assert first.request("POST", "/v1/alerts", [
                {"action": "note", "dedup_key": "disk", "text": "x" * 900}] * 500,
                {"Authorization": f"Bearer {key}"})[0] == 202
        # Only when the first is gone, too, the second goes on by itself.
        first.kill()
        wait_for("the second to act", lambda: metric(second, "database_away") == 2)
        wait_for("alerts to be taken", lambda: second.alert(
            key, "web1: down", service="s2", dedup_key="web")[0] == 202)
        # The first comes back, and hands what it knows to the second, by the link.
        first.start()
        wait_for("the first to have handed in",
                 lambda: metric(first, "journal_entries") == 0 and "disk" in numbers(second))
        wait_for("the ack", lambda: second.show(
            numbers(second)["disk"])["acknowledged_by"] == "ann")
        for gate in gates:
            gate.mend()
        wait_for("somebody to be on duty", lambda: on_duty(first) in ("a", "b"))
        wait_for("all to be handed in", lambda: metric(first, "journal_entries") == 0 and
                 metric(second, "journal_entries") == 0)
        assert set(numbers(first)) == {"before", "disk", "web"}, numbers(first)


def test_a_journal_that_cannot_be_opened_is_tried_again():
    with several("a", "b") as (_, _, (_, second)):
        second.stop()
        folder = second.state + "/away"
        shutil.rmtree(folder)
        with open(folder, "w") as file:
            file.write("in the way")
        second.start()
        told = wait_for("it to be told", lambda: [second.pagectl("cluster")])[0]
        assert told.returncode == 7 and "could not go on without the database" in told.stdout, told
        assert metric(second, "journal_there") == 0
        os.unlink(folder)
        # While it stands by; not at its next start.
        wait_for("the journal", lambda: metric(second, "journal_there") == 1)
        assert on_duty(second) == "a" and second.log().count("standing by") == 2, second.log()
        assert "could not go on" not in second.pagectl("cluster").stdout


def journal_put(house, *events):
    """As if the node, which is down, had been told so without the database."""
    rows = [(f"event.{number:020}", json.dumps(event)) for number, event in enumerate(events, 1)]
    with contextlib.closing(sqlite3.connect(house.state + "/away/pagerd.db")) as base, base:
        base.executemany("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", rows)


def kept_event(kind, key, number):
    about = {"integration": "nagios", "dedup_key": key, "uuid": str(uuid.uuid5(uuid.NAMESPACE_OID, key))}
    event = {"kind": kind, "at": int(time.time() * 1000), "actor": "ann", "id": number}
    if kind == "trigger":
        return {**event, "alert": {**about, "team": "ops", "summary": key, "labels": {}}}
    return {**event, "incident": {**about, "number": 2001}}


def test_what_is_not_known_yet_is_kept_and_stops_nothing_else():
    with several("a", "b") as (_, gateway, (first, second)):
        kept = [kept_event("trigger", "disk", 11), kept_event("of-a-newer-pagerd", "disk", 12),
                kept_event("trigger", "web", 13), kept_event("acknowledge", "web", 14)]
        second.stop()
        journal_put(second, *kept)
        second.start()
        wait_for("it to be kept", lambda: metric(second, "journal_held") == 1)
        # What is understood is there, and the rest is not half of it.
        wait_for("the other alert", lambda: "web" in numbers(first))
        assert first.show(numbers(first)["web"])["acknowledged_by"] == "ann"
        assert "disk" not in numbers(first) and metric(second, "journal_entries") == len(kept)
        assert metric(first, "journal_refused_total") >= 2
        assert "no kind that is known" in first.log() and "finish the upgrade" in second.log()
        # With a pagerd that understands it, nothing of it was lost.
        second.stop()
        kept[1]["kind"] = "acknowledge"
        journal_put(second, *kept)
        second.start()
        wait_for("all to be handed in", lambda: metric(second, "journal_entries") == 0)
        assert first.show(numbers(first)["disk"])["acknowledged_by"] == "ann"
        assert metric(second, "journal_held") == 0


if __name__ == "__main__":
    main(test_what_is_not_known_yet_is_kept_and_stops_nothing_else, test_who_is_on_duty_goes_on, test_who_stood_by_goes_on_from_its_mirror,
         test_who_was_cut_off_hands_in_what_it_was_told,
         test_one_of_those_that_are_linked_goes_on,
         test_a_journal_that_cannot_be_opened_is_tried_again)
