# SPDX-License-Identifier: MIT
"""What monitoring says to a node that stands by goes over its link to the one on duty, and through the
database when the link breaks over it: done once, whichever way its answer comes."""
import contextlib
import itertools
import os
import re
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

from house import free_port, main, wait_for
from postgres import Postgres
from sinks import Gateway
from test_peers import Gate, cluster, linked, node, peer


class Way:
    """The only way from b to a; it can be stopped, with what is in it, and cut."""

    def __init__(self, target):
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.goes = threading.Event()
        self.goes.set()
        self.open = []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        with contextlib.suppress(OSError):
            while True:
                here, _ = self.listener.accept()
                if not self.goes.is_set():
                    here.close()
                    continue
                try:
                    there = socket.create_connection(("127.0.0.1", self.target))
                except OSError:
                    here.close()
                    continue
                self.open += [here, there]
                threading.Thread(target=self.carry, args=(here, there, False), daemon=True).start()
                threading.Thread(target=self.carry, args=(there, here, True), daemon=True).start()

    def carry(self, here, there, is_back):
        with contextlib.suppress(OSError), here, there:
            while data := here.recv(65536):
                if is_back:
                    self.goes.wait()
                there.sendall(data)

    def stop_answers(self):
        self.goes.clear()

    def cut(self):
        for one in self.open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.open = []
        self.goes.set()

    def close(self):
        self.listener.close()
        self.cut()


class DumbGate(Gate):
    """The way of a node to the database, which can be made to bring nothing back."""

    def __init__(self, base):
        self.goes = threading.Event()
        self.goes.set()
        super().__init__(base)

    def carry(self, here, there):
        def one_way(source, target, is_back):
            with contextlib.suppress(OSError), source, target:
                while data := source.recv(65536):
                    if is_back:
                        self.goes.wait()
                    target.sendall(data)
        threading.Thread(target=one_way, args=(there, here, True), daemon=True).start()
        one_way(here, there, False)

    def close(self):
        self.goes.set()
        super().close()


@contextlib.contextmanager
def two(gate_of=None):
    """Node a is on duty, and b is linked with it by one way only; it may have a gate to the database."""
    with Postgres() as base, contextlib.ExitStack() as stack:
        gate = gate_of(base) if gate_of else base
        if gate_of:
            stack.callback(gate.close)
        gateway = Gateway()
        stack.callback(gateway.close)
        ports = [free_port(), free_port()]
        way = Way(ports[0])
        stack.callback(way.close)
        first = stack.enter_context(node("a", base.dsn, gateway, ports[0],
                                         [f"127.0.0.1:{ports[0]}"]))
        second = stack.enter_context(node("b", gate.dsn, gateway, ports[1],
                                          [f"127.0.0.1:{way.port}"]))
        first.start()
        wait_for("the first to be on duty", lambda: cluster(first).get("is_on_duty"))
        second.start()
        wait_for("b to know who is on duty", lambda: linked(second, "a") and
                 peer(second, "a")["is_on_duty"])
        key = first.key()
        wait_for("the key", lambda: second.alert(key, "first", service="s0")[0] == 202)
        yield base, gate if gate_of else way, first, second, key


def handed(house, way):
    return int(re.search(rf'pagerd_calls_handed_over_total{{way="{way}"}} (\d+)',
                         house.get("/metrics")[1])[1])


def calls_are_looked_for(session):
    """Twice by who is on duty, from now on: the second time the first look is over, and what it found taken."""
    since = session.ask("SELECT clock_timestamp()")[0]
    for _ in range(2):
        since = wait_for("a look at the table of calls", lambda after=since: session.ask(
            "SELECT max(query_start) FROM pg_stat_activity WHERE query LIKE 'SELECT id, node, call FROM relay%' "
            f"AND query_start > '{after}'")[0])


def summaries(house):
    return sorted(one["summary"] for one in house.incidents() if one["summary"] != "first")


def test_alerts_go_by_the_link_and_acks_by_the_database():
    with two() as (base, _, first, second, key):
        # What is written into the table of calls is counted by the database itself.
        base.sql("CREATE TABLE written (id bigint); CREATE FUNCTION count_call() RETURNS trigger AS "
                 "'BEGIN INSERT INTO public.written VALUES (NEW.id); RETURN NEW; END' LANGUAGE plpgsql; "
                 "CREATE TRIGGER counted BEFORE INSERT ON relay FOR EACH ROW EXECUTE FUNCTION count_call()")
        keys = itertools.count()

        def go_by_the_link():
            """Where no node is silent for a second meanwhile, which a slow machine may make it."""
            disk = f"disk{next(keys)}"
            links, written = handed(second, "link"), base.sql("SELECT count(*) FROM written")
            for _ in range(20):
                assert second.alert(key, "db1: disk full", service="s1", dedup_key=disk)[0] == 202
            is_by_link = handed(second, "link") == links + 20
            return is_by_link and base.sql("SELECT count(*) FROM written") == written and disk
        disk = wait_for("20 alerts by the link", go_by_the_link)
        found = next(one for one in second.incidents() if one["dedup_key"] == disk)
        assert first.show(found["number"])["occurrences"] == 20
        calls = handed(second, "database")
        assert second.pagectl("ack", str(found["number"])).returncode == 0
        assert handed(second, "database") > calls
        assert base.sql("SELECT count(*) FROM written") != "0"
        assert first.show(found["number"])["acknowledged_by"] == "ann"


def test_a_link_that_breaks_over_calls_costs_none_of_them():
    """The answers are stopped on their way: all was done, and b does not know it."""
    with two() as (_, way, first, second, key):
        names = [f"job {number}" for number in range(10)]
        way.stop_answers()
        with ThreadPoolExecutor(len(names)) as pool:
            asked = [pool.submit(second.alert, key, name, service=name) for name in names]
            wait_for("all to be done", lambda: summaries(first) == names)
            way.cut()
            got = [one.result()[:2] for one in asked]
        assert [status for status, _ in got] == [202] * len(names), got
        # None of them has a key of its own; each is one incident all the same.
        assert summaries(first) == names
        assert handed(second, "database") >= len(names)


def test_a_call_under_way_is_answered_by_the_other_way():
    """The commit is held up; the link breaks meanwhile; the answer comes with that commit. What is held up for
    too long is given up: all is asked by one connection that is there."""
    with two() as (base, way, first, second, key):
        with ThreadPoolExecutor(1) as pool, base.session() as held, base.session() as looking:
            held.ask("BEGIN; LOCK TABLE incident IN ACCESS EXCLUSIVE MODE")
            asked = pool.submit(second.alert, key, "db1: disk full", service="s1")
            wait_for("the commit to be held up", lambda: looking.ask(
                "SELECT count(*) FROM pg_locks WHERE NOT granted") != ["0"])
            way.cut()
            wait_for("the call to be in the database", lambda: looking.ask(
                "SELECT count(*) FROM relay") == ["1"])
            calls_are_looked_for(looking)
            held.ask("COMMIT")
            got = asked.result()[:2]
            assert got[0] == 202, got
        found = [one for one in first.incidents() if one["summary"] == "db1: disk full"]
        assert len(found) == 1 and first.show(found[0]["number"])["occurrences"] == 1, found


def test_what_a_person_does_is_done_once_whichever_way_it_takes():
    """The database has the call, its node does not know that, and hands it over by the link."""
    with two(DumbGate) as (base, gate, first, second, key):
        assert second.alert(key, "db1: disk full", service="s1", dedup_key="disk")[0] == 202
        number = next(one for one in first.incidents() if one["dedup_key"] == "disk")["number"]
        base.sql("CREATE FUNCTION dally() RETURNS trigger AS 'BEGIN PERFORM pg_sleep(0.3); RETURN NEW; "
                 "END' LANGUAGE plpgsql; CREATE TRIGGER dally BEFORE INSERT ON relay FOR EACH ROW "
                 "EXECUTE FUNCTION dally()")
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(second.pagectl, "note", str(number), "looked at it")
            wait_for("the call to be on its way", lambda: base.sql(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND "
                "query LIKE 'INSERT INTO relay%'") == "1")
            gate.goes.clear()
            done = asked.result()
        assert done.returncode == 0, done
        notes = first.pagectl("show", str(number)).stdout.count("looked at it")
        gate.goes.set()
        wait_for("b to see the database", lambda: cluster(second)["database"]["is_there"])
        wait_for("the call to be gone from there", lambda: base.sql(
            "SELECT count(*) FROM relay WHERE answer IS NULL") == "0")
        assert notes == first.pagectl("show", str(number)).stdout.count("looked at it") == 1


def test_who_is_frozen_with_calls_is_done_without():
    with two() as (_, _, first, second, key):
        names = [f"job {number}" for number in range(10)]
        os.kill(first.process.pid, signal.SIGSTOP)
        with ThreadPoolExecutor(len(names)) as pool:
            got = [done[0] for done in pool.map(
                lambda name: second.alert(key, name, service=name), names)]
        os.kill(first.process.pid, signal.SIGCONT)
        assert got == [202] * len(names), got
        assert cluster(second)["is_on_duty"]
        wait_for("the first to stand by", lambda: not cluster(first).get("is_on_duty"))
        assert summaries(second) == names


def test_calls_over_links():
    """All at once: most of the time is waiting for nodes to start, and to be missed."""
    tests = [test_alerts_go_by_the_link_and_acks_by_the_database,
             test_a_link_that_breaks_over_calls_costs_none_of_them,
             test_a_call_under_way_is_answered_by_the_other_way,
             test_what_a_person_does_is_done_once_whichever_way_it_takes,
             test_who_is_frozen_with_calls_is_done_without]
    with ThreadPoolExecutor(len(tests)) as pool:
        for done in [pool.submit(test) for test in tests]:
            done.result()


if __name__ == "__main__":
    main(test_calls_over_links)
