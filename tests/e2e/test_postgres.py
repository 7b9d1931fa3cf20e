# SPDX-License-Identifier: MIT
"""pagerd on a real PostgreSQL: life and restart, the database killed and frozen, one writer alone."""
import os
import signal
import sys
import threading
import time

from house import House, wait_for
from postgres import Postgres


def store_of(base):
    return f'store = "postgres:{base.dsn}"'


def is_told(pager, what):
    wait_for(what, lambda: what in pager.log())


def pages_sent(pager):
    return pager.log().count("page handed over")


def an_alert_an_ack_and_a_restart(base):
    with House(config=store_of(base)) as pager:
        pager.start()
        key = pager.key()
        pager.alert(key, "db1: disk full", service="disk")
        wait_for("the page", lambda: pages_sent(pager) >= 1)
        assert pager.pagectl("ack", "1").returncode == 0
        pager.kill()
        pager.start()
        known = pager.ask("show", "1")
        assert known["state"] == "acknowledged" and known["acknowledged_by"] == "ann", known
        assert known["pages"][0]["user"] == "ann", known
        pager.alert(key, "db1: swap full", service="swap")  # the key is still good
        assert len(pager.incidents("--all")) == 2
        assert not os.path.exists(os.path.join(pager.state, "pagerd.db"))


class Traffic(threading.Thread):
    """Sends one alert after the other and keeps those that were answered with a 2xx."""

    def __init__(self, pager, key):
        super().__init__(daemon=True)
        self.pager, self.key = pager, key
        self.accepted, self.refused, self.is_over = set(), 0, False

    def run(self):
        number = 0
        while not self.is_over:
            number += 1
            name = f"job {number}"
            while not self.is_over:
                try:
                    status = self.pager.request(
                        "POST", "/v1/alerts", {"summary": name, "dedup_key": name, "service": name},
                        {"Authorization": f"Bearer {self.key}"})[0]
                except OSError:
                    status = 0
                if 200 <= status < 300:
                    self.accepted.add(name)
                    break
                self.refused += 1
                time.sleep(0.05)

    def end(self):
        self.is_over = True
        self.join(60)


def the_database_is_killed_under_traffic(base):
    with House(config=store_of(base)) as pager:
        pager.start()
        traffic = Traffic(pager, pager.key())
        traffic.start()
        for _ in range(3):
            before = len(traffic.accepted)
            wait_for("traffic", lambda: len(traffic.accepted) > before + 20)
            base.kill()
            refused = traffic.refused
            wait_for("a 503", lambda: traffic.refused > refused + 2)
            assert pager.request("GET", "/readyz")[0] == 503
            base.start()
            wait_for("it to be ready again", pager.is_ready)
        traffic.end()
        wait_for("all to be on disk", pager.is_ready)
        pager.kill()  # what is on disk is what counts
        pager.start()
        # Many at once are a storm, and one incident: each has a row of its own all the same.
        keys = base.sql("select dedup_key from alert").split("\n")
        lost = traffic.accepted - set(keys)
        assert not lost, f"accepted and lost: {sorted(lost)[:10]}"
        assert len(keys) == len(set(keys)), "alerts are doubled"
        doubled = base.sql("select count(*) from (select incident from entry where event = "
                           "'triggered' group by incident having count(*) > 1) x")
        assert doubled == "0", "entries are doubled"
        print(f"   {len(traffic.accepted)} accepted, {traffic.refused} refused, 0 lost")


def a_frozen_database_stops_no_page(base):
    with House(config=store_of(base)) as pager:
        pager.start()
        key = pager.key()
        pager.alert(key, "before", service="before")
        wait_for("the first page", lambda: pages_sent(pager) == 1)
        base.freeze()
        try:
            status = pager.request("POST", "/v1/alerts", {"summary": "meanwhile", "service": "b"},
                                   {"Authorization": f"Bearer {key}"})[0]
            assert status == 503, status
            wait_for("the page of what was refused, and the escalation to bob",
                     lambda: "page handed over page=2" in pager.log() and
                     "user=bob" in pager.log())
            asked = time.monotonic()
            assert pager.request("GET", "/healthz")[0] == 200
            print(f"   the loop answered in {(time.monotonic() - asked) * 1000:.0f} ms")
            assert pager.request("GET", "/readyz")[0] == 503
        finally:
            base.thaw()
        wait_for("it to be ready again", pager.is_ready)
        assert pager.pagectl("ack", "1").returncode == 0
        pages = base.sql("select count(*) from page")
        assert int(pages) >= 3, pages


def what_goes_out_meanwhile_holds_up_no_return(base):
    """Pages from memory, and what becomes of them, wait for the database as well, several in a second."""
    with House(config=store_of(base),
               escalate='( { page = "primary", wait = "1s", repeat = 100 } )') as pager:
        pager.start()
        key = pager.key()
        for number in range(8):
            assert pager.alert(key, f"job {number}", service=f"s{number}")[0] == 202
            time.sleep(0.1)
        base.kill()
        wait_for("pages from memory", lambda: "pages go out from memory" in pager.log())
        sent = pages_sent(pager)
        wait_for("more of them", lambda: pages_sent(pager) > sent + 16)
        base.start()
        wait_for("it to be ready again", pager.is_ready)


def a_second_pagerd_is_refused(base):
    with House(config=store_of(base)) as first, House(config=store_of(base)) as second:
        first.start()
        second.start(wait=False)
        second.process.child.wait(60)
        assert "another pagerd (process" in second.log(), second.log()
        assert first.is_ready()
        # Killed, it is followed as soon as it has been silent for a while; nobody tells that it is gone.
        first.alert(first.key(), "kept", service="kept")
        first.kill()
        second.start()
        assert [one["summary"] for one in second.incidents()] == ["kept"]


def a_frozen_pagerd_wakes_up_and_writes_nothing(base):
    with House(config=store_of(base)) as first, House(config=store_of(base)) as second:
        first.start()
        key = first.key()
        first.alert(key, "at first", service="first")
        os.killpg(first.process.pid, signal.SIGSTOP)
        second.start()
        assert second.pagectl("ack", "1").returncode == 0
        os.killpg(first.process.pid, signal.SIGCONT)
        try:
            first.request("POST", "/v1/alerts", {"summary": "too late", "service": "late"},
                          {"Authorization": f"Bearer {key}"})
        except OSError:
            pass  # it has ended already
        first.process.child.wait(60)
        assert first.process.child.returncode == 1
        assert "has taken over the database" in first.log(), first.log()[-2000:]
        assert "too late" not in base.sql("select string_agg(summary, ',') from incident")
        assert second.is_ready() and second.ask("show", "1")["state"] == "acknowledged"


def a_start_waits_for_the_database(base):
    base.stop()
    with House(config=store_of(base)) as pager:
        pager.start(wait=False)
        is_told(pager, "cannot start yet, waiting for the database")
        assert pager.process.is_alive()
        base.start()
        wait_for("it to be ready", pager.is_ready)
        pager.stop()
        base.stop()
        pager.start(wait=False)
        wait_for("the second wait",
                 lambda: pager.log().count("waiting for the database") > 1)
        pager.process.child.terminate()
        pager.process.child.wait(60)
        base.start()


def a_check_reads_and_asks(base):
    with House(config=store_of(base)) as pager:
        check = lambda *more: pager.spawn(  # noqa: E731
            [os.path.join(os.environ.get("PAGERD_BUILD", "build/gcc"), "pagerd/daemon/pagerd"),
             "--check", "--config", pager.config, *more], "check")
        done = check("--net")
        assert done.child.wait(60) == 0, done.output()
        assert "ok    store" in done.output() and "PostgreSQL" in done.output(), done.output()
        base.stop()
        done = check("--net")
        assert done.child.wait(60) == 1 and "FAIL  store" in done.output(), done.output()
        base.start()
        with open(pager.config) as file:
            text = file.read()
        for store, said in (("postgres:host=a nonsense=1", "nonsense"),
                            ("postgres:host=a password=hunter2", "store-password"),
                            ("mysql:host=a", "names no store")):
            pager.write("pagerd.cfg", text.replace(f"postgres:{base.dsn}", store))
            done = check()
            assert done.child.wait(60) == 1 and said in done.output(), done.output()
            assert "hunter2" not in done.output(), done.output()


if __name__ == "__main__":
    with Postgres() as server:
        for case in [case for case in (an_alert_an_ack_and_a_restart, a_check_reads_and_asks,
                     the_database_is_killed_under_traffic, a_frozen_database_stops_no_page,
                     what_goes_out_meanwhile_holds_up_no_return,
                     a_second_pagerd_is_refused, a_frozen_pagerd_wakes_up_and_writes_nothing,
                     a_start_waits_for_the_database) if case.__name__ in (sys.argv[1:] or [case.__name__])]:
            began = time.monotonic()
            server.sql("drop schema public cascade; create schema public")
            case(server)
            print(f"ok {case.__name__} {time.monotonic() - began:.1f} s")
