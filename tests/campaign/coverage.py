#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures which lines and branches of pagerd the fast tests reach, folder by folder.

Usage: coverage.py FOLDER

Builds with --coverage in FOLDER, runs what is labelled unit, story, contract or sim, asks gcov, and puts
the result on the page.
"""
import collections
import glob
import gzip
import json
import os
import subprocess
import sys
import tempfile

import page

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LABELS = "unit|story|contract|sim"


def run(*words, **more):
    subprocess.run(words, check=True, **more)


def build(folder):
    run("cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
        "-DCMAKE_C_FLAGS=--coverage", "-DCMAKE_CXX_FLAGS=--coverage",
        "-DCMAKE_EXE_LINKER_FLAGS=--coverage", stdout=subprocess.DEVNULL)
    run("cmake", "--build", folder, stdout=subprocess.DEVNULL)


def reports(folder):
    """What gcov says of each source of pagerd, one object file at a time."""
    for notes in glob.glob(os.path.join(folder, "pagerd/**/*.gcno"), recursive=True):
        if not os.path.exists(notes[:-4] + "gcda"):
            continue
        with tempfile.TemporaryDirectory() as place:
            run("gcov", "--json-format", "--branch-probabilities", notes, cwd=place,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for name in glob.glob(os.path.join(place, "*.gz")):
                with gzip.open(name, "rt") as file:
                    yield json.load(file)


def measure(folder):
    """folder of pagerd -> [lines, reached, branches, reached]."""
    sums = collections.defaultdict(lambda: [0, 0, 0, 0])
    for report in reports(folder):
        for file in report["files"]:
            path = os.path.relpath(os.path.join(report["current_working_directory"],
                                                file["file"]), ROOT)
            if not path.startswith("pagerd/") or not path.endswith(".c"):
                continue
            sum_ = sums[os.path.dirname(path)]
            for line in file["lines"]:
                sum_[0] += 1
                sum_[1] += line["count"] > 0
                sum_[2] += len(line["branches"])
                sum_[3] += sum(branch["count"] > 0 for branch in line["branches"])
    return sums


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = os.path.abspath(sys.argv[1])
    build(folder)
    run("ctest", "--test-dir", folder, "-j", str(os.cpu_count() or 2), "-L", LABELS,
        stdout=subprocess.DEVNULL)
    figures = {}
    for name, (lines, reached, branches, taken) in sorted(measure(folder).items()):
        figures[f"{name} lines"] = round(100 * reached / max(1, lines), 1)
        figures[f"{name} branches"] = round(100 * taken / max(1, branches), 1)
        print(f"{name}: {reached} of {lines} lines, {taken} of {branches} branches")
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"],
                            capture_output=True, text=True, check=False).stdout.strip()
    page.keep([{"part": "coverage", "from": 0, "count": 1, "seed": 1, "done": 1, "failed": 0,
                "seconds": 0, "figures": figures, "commit": commit or "unknown"}])


if __name__ == "__main__":
    main()
