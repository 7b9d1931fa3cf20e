# SPDX-License-Identifier: MIT
"""Links in messages that went out while the database was away: they work when it is back, too."""
from house import main, wait_for
from sinks import link_of
from test_away import ANN, BOB, gated, metric, mirrored, numbers
from test_nodes import on_duty

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def text_about(gateway, phone, words):
    return wait_for(f"a page about {words}", lambda: [
        m["text"] for m in gateway.taken(phone) if words in m["text"] and "CRIT" in m["text"]])[0]


def press(house, text):
    status, said, _ = house.request("POST", link_of(text), "do=ack", FORM)
    assert status == 303, (status, said)


def owner(house, key):
    """Who has the incident that is open for the alert of that key."""
    return house.show(numbers(house)[key])["acknowledged_by"]


def test_a_link_works_after_it_was_handed_in():
    with gated("a", "b") as (gateway, gates, (first, second)):
        key = first.key()
        wait_for("the key", lambda: second.alert(key, "before", service="s0",
                                                 dedup_key="before")[0] == 202)
        # From memory: it is cut off, and somebody else goes on with the database.
        gates[0].cut()
        wait_for("the first to take alerts", lambda: first.alert(
            key, "db1: disk full", service="s1", dedup_key="disk")[0] == 202)
        disk = text_about(gateway, ANN, "db1")
        # Nothing is told when the next one is paged: the link alone goes to the journal.
        later = text_about(gateway, BOB, "db1")
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        assert second.alert(key, "web1: down", service="s2", dedup_key="web")[0] == 202
        assert numbers(first)["disk"] != numbers(second)["web"]
        gates[0].mend()
        wait_for("the first to stand by", lambda: on_duty(first) == "b")
        wait_for("all to be handed in", lambda: metric(first, "journal_entries") == 0)
        # On each node, and about what it was about.
        press(first, later)
        assert (owner(second, "disk"), owner(second, "web")) == ("bob", None)
        press(second, disk)
        assert owner(second, "disk") == "bob", "who has it keeps it"
        # From the mirror: nobody else is there.
        mirrored(second)
        gates[1].cut()
        first.kill()
        second.kill()
        second.start()
        wait_for("the second to act", lambda: metric(second, "database_away") == 2)
        assert second.alert(key, "mx1: queue", service="s3", dedup_key="queue")[0] == 202
        queue = text_about(gateway, ANN, "mx1")
        late = text_about(gateway, BOB, "mx1")
        gates[1].mend()
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        wait_for("all to be handed in", lambda: metric(second, "journal_entries") == 0)
        # And they are in the database, where the next one on duty finds them.
        second.kill()
        second.start()
        wait_for("it to be on duty again", lambda: on_duty(second) == "b")
        press(second, late)
        assert owner(second, "queue") == "bob"
        press(second, queue)


if __name__ == "__main__":
    main(test_a_link_works_after_it_was_handed_in)
