# SPDX-License-Identifier: MIT
"""How fast alerts are taken, and what one costs: beside Alertmanager, the disk, and the HTTP library."""
import time

from bench import Bare, Manager, Pagerd, load, row
from machine import Watch, written

SAVED_S = 15  # DEDUP_SAVE_MAX_MS
SETTLED_S = 2  # nothing more was written for so long: what was counted in memory is on the disk

LOADS = {
    "distinct": {},
    "distinct, own groups": {"is_grouped": False},
    "repeated": {"repeated": True},
}


def one(bench, server_class, batch, is_grouped=True, **how):
    """One run against a server started for it, so that none is heavy with what came before."""
    server = server_class(**({} if server_class is Bare else {"is_grouped": is_grouped}))
    try:
        return bench.loaded(server, batch=batch, spread=1 if is_grouped else 1000, **how)
    finally:
        server.close()


def against_manager(bench, number, batch, rate_goal, cpu_goal):
    rows = []
    for name, how in LOADS.items():
        what = f"{batch} a request, {name}"
        runs = bench.in_turn(what, {
            server.name: lambda server=server: one(bench, server, batch, **how)
            for server in (Pagerd, Manager)})
        ours, theirs = runs["pagerd"], runs["Alertmanager"]
        common = {"ours": ours, "theirs": theirs, "against": "Alertmanager"}
        rows += [row(number, f"{what}: rate", "alerts/s", of="alert_rate", goal=(">=", rate_goal), **common),
                 row(number, f"{what}: CPU", "s per 1,000 alerts", of="cpu_per_1000",
                     goal=("<=", cpu_goal), **common),
                 row(number, f"{what}: p99 of the answer", "ms", of="p99_ms", **common)]
    return rows


def single(bench):
    return against_manager(bench, 1, 1, 5, 1 / 6)


def hundred(bench):
    return against_manager(bench, 2, 100, 10, 1 / 10)


def at_half(bench):
    """The wait for an answer while half of what pagerd can take comes, beside one fdatasync."""
    rows = []
    for batch in (1, 100):
        what = f"{batch} a request, distinct, at half of its rate"
        full = bench.in_turn(f"{batch} a request, for its rate", {
            "pagerd": lambda: one(bench, Pagerd, batch)}, rounds=1)["pagerd"][0]["rate"]
        runs = bench.in_turn(what, {
            "pagerd": lambda: one(bench, Pagerd, batch, rate=full / 2),
            "fdatasync": bench.probe})
        for beside, key in (("one fdatasync", "p50_ms"), ("p99 of fdatasync", "p99_ms")):
            rows.append(row(3, f"{what}: p99 of the answer", "ms", runs["pagerd"], runs["fdatasync"],
                            beside, ("<=", 5), of="p99_ms", of_theirs=key))
        rows.append(row(3, f"{what}: p50 of the answer", "ms", runs["pagerd"], runs["fdatasync"],
                        "one fdatasync", of="p50_ms"))
    return rows


def bare(bench):
    """Beside the same library's server that answers at once."""
    rows = []
    for batch in (1, 100):
        what = f"{batch} a request, distinct"
        runs = bench.in_turn(what, {server.name: lambda server=server: one(bench, server, batch)
                                    for server in (Pagerd, Bare)})
        common = {"ours": runs["pagerd"], "theirs": runs["bare HTTP"], "against": "bare HTTP server"}
        rows.append(row(4, f"{what}: rate", "requests/s", of="rate", goal=(">=", 0.5), **common))
    return rows


def settled(pid):
    """Bytes written, once nothing more is."""
    was, since = written(pid), time.monotonic()
    while time.monotonic() - since < SETTLED_S:
        time.sleep(0.2)
        now = written(pid)
        if now != was:
            was, since = now, time.monotonic()
    return was


def repeats(bench, batch, count, rate=0):
    """Bytes to the disk for each repeat of alerts whose incident is open."""
    server = Pagerd()
    try:
        how = {"batch": batch, "repeated": True, "key": server.key, "warm": 0}
        load(server.port, count=1, seconds=20, **how)
        before = settled(server.pid)
        watch = Watch(server.pid)
        found = load(server.port, count=count // batch, rate=rate, seconds=100, **how)
        noise = watch.stop()["foreign"]
        bytes_written = settled(server.pid) - before
    finally:
        server.close()
    return {"value": bytes_written / found["alerts"], "bytes": bytes_written, "foreign": noise,
            "alerts": found["alerts"], "not_2xx": found["not_2xx"]}


def repeats_of_many(bench, keys=20000, every=2):
    """The same where many keys repeat: each so many seconds, and until their last counts are saved."""
    server = Pagerd()
    how = {"batch": 100, "key": server.key, "warm": 0, "seconds": 100, "count": keys // 100}
    try:
        load(server.port, **how)
        before = settled(server.pid)
        watch = Watch(server.pid)
        rounds = [load(server.port, rate=keys / 100 / every, **how)
                  for _ in range(6 if bench.quick else 20)]
        noise = watch.stop()["foreign"]
        time.sleep(SAVED_S)
        bytes_written = settled(server.pid) - before
    finally:
        server.close()
    alerts = sum(found["alerts"] for found in rounds)
    return {"value": bytes_written / alerts, "bytes": bytes_written, "foreign": noise,
            "alerts": alerts, "not_2xx": sum(found["not_2xx"] for found in rounds)}


def duplicates(bench):
    many = 20000 if bench.quick else 200000
    loads = {f"{many:,} repeats, one a request": (1, many, 0),
             f"{many:,} repeats, 100 a request": (100, many, 0),
             "repeats, 500 a second": (1, 1500 if bench.quick else 5000, 500)}
    rows = []
    for what, how in loads.items():
        runs = bench.in_turn(what, {"pagerd": lambda how=how: repeats(bench, *how)}, rounds=1)
        rows.append(row(8, f"{what}: written to disk", "bytes each", runs["pagerd"], of="value",
                        goal=None if how[2] else ("<=", 100)))
    what = "20,000 keys, each again every 2 s"
    runs = bench.in_turn(what, {"pagerd": lambda: repeats_of_many(bench)}, rounds=1)
    rows.append(row(8, f"{what}: written to disk", "bytes each", runs["pagerd"], of="value",
                    goal=("<=", 100)))
    return rows


ROWS = [single, hundred, at_half, bare, duplicates]
