# SPDX-License-Identifier: MIT
"""Several pagerd and more than one PostgreSQL: which one is believed, and who makes the tables."""
import contextlib

from house import main, wait_for
from mirrored import is_equal
from postgres import Postgres, pair
from sinks import Gateway
from test_nodes import cluster, key_when_there, node, on_duty


@contextlib.contextmanager
def nodes_of_a_pair():
    """Two nodes that know both databases."""
    with pair() as (old, new), contextlib.ExitStack() as stack:
        gateway = Gateway()
        stack.callback(gateway.close)
        nodes = [stack.enter_context(node(name, old, gateway, hosts=(old.dir, new.dir))) for name in "ab"]
        for one in nodes:
            one.start()
        yield old, new, nodes


def test_a_primary_of_the_past_is_believed_by_nobody():
    with nodes_of_a_pair() as (old, new, nodes):
        first, second = nodes
        wait_for("the first to be on duty", lambda: on_duty(second) == "a")
        old.kill()
        new.promote()
        wait_for("both to be ready", lambda: all(one.is_ready() for one in nodes))
        key = key_when_there(first)
        wait_for("an alert", lambda: second.alert(key, "kept", service="s1", dedup_key="kept")[0] == 202)
        # The old one is back, and answers. At first it is the only one that does.
        new.freeze()
        old.start()
        first.kill()
        wait_for("the second to see it", lambda: "primary of the past" in second.pagectl("cluster", "--json").stdout)
        # It is none: this node goes on as if there were no database.
        wait_for("alerts to be taken without it", lambda: second.alert(
            key, "db1: disk full", service="s2", dedup_key="disk")[0] == 202)
        assert "on duty now" not in second.log(), second.log()
        new.thaw()
        wait_for("the second to be on duty", lambda: "on duty now" in second.log())
        wait_for("both to be there", lambda: {"kept", "disk"} <= {
            one["dedup_key"] for one in second.incidents()})
        # Both answer: the one of the later timeline is taken, whoever is faster.
        first.start()
        wait_for("the first to stand by", lambda: on_duty(first) == on_duty(second) == "b")


def test_a_primary_that_was_replaced_is_left():
    with nodes_of_a_pair() as (old, new, nodes):
        key = key_when_there(nodes[0])
        # The old one answers whoever is connected to it, as if nothing had happened.
        new.promote()
        for one in nodes:
            wait_for("it to be left", lambda: cluster(one)["database"]["timeline"] == 2 and one.is_ready())
        wait_for("an alert", lambda: nodes[1].alert(key, "kept", service="s1", dedup_key="kept")[0] == 202)
        wait_for("it to be in the database", lambda: new.sql(
            "select dedup_key from incident where dedup_key = 'kept'") == "kept")
        for one in nodes:
            wait_for("its mirror to follow", lambda: is_equal(new, one))


def test_all_start_at_once_on_a_new_database():
    with Postgres() as base, contextlib.ExitStack() as stack:
        gateway = Gateway()
        stack.callback(gateway.close)
        nodes = [stack.enter_context(node(name, base, gateway)) for name in "ab"]
        # Both have seen that there is no schema, and wait for whoever makes it.
        lock = stack.enter_context(base.session())
        lock.ask("begin; select pg_advisory_xact_lock(123610963145316)")
        for one in nodes:
            one.start(wait=False)
        wait_for("both to wait", lambda: base.sql(
            "select count(*) from pg_locks where locktype = 'advisory' and not granted") == "2")
        lock.ask("commit")
        wait_for("both to be ready", lambda: all(one.is_ready() for one in nodes))
        wait_for("one to be on duty", lambda: on_duty(nodes[0]) == on_duty(nodes[1]) is not None)


if __name__ == "__main__":
    main(test_a_primary_of_the_past_is_believed_by_nobody, test_a_primary_that_was_replaced_is_left,
         test_all_start_at_once_on_a_new_database)
