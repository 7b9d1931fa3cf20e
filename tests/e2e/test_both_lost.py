# SPDX-License-Identifier: MIT
"""The database and the node on duty are lost at the same moment: who stands by knows what was answered just
before, though its mirror of the database does not have it yet."""
import contextlib
import os
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

from house import main, wait_for
from test_away import ANN, entries, gated, metric, mirrored, numbers
from test_peers import linked


def paged(gateway, words, since):
    """Calls: the news that it is over may be said twice."""
    return [one for one in gateway.taken(ANN)
            if words in one["text"] and "Ack:" in one["text"] and one["at"] >= since]


@contextlib.contextmanager
def stuck(house):
    """The node's mirror takes nothing: as if it were behind."""
    base = sqlite3.connect(os.path.join(house.state, "mirror", "pagerd.db"), isolation_level=None)
    base.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        base.execute("ROLLBACK")
        base.close()


def say_all(house, key):
    """Something new, something that is over at once, and the end of what was before."""
    for fields in ({"dedup_key": "disk", "summary": "db1: disk full"},
                   {"dedup_key": "short", "summary": "short: down"},
                   {"dedup_key": "short", "summary": "short: up", "action": "resolve"},
                   {"dedup_key": "before", "summary": "before: up", "action": "resolve"},
                   {"summary": "it has no key"}):
        assert house.alert(key, service=fields["summary"], **fields)[0] == 202


def lose_both(gates, first):
    lost_at = time.monotonic()
    for gate in gates:
        gate.cut()
    first.kill()
    return lost_at


def judge(gateway, second, lost_at):
    wait_for("the second to act", lambda: metric(second, "database_away") == 2)
    wait_for("somebody to be paged by it", lambda: paged(gateway, "disk full", lost_at) and
             paged(gateway, "it has no key", lost_at))
    known = numbers(second)
    assert "disk" in known and "short" not in known and "before" not in known, known
    assert len([one for one in second.incidents() if one["summary"] == "it has no key"]) == 1
    assert not paged(gateway, "short: down", lost_at + 1)


def start(gateway, first, second):
    key = first.key()
    wait_for("the key", lambda: second.alert(key, "before: down", service="before",
                                             dedup_key="before")[0] == 202)
    gateway.wait(ANN, 1)
    mirrored(second)
    return key


def test_what_was_handed_over_and_answered_is_paged():
    with gated("a", "b") as (gateway, gates, (first, second)):
        key = start(gateway, first, second)
        with stuck(second):
            say_all(second, key)
            lost_at = lose_both(gates, first)
        judge(gateway, second, lost_at)
        disk = numbers(second)["disk"]
        assert second.pagectl("ack", str(disk)).returncode == 0
        # When the database is back nothing of it is there twice.
        gates[1].mend()
        wait_for("all to be handed in", lambda: metric(second, "database_away") == 0 and
                 metric(second, "journal_entries") == 0)
        merged = numbers(second)
        assert "disk" in merged and "short" not in merged and "before" not in merged, merged
        assert second.show(merged["disk"])["acknowledged_by"] == "ann"


def test_what_the_node_on_duty_was_told_is_paged():
    with gated("a", "b", is_linked=True) as (gateway, gates, (first, second)):
        key = start(gateway, first, second)
        wait_for("the links", lambda: linked(first, "b") and linked(second, "a"))
        assert first.alert(key, "acked", service="acked", dedup_key="acked")[0] == 202
        mirrored(second)
        # From here on the second hears of it by its link alone.
        gates[1].cut()
        wait_for("the second to notice", lambda: metric(second, "database_there") == 0)
        say_all(first, key)
        assert first.pagectl("ack", str(numbers(first)["acked"])).returncode == 0
        lost_at = lose_both(gates[:1], first)
        judge(gateway, second, lost_at)
        acked = numbers(second)["acked"]
        assert second.show(acked)["acknowledged_by"] == "ann"
        assert entries(second, acked).count("acknowledged") == 1, entries(second, acked)


def test_all():
    """Most of the time is waiting until a node is sure that it is alone."""
    tests = [test_what_was_handed_over_and_answered_is_paged, test_what_the_node_on_duty_was_told_is_paged]
    with ThreadPoolExecutor(len(tests)) as pool:
        for done in [pool.submit(test) for test in tests]:
            done.result()


if __name__ == "__main__":
    main(test_all)
