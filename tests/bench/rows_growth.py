# SPDX-License-Identifier: MIT
"""What grows with open incidents, teams and history: memory, start-up, lateness, CPU of an alert."""
import contextlib
import sqlite3
import threading
import time

from bench import load, row
from house import wait_for
from machine import Watch
from town import Town, age, multiply

MADE = 10000  # incidents that come by the door; the others are copies of these, made by SQL
DUE = 10000
ROUNDS = 1  # of each, for one takes minutes
LEAD_MS = 20000  # after the restart has ended, about; it is added to what a restart took before


def opened(town, count):
    """That many open incidents, and the seconds of the restart that read them."""
    town.fill(min(count, MADE))
    return town.restart(lambda database: multiply(database, count // MADE) if count > MADE else None)


def memory(bench):
    """Rows 5: bytes for each open incident, after a start, and how long that took."""
    count = 100000 if bench.quick else 1000000
    found = []
    for _ in range(ROUNDS):
        town = Town()
        try:
            empty = town.memory()
            watch = Watch(town.pid)
            start = opened(town, count)
            noise = watch.stop()["foreign"]
            found.append({"value": (town.memory() - empty) / count, "start_s": start, "foreign": noise})
        finally:
            town.close()
        bench.keep("open incidents", "pagerd", len(found) - 1, found[-1])
    words = f"{count:,} open incidents"
    return [row(5, f"{words}: memory", "bytes each", found, of="value", goal=("<=", 700)),
            row(5, f"{words}: start from disk", "s", found, of="start_s", goal=("<=", 10))]


def due_soon(database, at, count):
    """All deadlines an hour ahead, but for so many that are spread over the second that begins at `at`.
    Returns {number: wall time} of these."""
    steady, wall = database.execute("SELECT value FROM meta WHERE name = 'clock'").fetchone()[0].split()[:2]
    ahead = int(wall) - int(steady)
    total, = database.execute("SELECT count(*) FROM incident WHERE state = 0").fetchone()
    every = max(1, total // count)
    database.execute("UPDATE incident SET walk_due_at = ? + 3600000 + number, walk_step = 0, walk_round = 1 "
                     "WHERE state = 0", (at - ahead,))
    database.execute("UPDATE incident SET walk_due_at = ? + number / ? * 1000 / ? WHERE state = 0 AND number % ? = 0",
                     (at - ahead, every, count, every))
    database.execute("UPDATE person SET runs = '[]'")
    return {number: due + ahead for number, due in database.execute(
        "SELECT number, walk_due_at FROM incident WHERE state = 0 AND walk_due_at < ?", (at - ahead + 60000,))}


def taken(town, due, at):
    """{number: wall time} of those whose page was taken. It may have been made a millisecond before
    `at`: wall and steady time of a moment are cut to milliseconds each, and so is what one is ahead."""
    with contextlib.closing(sqlite3.connect(town.database)) as database:
        return {number: sent for number, sent in database.execute(
            "SELECT incident, min(sent_at) FROM page WHERE created_at >= ? AND sent_at > 0 GROUP BY incident",
            (at - 5000,)) if number in due}


def escalate(count):
    """10,000 escalations of a second among so many pending ones, and repeats of others meanwhile: how
    late each page was taken, and what of the rate was left in those two seconds. None may be missing."""
    town = Town(is_silent=False)
    due = {}
    rates = []
    try:
        start = opened(town, count)
        at = int((time.time() + 2 * start) * 1000) + LEAD_MS
        town.restart(lambda database: due.update(due_soon(database, at, DUE)))
        watch = Watch(town.pid)
        while time.time() * 1000 < at - 6000:
            time.sleep(0.1)
        sender = threading.Thread(target=lambda: load(
            town.port, repeated=True, key=town.keys[0], seconds=12, warm=0, connections=16))
        sender.start()
        was, since = town.metric('alerts_received_total{result="merged"}'), time.time()
        while sender.is_alive():
            time.sleep(1)
            now, then = town.metric('alerts_received_total{result="merged"}'), time.time()
            rates.append((then - at / 1000, (now - was) / (then - since)))
            was, since = now, then
        noise = watch.stop()["foreign"]
        wait_for("a page of every incident that was due", lambda: len(taken(town, due, at)) == len(due))
        late = sorted(sent - due[number] for number, sent in taken(town, due, at).items())
    finally:
        town.close()
    before = [rate for when, rate in rates if -4 < when < 0]
    during = [rate for when, rate in rates if 0.5 < when < 2.5]
    return {"p50_ms": late[len(late) // 2], "p99_ms": late[len(late) * 99 // 100], "taken": len(late),
            "foreign": noise, "value": min(during) / (sum(before) / len(before))}


def timers(bench):
    """Row 6."""
    count = 100000 if bench.quick else 1000000
    runs = bench.in_turn("escalations", {"pagerd": lambda: escalate(count)}, ROUNDS)["pagerd"]
    words = f"{count:,} pending, {DUE:,} due in one second"
    return [row(6, f"{words}: a page is taken after its deadline, p99", "ms", runs, of="p99_ms", goal=("<=", 50)),
            row(6, f"{words}: rate of repeats meanwhile, of that before", "", runs, of="value", goal=(">=", 0.9))]


def cost(bench, teams=1, count=0, entries=0):
    """CPU of 1,000 alerts, new ones, at that size."""
    town = Town(teams=teams)
    try:
        town.fill(100)
        if count > 100:
            town.fill(min(count, MADE), first=1000000)
        town.restart(lambda database: (multiply(database, count // MADE) if count > MADE else None,
                                       age(database, entries) if entries else None))
        watch = Watch(town.pid)
        found = load(town.port, keys=town.key_file, seconds=bench.seconds, warm=bench.warm, first=50000000)
        found.update(watch.stop())
        return {**found, "cpu_per_1000": 1000 * found["cpu_s"] / max(1, found["alerts"])}
    finally:
        town.close()


def curve(bench, number, what, name, sizes, goal):
    runs = bench.in_turn(what, {f"{size:,}": lambda size=size: cost(bench, **{name: size}) for size in sizes},
                         ROUNDS)
    least, most = runs[f"{sizes[0]:,}"], runs[f"{sizes[-1]:,}"]
    bench.curve(what, [[size, sorted(run["cpu_per_1000"] for run in runs[f"{size:,}"])[len(least) // 2]]
                       for size in sizes], x=what, y="CPU, s per 1,000 alerts")
    return [row(number, f"{what}, {sizes[0]:,} to {sizes[-1]:,}: CPU of an alert", "s per 1,000 alerts", most, least,
                f"{sizes[0]:,}", ("<=", goal), of="cpu_per_1000")]


def growth(bench):
    """Row 10, and of history row 9."""
    return (curve(bench, 10, "open incidents", "count", [1000, 100000] if bench.quick else
                  [1000, 10000, 100000, 1000000], 2)
            + curve(bench, 10, "teams", "teams", [1, 100, 1000], 2)
            + curve(bench, 9, "timeline rows", "entries", [0, 100000] if bench.quick else
                    [0, 1000000, 10000000], 1.2))


ROWS = [memory, timers, growth]
