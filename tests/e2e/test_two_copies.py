# SPDX-License-Identifier: MIT
"""While the database is away, what a node is told is on the disk of a linked one, too: when the first does not
come back, the other pages for it; when it does, nothing happens twice."""
import contextlib
import shutil
from concurrent.futures import ThreadPoolExecutor

from house import main, wait_for
from test_away import ANN, entries, gated, metric, numbers
from test_nodes import on_duty
from test_peers import linked


@contextlib.contextmanager
def without_database():
    """Two nodes that are linked, of which the first goes on from memory; it is told things."""
    with gated("a", "b", is_linked=True) as (gateway, gates, (first, second)):
        key = first.key()
        wait_for("the key", lambda: second.alert(key, "before", service="before",
                                                 dedup_key="before")[0] == 202)
        gateway.wait(ANN, 1)
        wait_for("the links", lambda: linked(first, "b") and linked(second, "a"))
        for gate in gates:
            gate.cut()
        wait_for("the first to go on", lambda: metric(first, "database_away") == 1)
        for name in ("disk", "acked", "over"):
            assert first.alert(key, f"db1: {name}", service=name, dedup_key=name)[0] == 202
        assert first.pagectl("ack", str(numbers(first)["acked"])).returncode == 0
        assert first.alert(key, "db1: over", service="over", dedup_key="over", action="resolve")[0] == 202
        # The second was slow, maybe: then the answer did not wait for it.
        wait_for("the copies", lambda: (metric(second, "spare_copies") or 0) >= 5)
        yield gateway, gates, first, second, key


def lose(house):
    house.kill()
    shutil.rmtree(house.state)


def knows_all(house):
    known = numbers(house)
    return ("disk" in known and "acked" in known and "over" not in known and
            house.show(known["acked"])["acknowledged_by"] == "ann")


def paged(gateway, words, count):
    return len([one for one in gateway.taken(ANN) if "CRIT" in one["text"] and words in one["text"]]) >= count


def has_left(house, number):
    """The provider has taken the page, and that is written down on both nodes."""
    states = [page["state"] for page in house.show(number)["pages"]]
    return "sent" in states and metric(house, "journal_copied_total") == metric(house, "journal_entries")


def test_who_does_not_come_back_has_left_all_behind():
    with without_database() as (gateway, gates, first, second, key):
        disk = numbers(first)["disk"]
        wait_for("the first to page", lambda: has_left(first, disk))
        lose(first)
        wait_for("the second to act", lambda: metric(second, "database_away") == 2)
        wait_for("it to take its copies", lambda: metric(second, "spare_copies") == 0)
        assert knows_all(second), numbers(second)
        # It knows who was paged for what, and by which number.
        wait_for("it to have decided the page", lambda: metric(second, "pages_left_before_total") >= 1)
        assert numbers(second)["disk"] == disk, numbers(second)
        assert "away" in entries(second, disk)
        assert not any(paged(gateway, f"db1: {name}", 2) for name in ("disk", "acked", "over"))
        # It is killed, too, and knows it still.
        second.kill()
        second.start()
        wait_for("it to act again", lambda: metric(second, "database_away") == 2)
        assert knows_all(second), numbers(second)
        # The first is back on a new machine, and the database is back, too.
        first.start(wait=False)
        for gate in gates:
            gate.mend()
        wait_for("one to be on duty", lambda: on_duty(second) in ("a", "b"))
        wait_for("all to be handed in", lambda: metric(second, "journal_entries") == 0)
        wait_for("the first to be there", lambda: on_duty(first) == on_duty(second))
        assert knows_all(first), numbers(first)
        assert entries(first, numbers(first)["disk"]).count("opened") <= 1


def test_the_database_is_back_before_anybody_acts():
    with without_database() as (gateway, gates, first, second, _):
        lose(first)
        gates[1].mend()
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        wait_for("it to take its copies", lambda: metric(second, "spare_copies") == 0 and knows_all(second))
        assert "away" in entries(second, numbers(second)["disk"])


def test_who_comes_back_hands_in_by_itself():
    with without_database() as (gateway, gates, first, second, key):
        for gate in gates:
            gate.mend()
        wait_for("the first to be on duty", lambda: metric(first, "database_away") == 0 and
                 metric(first, "journal_entries") == 0)
        wait_for("the copies to be dropped", lambda: metric(second, "spare_copies") == 0)
        assert knows_all(first) and first.show(numbers(first)["disk"])["occurrences"] == 1
        assert "copies here are handed in" not in second.log()
        assert metric(first, "journal_copied_total") + metric(first, "journal_uncopied_total") >= 5


def test_what_two_hand_in_happens_once():
    with without_database() as (gateway, _, first, second, key):
        first.kill()
        wait_for("the second to act", lambda: metric(second, "database_away") == 2)
        wait_for("it to take its copies", lambda: metric(second, "spare_copies") == 0)
        for name in ("disk", "acked"):
            assert second.alert(key, "up", service=name, dedup_key=name, action="resolve")[0] == 202
        called = len(gateway.taken(ANN))
        # The first comes back with its disk, and says all of it again.
        first.start()
        wait_for("the first to have handed in", lambda: metric(first, "journal_entries") == 0)
        assert set(numbers(second)) == {"before"}, numbers(second)
        assert not [one for one in gateway.taken(ANN)[called:] if "CRIT" in one["text"]]


def test_all():
    """Most of the time is waiting until a node is sure that another one is gone."""
    tests = [test_who_does_not_come_back_has_left_all_behind, test_the_database_is_back_before_anybody_acts,
             test_who_comes_back_hands_in_by_itself, test_what_two_hand_in_happens_once]
    with ThreadPoolExecutor(len(tests)) as pool:
        for done in [pool.submit(test) for test in tests]:
            done.result()


if __name__ == "__main__":
    main(test_all)
