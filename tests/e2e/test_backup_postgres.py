# SPDX-License-Identifier: MIT
"""The restore drill of a pagerd on PostgreSQL: the backup goes into an empty database, or into SQLite."""
import contextlib
import os

from house import House, PAGERD, main, wait_for
from postgres import Postgres
from sinks import Gateway, link_of
from test_nodes import accepted_traffic, node, on_duty, several

ANN = "+4915550100001"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def backup(pager):
    path = pager.path("pagerd.backup")
    done = pager.pagectl("backup", path)
    assert done.returncode == 0 and "is whole" in done.stdout, (done.stdout, done.stderr)
    return path


def restore(pager, path):
    done = pager.restore(path)
    assert done.returncode == 0 and "counted and hashed" in done.stdout, done


def restore_into(base, pager, path):
    """As in docs/operations/backup.md: into an empty state directory, from there into a database."""
    spare = pager.path("restored")
    done = pager.restore(path, spare)
    assert done.returncode == 0, done
    env = {"PATH": os.path.dirname(PAGERD) + ":" + os.environ["PATH"]}
    done = pager.pagectl("store", "copy", f"sqlite:{spare}", f"postgres:{base.dsn}", env=env)
    assert done.returncode == 0 and "counted and hashed" in done.stdout, done


def incident_of(pager, key):
    return next(one for one in pager.incidents() if one["dedup_key"] == key)


def make_two(pager, key, gateway):
    """One that nobody has acked, and one that somebody has; the link of the first."""
    assert pager.alert(key, "db1: disk full", service="db1", dedup_key="disk")[0] == 202
    link = link_of(next(m["text"] for m in gateway.wait(ANN, 1) if "db1" in m["text"]))
    assert pager.alert(key, "db2: raid broken", service="db2", dedup_key="raid")[0] == 202
    assert pager.pagectl("ack", str(incident_of(pager, "raid")["number"])).returncode == 0
    return link


def old_is_over_and_new_is_paged(pager, gateway, key, link, before):
    """`before`: how many messages there were when it was started."""
    disk, raid = incident_of(pager, "disk"), incident_of(pager, "raid")
    assert (disk["state"], raid["state"]) == ("triggered", "acknowledged"), (disk, raid)
    assert "restored" in [one["event"] for one in pager.show(disk["number"])["timeline"]]
    notice = wait_for("the notice", lambda: [
        m["text"] for m in gateway.messages[before:] if "Restored from a backup" in m["text"]])
    assert f"#{disk['number']}" in notice[0], notice
    assert pager.request("POST", link, "do=ack", FORM)[0] == 303
    assert "does nothing any more" in pager.get(link)[1]
    assert incident_of(pager, "disk")["state"] == "triggered"
    assert pager.alert(key, "shop: down", service="shop", dedup_key="new")[0] == 202
    wait_for("what is new to be paged", lambda: [
        m for m in gateway.messages[before:] if "shop" in m["text"]])
    assert incident_of(pager, "new")["number"] > 10000, "a number that nobody has had"
    late = [m["text"] for m in gateway.messages[before:]
            if "shop" not in m["text"] and "Restored" not in m["text"]]
    assert not late, late


def test_two_nodes_are_put_back_into_a_database_and_into_sqlite():
    with several("a", "b") as (_, gateway, (first, second)), contextlib.ExitStack() as stack:
        key = first.key()
        link = make_two(first, key, gateway)
        wait_for("the key", lambda: second.alert(key, "db2: raid broken", service="db2",
                                                 dedup_key="raid")[0] == 202)
        refused = second.pagectl("backup", second.path("none"))
        assert refused.returncode == 5 and "one on duty" in refused.stderr, refused
        end = accepted_traffic([first, second], key)
        wait_for("traffic", lambda: len(first.incidents()) > 5)
        path = backup(first)
        end()
        first.kill()
        second.kill()

        fresh = stack.enter_context(Postgres())
        before = len(gateway.messages)
        nodes = [stack.enter_context(node(name, fresh, gateway)) for name in "cd"]
        restore_into(fresh, nodes[0], path)
        for one in nodes:
            one.start()
        wait_for("one to be on duty", lambda: on_duty(nodes[0]) == on_duty(nodes[1]) == "c")
        old_is_over_and_new_is_paged(nodes[1], gateway, key, link, before)
        for one in nodes:
            one.kill()

        before = len(gateway.messages)
        alone = stack.enter_context(House(channels=gateway.config()))
        restore(alone, path)
        alone.start()
        old_is_over_and_new_is_paged(alone, gateway, key, link, before)


def test_one_machine_is_put_back_into_a_database():
    with Postgres() as base, Postgres() as fresh, contextlib.ExitStack() as stack:
        gateway = Gateway()
        stack.callback(gateway.close)

        def house(server):
            return stack.enter_context(House(config=f'store = "postgres:{server.dsn}"\n',
                                             channels=gateway.config()))
        pager = house(base).start()
        key = pager.key()
        link = make_two(pager, key, gateway)
        end = accepted_traffic([pager], key)
        wait_for("traffic", lambda: len(pager.incidents()) > 5)
        path = backup(pager)
        end()
        pager.kill()
        spare = house(fresh)
        restore_into(fresh, spare, path)
        before = len(gateway.messages)
        spare.start()
        old_is_over_and_new_is_paged(spare, gateway, key, link, before)


if __name__ == "__main__":
    main(test_two_nodes_are_put_back_into_a_database_and_into_sqlite,
         test_one_machine_is_put_back_into_a_database)
