# SPDX-License-Identifier: MIT
"""The parts of the campaign: what each tries, how it is called, and how much of it is wanted.

A row is (name, what a point is, command, ordinary count, long count, points at a time). The command is
a program of the build folder ({build}) or of tests/; everybody takes --from, --count, --seed, --jobs
and --result (see tests/faults/README.md), and appends one line of JSON to the result.
"""
import collections

Part = collections.namedtuple("Part", "name what argv ordinary wanted chunk")

PYTHON = ["/usr/bin/python3", "-B"]


def fault(program, *more):
    return PYTHON + ["{tests}/faults/" + program, "--build", "{build}", *more]


PARTS = [
    Part("sim", "seeds, each a life of 87.6 simulated hours",
         ["{build}/tests/sim/sim"], 1_000, 1_000_000, 10_000),
    Part("kill", "kills at system calls spread over whole lives",
         fault("kill.py"), 600, 100_000, 1_000),
    Part("io", "failing file operations, once and for good",
         fault("io.py"), 504, 100_000, 1_000),
    Part("power", "power cuts, among them cuts during the recovery from a cut",
         fault("power.py"), 4_000, 1_000_000, 50_000),
    Part("flip", "flipped bytes of a store",
         fault("power.py", "--flip"), 500, 100_000, 10_000),
    Part("oom", "failing allocations, once and from then on",
         fault("oom.py"), 930, 50_000, 500),
    Part("descriptors", "limits on open files, and failing opens, sockets and accepts",
         fault("descriptors.py"), 240, 5_000, 480),
    Part("room", "sizes of a disk that fills up",
         fault("room.py"), 24, 512, 48),
    Part("clock", "steps of the wall clock by up to ten years, at moments of an incident",
         fault("clock.py"), 117, 585, 117),
    Part("stop", "processes stopped for a minute",
         fault("stop.py"), 4, 40, 4),
    Part("names", "name servers that never answer",
         fault("names.py"), 1, 10, 1),
    Part("slow_clients", "floods of 5,000 slow connections",
         fault("slow_clients.py"), 5, 25, 5),
    Part("cluster", "rounds of faults of several machines on a PostgreSQL with its standby",
         fault("cluster.py"), 4, 100, 10),
]

FUZZ_SECONDS = 20 * 60  # CPU time wanted of each fuzzer
