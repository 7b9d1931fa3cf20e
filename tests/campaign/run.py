#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs the long campaign, as much of it as there is time for, and goes on where it stopped.

Usage: run.py --build FOLDER [--fuzz FOLDER] [--minutes M] [--only PART,...] [--jobs J] [--seed N]

Every run of a part appends its line to FOLDER/campaign.jsonl. The part that is furthest from what is
wanted of it (parts.py) runs next, so that a campaign that is cut short has done a share of each. At
the end the lines are added up in tests/campaign/figures.jsonl, of which page.py makes
docs/reliability.md.
"""
import argparse
import os
import subprocess
import sys
import time

import page
import parts
import results

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
SKIP = 77
FUZZ_TURN = 60  # seconds that one fuzzer runs at a time


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--fuzz", help="a build with PAGERD_FUZZ")
    parser.add_argument("--minutes", type=float, default=24 * 60.0)
    parser.add_argument("--only", default="", help="names of parts, by commas")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--seed", type=int, default=1)
    made = parser.parse_args()
    made.build = os.path.abspath(made.build)
    made.result = os.path.join(made.build, "campaign.jsonl")
    return made


def fuzzers(folder):
    """Names of the fuzzers of a build."""
    place = os.path.join(folder, "tests/fuzz") if folder else ""
    names = sorted(os.listdir(place)) if os.path.isdir(place) else []
    return [name[5:] for name in names
            if name.startswith("fuzz_") and os.access(os.path.join(place, name), os.X_OK)
            and os.path.isfile(os.path.join(place, name))]


class Work:
    """One part, or the fuzzers: how far it is, and what runs next of it."""

    def __init__(self, name, wanted):
        self.name = name
        self.wanted = wanted
        self.is_over = False

    def reached(self, lines):
        return self.done(lines) / self.wanted


class PartWork(Work):
    def __init__(self, made, part):
        super().__init__(part.name, part.wanted)
        self.made = made
        self.part = part

    def done(self, lines):
        return results.total(lines, self.name)["done"]

    def run(self, lines):
        first = results.next_point(lines, self.name, self.made.seed)
        words = [word.format(build=self.made.build, tests=TESTS) for word in self.part.argv]
        return subprocess.run(
            words + ["--from", str(first), "--count", str(self.part.chunk), "--seed",
                     str(self.made.seed), "--jobs", str(self.made.jobs), "--result",
                     self.made.result], check=False).returncode


class FuzzWork(Work):
    """All fuzzers: those that have run least are next, as many as there are jobs."""

    def __init__(self, made, names):
        super().__init__("fuzz", parts.FUZZ_SECONDS * len(names))
        self.made = made
        self.names = names

    @staticmethod
    def seconds(lines, name):
        return results.total(lines, "fuzz_" + name)["figures"].get("cpu_seconds", 0)

    def done(self, lines):
        return sum(min(parts.FUZZ_SECONDS, self.seconds(lines, name)) for name in self.names)

    def run(self, lines):
        least = sorted(self.names, key=lambda name: self.seconds(lines, name))[:self.made.jobs]
        env = dict(os.environ, FUZZ_ONLY=" ".join(least), FUZZ_JOBS=str(self.made.jobs),
                   FUZZ_RESULT=self.made.result)
        seed = str(1 + int(self.done(lines)))  # another one each time: the corpus grows on
        return subprocess.run(["sh", os.path.join(TESTS, "fuzz/run"), self.made.fuzz,
                               str(FUZZ_TURN), seed], env=env, check=False).returncode


def works_of(made):
    works = [PartWork(made, part) for part in parts.PARTS]
    names = fuzzers(made.fuzz)
    if names:
        works.append(FuzzWork(made, names))
    only = [name for name in made.only.split(",") if name]
    unknown = set(only) - {work.name for work in works}
    if unknown:
        sys.exit(f"run.py: no part is called {', '.join(sorted(unknown))}")
    return [work for work in works if not only or work.name in only]


def turn(work, lines):
    """Runs a little of one part. Returns whether nothing failed."""
    print(f"+ {work.name}: {work.done(lines):,.0f} of {work.wanted:,}", flush=True)
    before = len(lines)
    status = work.run(lines)
    after = results.read(work.made.result)
    work.is_over = status != 0 or len(after) == before or work.reached(after) >= 1
    if status == SKIP:
        print(f"{work.name} is left out: this machine lacks what it needs")
    return status in (0, SKIP)


def main():
    made = options()
    end = time.monotonic() + made.minutes * 60
    works = works_of(made)
    is_good = True
    while time.monotonic() < end:
        lines = results.read(made.result)
        open_works = [work for work in works if not work.is_over and work.reached(lines) < 1]
        if not open_works:
            break
        is_good = turn(min(open_works, key=lambda work: work.reached(lines)), lines) and is_good
    page.keep(results.read(made.result))
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
