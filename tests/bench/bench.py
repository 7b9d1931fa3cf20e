# SPDX-License-Identifier: MIT
"""What every row of the bench needs: the servers, the load, runs in turn, medians and ratios.

A module of rows (rows_*.py) has ROWS, a list of functions. Each takes a Bench and returns a list of
dicts as row() makes them; Bench.curve() keeps points for a plot.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests/e2e"))

from house import BUILD, EACH_ITS_OWN, House, free_port, need, wait_for  # noqa: E402
from machine import Watch  # noqa: E402
from programs import is_listening  # noqa: E402
from prometheus import Alertmanager  # noqa: E402

TOOLS = os.path.join(BUILD, "tests/bench")
FOREIGN_MAX = 0.12  # of all cores: a run with more is left out where there are others
CONNECTIONS = 64

# 395 bytes with six labels, as Prometheus sends one: the number makes it an alert of its own.
ALERT = ('{"labels":{"alertname":"HighRequestLatency","cluster":"eu-central-1a","instance":'
         '"host-########.example.org:9100","job":"frontend-api","service":"shop-@@@@@@",'
         '"severity":"error"},"annotations":{"summary":"p99 latency of host-######## is over 2 s since 10 min"},'
         '"generatorURL":"http://prometheus.example.org/graph?g0.expr=latenc",'
         '"startsAt":"2026-11-21T03:00:00Z","endsAt":"2099-01-01T00:00:00Z"}')

# Sources may open as many as they like: nothing that is measured is cut short by a limit.
NO_LIMITS = ('integrations: { bench = { rate = 1000000, burst = 10000000, open = 1000000 } }')


def load(port, *, alert=ALERT, batch=1, connections=CONNECTIONS, seconds=3, warm=1, rate=0, count=0,
         spread=1, first=0, repeated=False, path="/api/v2/alerts", key=None, keys=None, stamps=None):
    """Runs the load generator; what it found."""
    words = [os.path.join(TOOLS, "bench_load"), "--port", str(port), "--path", path, "--alert", alert,
             "--batch", str(batch), "--connections", str(connections), "--seconds", str(seconds),
             "--warm", str(warm), "--rate", str(rate), "--count", str(count),
             "--spread", str(spread), "--first", str(first)]
    words += ["--repeated"] if repeated else []
    words += ["--header", f"Authorization: Bearer {key}"] if key else []
    words += ["--stamps", stamps] if stamps else []
    if keys:  # a file; its first line says how long they are
        with open(keys, encoding="ascii") as file:
            words += ["--keys", keys, "--header", "Authorization: Bearer " + "%" * len(file.readline().strip())]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"bench_load: {done.stderr}")
    return json.loads(done.stdout)


class Pagerd:
    """As it is shipped: its own defaults, a key, SQLite on the disk of this folder."""

    name = "pagerd"

    def __init__(self, is_grouped=True, files=None, **more):
        more.setdefault("config", NO_LIMITS)
        self.house = House(group=None if is_grouped else EACH_ITS_OWN, **more)
        for name, text in (files or {}).items():
            self.house.write(name, text)
        self.house.start()
        self.port = self.house.port
        self.pid = self.house.process.pid
        self.key = self.house.key("bench")

    def close(self):
        self.house.close()


class Manager:
    """Alertmanager without a cluster, with a receiver that does nothing, or the one given."""

    name = "Alertmanager"
    key = None

    def __init__(self, is_grouped=True, config=None):
        self.house = House()
        group = "'alertname'" if is_grouped else "'...'"
        self.program = Alertmanager(self.house, config=config or f"""
route: {{ receiver: nothing, group_by: [{group}], group_wait: 30s, group_interval: 5m, repeat_interval: 4h }}
receivers: [{{ name: nothing }}]
""").start()
        self.port = self.program.port
        self.pid = self.program.process.pid

    def close(self):
        self.house.close()


class Bare:
    """The HTTP library alone."""

    name = "bare HTTP"
    key = None

    def __init__(self):
        self.house = House()
        self.port = free_port()
        self.process = self.house.spawn([os.path.join(TOOLS, "bench_http"), str(self.port)], "bare")
        self.pid = self.process.pid
        wait_for("the bare server", lambda: is_listening(self.port))

    def close(self):
        self.house.close()


class Bench:
    """One measuring run: how long, how often, and what was found."""

    def __init__(self, quick=False, words=()):
        self.quick = quick
        self.rounds = 1 if quick else 3
        self.seconds = 1.5 if quick else 3
        self.warm = 0.5 if quick else 1
        self.words = words
        self.runs = []
        self.curves = {}

    def say(self, text):
        print(text, flush=True)

    def curve(self, name, points, **words):
        """Keeps [x, y] points for a plot of that name."""
        self.curves[name] = {"points": points, **words}

    def probe(self, seconds=None):
        """One fdatasync of this disk, while nothing else is asked of it."""
        file = os.path.join(tempfile.gettempdir(), "bench.sync")
        watch = Watch()
        done = subprocess.run([os.path.join(TOOLS, "bench_sync"), file, str(seconds or self.warm)],
                              capture_output=True, text=True, check=True)
        return {**json.loads(done.stdout), **watch.stop()}

    def loaded(self, server, **how):
        """One run of the load against a server that is up."""
        how = {"seconds": self.seconds, "warm": self.warm, **how}
        watch = Watch(server.pid)
        found = load(server.port, key=server.key, **how)
        found.update(watch.stop())
        found["cpu_per_1000"] = 1000 * found["cpu_s"] / max(1, found["alerts"])
        return found

    def in_turn(self, what, cases, rounds=None):
        """Each case, a function without arguments, in turn: A B A B; {name: runs}."""
        found = {name: [] for name in cases}
        for turn in range(rounds or self.rounds):
            for name, case in cases.items():
                run = case()
                found[name].append(run)
                self.keep(what, name, turn, run)
        return found

    def keep(self, what, who, turn, run):
        """Beside the figures, and shown to who waits."""
        self.runs.append({"what": what, "who": who, "round": turn, **run})
        self.say(f"  {what}, {who}: " + ", ".join(
            f"{key} {value:.4g}" for key, value in run.items() if key in SHOWN))


SHOWN = ("rate", "alert_rate", "p50_ms", "p99_ms", "cpu_per_1000", "not_2xx", "foreign", "value", "missing", "others_rate")


def calm(*lists):
    """The rounds in which nobody else used much of the machine, or all when these are too few."""
    rounds = list(zip(*lists))
    quiet = [runs for runs in rounds if all(run.get("foreign", 0) <= FOREIGN_MAX for run in runs)]
    return list(zip(*(quiet if 2 * len(quiet) > len(rounds) else rounds)))


def spread(values):
    return {"value": statistics.median(values), "low": min(values), "high": max(values)}


def row(number, what, unit, ours, theirs=None, against=None, goal=None, of=None, of_theirs=None):
    """A row of the page: medians with the least and the most, and the ratio of each round.

    ours, theirs: runs, taken in turn; of, of_theirs: which figure of a run; goal: (">=", 5) of the
    ratio, or of the figure itself where there is nothing to compare it with."""
    lists = calm(ours, theirs) if theirs else calm(ours)
    values = [run[of] for run in lists[0]]
    found = {"row": number, "what": what, "unit": unit, **spread(values), "against": against,
             "rounds": len(values),
             "foreign": max(run.get("foreign", 0) for runs in lists for run in runs)}
    judged = found["value"]
    if theirs:
        others = [run[of_theirs or of] for run in lists[1]]
        ratios = [a / b if b else 0 for a, b in zip(values, others)]
        found["other"] = spread(others)
        found["ratio"] = spread(ratios)
        judged = found["ratio"]["value"]
    if goal:
        found["goal"] = list(goal)
        found["met"] = judged >= goal[1] if goal[0] == ">=" else judged <= goal[1]
    return found
