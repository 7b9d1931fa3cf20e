# SPDX-License-Identifier: MIT
"""Points that mostly wait: many at once in each job of a part (part.py), each in its own thread."""
import concurrent.futures
import contextlib
import functools
import os
import resource
import socket
import sys
import threading
import traceback

import part

sys.path.insert(0, os.path.join(part.SOURCE, "tests/e2e"))
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FIRST_PORT, LAST_PORT = 12000, 31999  # below those from which the system serves itself


def options(name, count):
    """The part's arguments; house.py is told the build folder, and where houses find ports."""
    made = part.options(name, count)
    os.environ["PAGERD_BUILD"] = made.build
    import house
    house.free_port = free_port
    return made


PORTS = threading.Lock()
port_next = {}


def free_port():
    """Many houses start at once here, and a port that is free must stay so until it is bound."""
    while True:
        with PORTS:
            pid = os.getpid()
            port = port_next.get(pid, FIRST_PORT + pid * 97 % (LAST_PORT - FIRST_PORT)) + 1
            port_next[pid] = port if port < LAST_PORT else FIRST_PORT
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def work(point, at_once, tally, ranges):
    """Does one job's points; point(number) gives its figures, or raises."""
    def one(number):
        try:
            return point(number), None
        except Exception:  # whatever it is: the point has failed, the others go on
            return {}, traceback.format_exc()

    numbers = [number for first, end in ranges for number in range(first, end)]
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        for number, (figures, problem) in zip(numbers, pool.map(one, numbers)):
            tally.done += 1
            tally.count(**figures)
            if problem:
                tally.fail(number, problem.strip().splitlines()[-1])
                print(problem)


def run(made, point, at_once):
    part.run(made, functools.partial(work, point, max(1, at_once // made.jobs)))


def descriptors_raise(count):
    """The limit of this process; the part is skipped where it is not to be had."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= count:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, max(hard, count)))
    except (ValueError, OSError):
        part.skip(f"{count} descriptors are not to be had here (hard limit {hard})")


def cpu_seconds(pid):
    """User and system time of a process."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(pid):
    """{name: pid} of a process's children."""
    found = {}
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        for child in file.read().split():
            with contextlib.suppress(OSError), open(f"/proc/{child}/comm") as comm:
                found[comm.read().strip()] = int(child)
    return found
