# SPDX-License-Identifier: MIT
"""The programs that measure do what they say, against a real pagerd; no time is judged."""
import contextlib
import os
import sqlite3
import subprocess
import tempfile
import time

import page
import rows_pages
from bench import FOREIGN_MAX, TOOLS, Bare, Bench, Pagerd, load, row
from house import House, free_port, main
from prometheus import ask
from town import Town, age, multiply


def kept(server):
    with contextlib.closing(sqlite3.connect(f"file:{server.house.state}/pagerd.db?mode=ro",
                                            uri=True)) as base:
        return base.execute("select count(*) from alert").fetchone()[0]


def what_the_load_counts_as_taken_is_what_pagerd_has():
    server = Pagerd()
    try:
        found = load(server.port, key=server.key, count=300, seconds=20, warm=0)
        assert found["taken"] == found["answered"] == 300 and not found["errors"], found
        assert kept(server) == 300
        load(server.port, key=server.key, count=50, seconds=20, warm=0, repeated=True)
        assert kept(server) == 300, "repeated alerts are those that are there"
        found = load(server.port, key=server.key, count=3, batch=100, first=1000, seconds=20, warm=0)
        assert found["alerts"] == 300 and kept(server) == 600, found
        found = load(server.port, key="pgk_wrong", count=20, seconds=20, warm=0)
        assert found["not_2xx"] == found["statuses"]["401"] == 20, found
    finally:
        server.close()


def a_town_has_the_incidents_and_the_history_that_it_was_given():
    town = Town(teams=3)
    try:
        assert town.fill(300)["taken"] == 3
        town.restart(lambda database: (multiply(database, 4), age(database, 1000)))
        assert town.metric('incidents{state="suppressed"}') == 1200
        with contextlib.closing(sqlite3.connect(town.database)) as base:
            count, = base.execute("select count(*) from incident where state = 4").fetchone()
            assert count == 100
            count, = base.execute("select count(*) from entry where event = 'paged'").fetchone()
            assert count == 1000
        assert town.fill(100, first=500000)["not_2xx"] == 0
        assert town.metric('incidents{state="suppressed"}') == 1300
        assert town.metric("ledger_imbalance") == 0
    finally:
        town.close()


def an_open_loop_sends_as_many_as_are_due():
    server = Bare()
    try:
        found = load(server.port, rate=500, seconds=0.8, warm=0.2)
        assert found["requests"] + found["unsent"] == 500 and found["not_2xx"] == 0, found
        assert found["statuses"] == {"202": found["answered"]}
        assert 0 < found["p50_ms"] <= found["p99_ms"] <= found["max_ms"]
    finally:
        server.close()


def the_gateway_notes_which_alert_came_when_the_first_time():
    with House() as house:
        port = free_port()
        gateway = rows_pages.Gateway(house, port)
        begun = time.monotonic_ns()
        for text in ("host-00000012 is down", "host-00000012 again", "host-1 is none"):
            assert ask(port, "POST", "/send", {"text": text}) == {}
        first = rows_pages.lines(gateway.file)
        subprocess.run([os.path.join(TOOLS, "bench_gateway"), "--note", gateway.file, "host-00000013"],
                       check=True)
        found = rows_pages.lines(gateway.file)
        assert list(found) == [12, 13] and found[12] == first[12], found
        assert begun < found[12] < found[13] < time.monotonic_ns(), found


def a_row_has_medians_the_ratio_of_each_round_and_leaves_noisy_rounds_out():
    ours = [{"x": 10, "foreign": 0}, {"x": 30, "foreign": 0.05}, {"x": 900, "foreign": 0.5}]
    theirs = [{"x": 5, "foreign": 0}, {"x": 10, "foreign": 0}, {"x": 1, "foreign": 0}]
    found = row(1, "what", "x", ours, theirs, "other", (">=", 3), of="x")
    assert found["value"] == 20 and found["ratio"] == {"value": 2.5, "low": 2, "high": 3}, found
    assert found["met"] is False and found["rounds"] == 2
    noisy = row(1, "what", "x", ours[2:], theirs[2:], "other", (">=", 3), of="x")
    assert noisy["met"] is True and noisy["foreign"] == 0.5
    assert FOREIGN_MAX == page.FOREIGN_MAX and page.named(noisy) == "what ¹"
    assert page.cells(found) == ["what", "x", "20 (10 to 30)", "other: 7.5 (5 to 10)",
                                 "2.50 × (2.00 to 3.00)", "≥ 3 ×", "**missed**"], page.cells(found)


def a_disk_is_probed_and_nothing_is_left():
    tempfile.tempdir = tempfile.mkdtemp()
    assert Bench(quick=True).probe(0.1)["p50_ms"] > 0
    assert os.listdir(tempfile.tempdir) == []
    os.rmdir(tempfile.tempdir)
    tempfile.tempdir = None


if __name__ == "__main__":
    main(what_the_load_counts_as_taken_is_what_pagerd_has,
         a_town_has_the_incidents_and_the_history_that_it_was_given,
         an_open_loop_sends_as_many_as_are_due,
         the_gateway_notes_which_alert_came_when_the_first_time,
         a_row_has_medians_the_ratio_of_each_round_and_leaves_noisy_rounds_out,
         a_disk_is_probed_and_nothing_is_left)
