# SPDX-License-Identifier: MIT
"""A failover to an asynchronous standby forgets commits that were answered: the nodes, which know them, write
them again into the new primary."""
import contextlib
from concurrent.futures import ThreadPoolExecutor

from house import main, wait_for
from mirrored import is_equal
from postgres import pair
from sinks import Gateway
from test_away import ANN, BOB, entries, metric, mirrored, numbers
from test_nodes import key_when_there, node, on_duty


@contextlib.contextmanager
def behind():
    """Two nodes, told things that the standby does not have."""
    with pair() as (old, new), contextlib.ExitStack() as stack:
        gateway = Gateway()
        stack.callback(gateway.close)
        nodes = [stack.enter_context(node(name, old, gateway, hosts=(old.dir, new.dir))) for name in "ab"]
        for one in nodes:
            one.start()
        first, second = nodes
        wait_for("the first to be on duty", lambda: on_duty(second) == "a")
        key = key_when_there(first)
        wait_for("the key", lambda: second.alert(key, "before", service="before", dedup_key="before")[0] == 202)
        for name in ("acked", "over"):
            assert first.alert(key, name, service=name, dedup_key=name)[0] == 202
        gateway.wait(ANN, 3)
        wait_for("the standby to have it", lambda: new.sql("select count(*) from incident") == "3")
        new.kill()
        # From here on nothing reaches it.
        assert first.alert(key, "disk full", service="disk", dedup_key="disk")[0] == 202
        assert second.alert(key, "it has no key", service="none")[0] == 202
        assert first.pagectl("ack", str(numbers(first)["acked"])).returncode == 0
        assert first.alert(key, "over", service="over", dedup_key="over", action="resolve")[0] == 202
        assert second.alert(key, "again", service="disk", dedup_key="disk")[0] == 202
        gateway.wait(ANN, 5)
        yield old, new, gateway, first, second, key


def judge(house, gateway, new):
    """All that was answered is known, with what became of it, and in the database; nobody was
    paged twice in one round."""
    known = numbers(house)
    assert "disk" in known and "acked" in known and "over" not in known, known
    assert house.show(known["acked"])["acknowledged_by"] == "ann"
    assert len([one for one in house.incidents() if one["summary"] == "it has no key"]) == 1
    assert entries(house, known["disk"]).count("triggered") == 1, entries(house, known["disk"])
    kept = new.sql("select dedup_key from incident where dedup_key in ('acked', 'over', 'disk') order by 1")
    assert kept.split() == ["acked", "disk", "over"], kept
    for name in ("ledger_imbalance", "checks_failed_total"):
        assert metric(house, name) == 0, name
    for words in ("acked", "over", "disk full", "it has no key"):
        calls = [m["text"] for m in gateway.taken(ANN)
                 if words in m["text"] and "Ack:" in m["text"] and "2nd try" not in m["text"]]
        assert len(calls) == 1, calls


def test_who_is_on_duty_writes_again_what_was_forgotten():
    with behind() as (old, new, gateway, first, second, key):
        before = numbers(first)
        old.kill()
        new.start()
        new.promote()
        wait_for("an alert", lambda: first.alert(key, "after", service="after", dedup_key="after")[0] == 202)
        wait_for("the database to have it", lambda: new.ask(
            "select count(*) from incident where dedup_key = 'after'").stdout.strip() == "1")
        wait_for("the node on duty to be well", lambda: metric(first, "database_away") == 0)
        assert metric(first, "transactions_forgotten_total") == 0
        assert numbers(first)["disk"] == before["disk"], (before, numbers(first))
        assert metric(first, "transactions_written_again_total") > 0
        assert "on duty now" not in second.log(), "nobody was replaced"
        wait_for("the mirror to follow", lambda: is_equal(new, second))
        # It is in the database, not in memory alone.
        first.kill()
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        judge(second, gateway, new)


def test_who_takes_over_writes_again_what_its_mirror_has():
    with behind() as (old, new, gateway, first, second, _):
        mirrored(second)
        old.kill()
        first.kill()
        new.start()
        new.promote()
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        assert "had forgotten" in second.log()
        judge(second, gateway, new)
        # What nobody has acked goes on.
        gateway.wait(BOB, 1)


def test_all():
    """Most of the time is waiting."""
    tests = [test_who_is_on_duty_writes_again_what_was_forgotten,
             test_who_takes_over_writes_again_what_its_mirror_has]
    with ThreadPoolExecutor(len(tests)) as pool:
        for done in [pool.submit(test) for test in tests]:
            done.result()


if __name__ == "__main__":
    main(test_all)
