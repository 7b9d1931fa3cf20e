#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Several machines under fire: real nodes, a real PostgreSQL and its synchronous standby, real cables.

A point is a round: two or three nodes on machines of their own, monitoring that never stops, people who
answer, and two faults, all by the seed. At its end everything that was answered with 2xx must be there, and
have paged somebody. Each round has namespaces of its own (cluster_net.py), with which all of it vanishes.
"""
import json
import os
import shutil
import subprocess
import tempfile

import points

OPTIONS = points.options("cluster", 4)

import cluster_net  # noqa: E402  (after the build folder is known)
import part  # noqa: E402
from cluster_base import template_make  # noqa: E402

AT_ONCE = 4  # rounds: they wait more than they work
FOLDER = os.path.join(OPTIONS.build, "tests/faults/cluster")
PAGES = {"first": "first page, since its sender first tried", "next": "next page, since it was due"}
SAMPLES = os.path.join(FOLDER, f"samples-{os.getpid()}")


def point(number):
    folder = os.path.join(FOLDER, f"{OPTIONS.seed}-{number}")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    program = os.path.join(part.SOURCE, "tests/faults/cluster_round.py")
    done = subprocess.run(
        cluster_net.enter_argv([program, "--build", OPTIONS.build, "--round", str(number), "--seed",
                                str(OPTIONS.seed), "--template", TEMPLATE, "--folder", folder]),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = done.stdout.strip().splitlines()
    assert lines and lines[-1].startswith("{"), f"round {number} ended without a word: {done.stdout}"
    told = json.loads(lines[-1])
    with open(SAMPLES, "a") as file:
        file.write("".join(f"{kind} {late}\n" for kind, late in told["samples"]))
    assert told["problem"] is None, f"{told['problem']} (all logs: {folder})"
    shutil.rmtree(folder)
    return told["figures"]


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def tell_times():
    """From when a page was due until it came; nothing is judged by it."""
    late = {}
    if os.path.exists(SAMPLES):
        with open(SAMPLES) as file:
            for line in file:
                kind, value = line.strip().rsplit(" ", 1)
                late.setdefault(kind, []).append(int(value))
        os.remove(SAMPLES)
    for kind, values in sorted(late.items()):
        name, page = kind.rsplit(" ", 1)
        print(f"{name}: {PAGES[page]}: p50 {percentile(values, 0.5)} ms, p99 {percentile(values, 0.99)} ms, "
              f"max {max(values)} ms of {len(values)}")


if __name__ == "__main__":
    reason = cluster_net.why_not()
    if reason:
        part.skip(reason)
    os.makedirs(FOLDER, exist_ok=True)
    TEMPLATE = tempfile.mkdtemp(prefix="pagerd-cluster-")
    PARENT = os.getpid()
    try:
        template_make(TEMPLATE)
        points.run(OPTIONS, point, AT_ONCE)
    finally:
        if os.getpid() == PARENT:
            tell_times()
            shutil.rmtree(TEMPLATE, ignore_errors=True)
