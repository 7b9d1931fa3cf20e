# SPDX-License-Identifier: MIT
"""What every part of the campaign has in common: its options, its jobs and its line of result.

A part does points from K on. A point is a function of its number and the seed, so that a campaign
can be cut in parts, resumed, and one point be repeated. `figures` are numbers that may be added up
over parts (but those whose name ends in _max).
"""
import argparse
import json
import os
import subprocess
import sys
import time
import traceback

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
SKIP = 77  # CTest's SKIP_RETURN_CODE


def options(name, count, more=lambda parser: None):
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("--build", default=os.environ.get("PAGERD_BUILD", "build/gcc"))
    parser.add_argument("--from", dest="first", type=int, default=0, metavar="K")
    parser.add_argument("--count", type=int, default=count, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--result", metavar="FILE")
    more(parser)
    made = parser.parse_args()
    made.build = os.path.abspath(made.build)
    made.name = name
    return made


def skip(why):
    print(f"SKIPPED: {why}")
    sys.exit(SKIP)


def add(figures, more):
    for key, value in more.items():
        if key.endswith("_max"):
            figures[key] = max(figures.get(key, 0), value)
        else:
            figures[key] = figures.get(key, 0) + value


def commit():
    done = subprocess.run(["git", "-C", SOURCE, "rev-parse", "--short", "HEAD"],
                          capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


class Tally:
    """What one job has done so far."""

    def __init__(self, made):
        self.made = made
        self.done = 0
        self.failed = 0
        self.figures = {}

    def count(self, **figures):
        add(self.figures, figures)

    def fail(self, point, what, again=""):
        """One line per failing point, with the command that repeats it."""
        self.failed += 1
        print(f"FAILED {self.made.name} point {point}: {what}\n"
              f"  again: {again or self.again(point)}", flush=True)

    def again(self, point, *more):
        words = ["/usr/bin/python3", "-B", os.path.relpath(os.path.abspath(sys.argv[0]), SOURCE),
                 "--build", self.made.build, "--from", str(point), "--count", "1",
                 "--seed", str(self.made.seed), "--jobs", "1", *more]
        return " ".join(words)


def job_run(work, tally, points, pipe):
    """One job: its own process, for each has a gateway and folders of its own."""
    try:
        work(tally, points)
    except BaseException:  # what ends a job early is told, and fails the part
        traceback.print_exc()
        tally.failed += 1
    os.write(pipe, json.dumps({"done": tally.done, "failed": tally.failed,
                               "figures": tally.figures}).encode())
    sys.stdout.flush()
    os._exit(0)


def share(made, chain):
    """Points in chains that stay together, dealt out to the jobs: [[first, last) ...] of each."""
    end = made.first + made.count
    chains = []
    at = made.first
    while at < end:
        until = min(end, (at // chain + 1) * chain)
        chains.append((at, until))
        at = until
    jobs = max(1, min(made.jobs, len(chains)))
    return [chains[i::jobs] for i in range(jobs)]


def run(made, work, chain=1):
    """work(tally, [(first, end), ...]) in `jobs` processes; then the line, and the exit."""
    started = time.monotonic()
    pipes = []
    for points in share(made, chain):
        reading, writing = os.pipe()
        sys.stdout.flush()
        if os.fork() == 0:
            os.close(reading)
            job_run(work, Tally(made), points, writing)
        os.close(writing)
        pipes.append(reading)
    done, failed, figures = 0, 0, {}
    for reading in pipes:
        with os.fdopen(reading, "rb") as file:
            told = file.read()
        if not told:
            failed += 1
            print(f"FAILED {made.name}: a job ended without a word")
            continue
        told = json.loads(told)
        done += told["done"]
        failed += told["failed"]
        add(figures, told["figures"])
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    line = {"part": made.name, "from": made.first, "count": made.count, "seed": made.seed,
            "done": done, "failed": failed, "seconds": round(time.monotonic() - started, 1),
            "figures": dict(sorted(figures.items())), "commit": commit()}
    print(json.dumps(line))
    if made.result:
        with open(made.result, "a") as file:
            file.write(json.dumps(line) + "\n")
    sys.exit(1 if failed else 0)
