#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The node on duty is lost while a thousand escalations a second are due: who goes on has them all, soon.

A point is a loss: it is killed, its cable pulled, or it is frozen. Each has namespaces of its own, as a round
of cluster.py; timers_round.py is what happens there.
"""
import json
import os
import shutil
import subprocess
import tempfile

import points

OPTIONS = points.options("timers", 1)

import cluster_net  # noqa: E402  (after the build folder is known)
import part  # noqa: E402
from cluster_base import template_make  # noqa: E402

FOLDER = os.path.join(OPTIONS.build, "tests/faults/timers")


def point(number):
    folder = os.path.join(FOLDER, f"{OPTIONS.seed}-{number}")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    program = os.path.join(part.SOURCE, "tests/faults/timers_round.py")
    done = subprocess.run(
        cluster_net.enter_argv([program, "--build", OPTIONS.build, "--round", str(number),
                                "--template", TEMPLATE, "--folder", folder]),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = done.stdout.strip().splitlines()
    assert lines and lines[-1].startswith("{"), f"point {number} ended without a word: {done.stdout}"
    told = json.loads(lines[-1])
    print(told["words"])
    assert told["problem"] is None, f"{told['problem']} (all logs: {folder})"
    shutil.rmtree(folder)
    return told["figures"]


if __name__ == "__main__":
    reason = cluster_net.why_not()
    if reason:
        part.skip(reason)
    os.makedirs(FOLDER, exist_ok=True)
    TEMPLATE = tempfile.mkdtemp(prefix="pagerd-timers-")
    PARENT = os.getpid()
    try:
        template_make(TEMPLATE)
        points.run(OPTIONS, point, 1)
    finally:
        if os.getpid() == PARENT:
            shutil.rmtree(TEMPLATE, ignore_errors=True)
