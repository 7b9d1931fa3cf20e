# SPDX-License-Identifier: MIT
"""What an alert costs pagerd in user instructions, system calls and allocations, from its socket to
its answer behind the commit. Counted by callgrind, so that neither the load nor the speed of a
machine matters; compared with what tests/bench/instructions.tsv has.

A change that makes a figure better or worse by more than the tolerance records it anew:
    PAGERD_RECORD=1 python3 tests/e2e/test_instructions.py
"""
import glob
import http.client
import json
import os
import platform
import re
import shutil
import subprocess
import time

from house import BUILD, PAGERD, SOURCE, House, main, need, skip, wait_for

RECORD = os.path.join(SOURCE, "tests/bench/instructions.tsv")
TOLERANCE = {"instructions": 0.05, "syscalls": 0.25, "allocations": 0.05}  # of threads in turn
COMPILER = "gcc 12 RelWithDebInfo x86_64"  # what the recorded figures are of
# Valgrind is what /proc/self/exe leads to, but the courier and the readers are pagerd (child.c). And
# its clocks go at a tenth of their pace: what is done once a second is no part of what an alert
# costs, however long the machine takes for one.
PRELOADED = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CLOCKS 16
#define SECOND_NS 1000000000LL
#define SLOWNESS 10

static int (*real)(clockid_t, struct timespec *);
static int (*real_wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
static long long first_ns[CLOCKS];

static long long read_ns(clockid_t clock)
{
    struct timespec now;
    return real(clock, &now) == 0 ? now.tv_sec * SECOND_NS + now.tv_nsec : 0;
}

/* Libraries ask for the time before this one has its turn. */
__attribute__((constructor)) static void begin(void)
{
    if (real != NULL)
        return;
    real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    real_wait = (int (*)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *))dlvsym(
        RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    for (int i = 0; i < CLOCKS; i++)
        first_ns[i] = read_ns(i);
}

int clock_gettime(clockid_t clock, struct timespec *at)
{
    begin();
    if (clock < 0 || clock >= CLOCKS || first_ns[clock] == 0)
        return real(clock, at);
    long long ns = first_ns[clock] + (read_ns(clock) - first_ns[clock]) / SLOWNESS;
    *at = (struct timespec){.tv_sec = ns / SECOND_NS, .tv_nsec = ns % SECOND_NS};
    return 0;
}

/* Until the slow clock shows that time: the system knows the real one. */
int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *lock, const struct timespec *at)
{
    long long slow = at->tv_sec * SECOND_NS + at->tv_nsec - first_ns[CLOCK_REALTIME];
    long long ns = first_ns[CLOCK_REALTIME] + slow * SLOWNESS;
    struct timespec until = {.tv_sec = ns / SECOND_NS, .tv_nsec = ns % SECOND_NS};
    return real_wait(cond, lock, &until);
}

int execv(const char *path, char *const argv[])
{
    const char *program = strcmp(path, "/proc/self/exe") == 0 ? getenv("PAGERD_PROGRAM") : path;
    unsetenv("LD_PRELOAD");
    return execve(program, argv, environ);
}
"""
MARK = "route_health_show"  # callgrind writes what it has counted when this begins, and begins anew
ALLOCATORS = {"malloc", "calloc", "realloc"}
# Soon all belong to one incident, whatever time they took: what is paged meanwhile is another matter.
STORM = 'group: { storm = { more-than = 10, within = "1h" } }'
LADDER = '( { page = "primary", wait = "1h" } )'
BATCH = 100
# name: alerts in a request, requests, whether each alert is another one
CASES = {"single_distinct": (1, 30, True), "single_repeated": (1, 30, False),
         "batch_distinct": (BATCH, 3, True), "batch_repeated": (BATCH, 3, False)}
ROUNDS = 5  # of which the cheapest counts
MOMENT_S = 0.01  # a millisecond of the slow clock: answers that are alike in one are made once


def compiler():
    """Of the build, as COMPILER has it."""
    with open(os.path.join(BUILD, "CMakeCache.txt"), encoding="ascii", errors="replace") as file:
        found = dict(re.findall(r"^(CMAKE_C_COMPILER|CMAKE_BUILD_TYPE):[A-Z]+=(.*)$", file.read(),
                                re.M))
    version = subprocess.run([found["CMAKE_C_COMPILER"], "-dumpversion"], capture_output=True,
                             text=True, check=True).stdout.split(".")[0]
    name = "gcc" if "gcc" in os.path.basename(found["CMAKE_C_COMPILER"]) else "other"
    return f"{name} {version.strip()} {found['CMAKE_BUILD_TYPE']} {platform.machine()}"


def alert(case, i):
    """As Prometheus sends it, names in order: about 500 bytes, seven labels."""
    return {"labels": {"alertname": "HighRequestLatency", "job": "api", "severity": "error",
                       "instance": f"web{i % 500:03}:9100", "cluster": "eu-west", "case": case,
                       "request": f"{i:06}"},
            "annotations": {"summary": f"latency of request {i:06} is above one second",
                            "description": "the 99th percentile was over 1 s for five minutes"},
            "startsAt": "2026-11-21T03:00:00Z", "endsAt": "2099-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example.org/graph?g0.expr=latency&g0.tab=1"}


class Sender:
    """One client, whose next request follows the last one's answer: a turn each."""

    def __init__(self, pager):
        self.headers = {"Authorization": f"Bearer {pager.key()}", "Content-Type": "application/json"}
        self.connection = http.client.HTTPConnection("127.0.0.1", pager.port, timeout=300)

    def ask(self, method, path, body=None):
        self.connection.request(method, path, body, self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status == 200, (answer.status, text[:300])

    def send(self, case, first):
        size, requests, is_distinct = CASES[case]
        for n in range(requests):
            start = first + n * size if is_distinct else 0
            time.sleep(MOMENT_S)
            self.ask("POST", "/api/v2/alerts",
                     json.dumps([alert(case, i) for i in range(start, start + size)], sort_keys=True))

    def mark(self):
        self.ask("GET", "/healthz")


def read_profile(path):
    """(instructions, system calls, allocations) of one dump (valgrind's cl-format.xml)."""
    names, allocations, callee = {}, 0, None
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("cfn="):
                number, _, name = line[4:].rstrip("\n").partition(" ")
                names[number] = name or names.get(number, "")
                callee = names[number]
            elif line.startswith("fn="):
                number, _, name = line[3:].rstrip("\n").partition(" ")
                names[number] = name or names.get(number, "")
            elif line.startswith("calls=") and callee in ALLOCATORS:
                allocations += int(line[6:].split()[0])
            elif line.startswith("totals:"):
                totals = [int(word) for word in line.split()[1:]]
            elif line.startswith("events:"):
                events = line.split()[1:]
    total = dict(zip(events, totals))
    return total["Ir"], total["sysCount"], allocations


def preloaded(pager):
    path = pager.path("preloaded.so")
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", path, "-xc", "-"], input=PRELOADED, text=True,
                   check=True)
    return path


def count():
    """The figures of each case, an alert each."""
    figures = {}
    with House(group=STORM, escalate=LADDER) as pager:
        out = pager.path("callgrind")
        pager.start(env={"LD_PRELOAD": preloaded(pager), "PAGERD_PROGRAM": PAGERD},
                    wrap=["valgrind", "--tool=callgrind", "--collect-systime=usec", "--quiet",
                          "--child-silent-after-fork=yes", "--fair-sched=yes", f"--dump-before={MARK}",
                          f"--callgrind-out-file={out}.%p"])
        sender = Sender(pager)
        prefix = f"{out}.{pager.process.pid}"

        def dumps():
            return sorted(glob.glob(prefix + ".*"), key=lambda name: int(name.rsplit(".", 1)[1]))

        def marked():
            before = len(dumps())
            sender.mark()
            return wait_for("callgrind's dump", lambda: dumps()[before:])[-1]

        def measured(case, first):
            """Of `case`, an alert each."""
            size, requests, _ = CASES[case]
            sender.send(case, first)
            return [counted / (size * requests) for counted in read_profile(marked())]

        for case in CASES:
            sender.send(case, 900000)  # tables are grown, caches are warm
            marked()
            best = min(measured(case, i * 10000) for i in range(ROUNDS))
            figures[case] = {"instructions": round(best[0]), "syscalls": round(best[1], 2),
                             "allocations": round(best[2], 1)}
        if "PAGERD_KEEP" in os.environ:
            for path in dumps():
                shutil.copy(path, os.environ["PAGERD_KEEP"])
    return figures


def write(figures):
    with open(RECORD, "w", encoding="ascii") as file:
        file.write(f"# Per alert, by tests/e2e/test_instructions.py: {COMPILER}\n")
        file.write("case\t" + "\t".join(TOLERANCE) + "\n")
        for case, row in figures.items():
            file.write(case + "\t" + "\t".join(str(row[name]) for name in TOLERANCE) + "\n")


def recorded():
    with open(RECORD, encoding="ascii") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return {line[0]: dict(zip(lines[0][1:], map(float, line[1:]))) for line in lines[1:]}


def an_alert_costs_what_is_recorded():
    need("valgrind")
    if compiler() != COMPILER:
        skip(f"the figures are recorded of {COMPILER}, this build is {compiler()}")
    figures = count()
    for case, row in figures.items():
        print(f"  {case}: " + ", ".join(f"{row[name]} {name}" for name in row))
    if "PAGERD_RECORD" in os.environ:
        write(figures)
        return
    wrong = [f"{case}: {row[name]} {name}, recorded are {before:g} ({row[name] / before:.2f})"
             for case, row in figures.items()
             for name, before in recorded()[case].items()
             if abs(row[name] - before) > before * TOLERANCE[name]]
    assert not wrong, "\n".join([*wrong, "If that is as it should be: PAGERD_RECORD=1"])


if __name__ == "__main__":
    main(an_alert_costs_what_is_recorded)
