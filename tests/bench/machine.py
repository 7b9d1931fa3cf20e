# SPDX-License-Identifier: MIT
"""What /proc says: the CPU time of processes, what they wrote, and how much of the machine others used."""
import os
import time

TICKS = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count()


def stat(pid):
    """(parent, seconds of CPU, those of ended children among them) or None when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return int(fields[1]), sum(int(field) for field in fields[11:15]) / TICKS


def everybody():
    return {int(name): found for name in os.listdir("/proc") if name.isdigit()
            for found in [stat(name)] if found}


def family(pid, all_of_them=None):
    """A process with all below it, such as pagerd and its courier."""
    people = all_of_them or everybody()
    found = {pid} & set(people)
    while True:
        more = {child for child, (parent, _) in people.items() if parent in found} - found
        if not more:
            return found
        found |= more


def cpu(pid):
    """Seconds that the family has used, with those of it that have ended."""
    people = everybody()
    return sum(people[one][1] for one in family(pid, people))


def written(pid):
    """Bytes that the family has sent towards the disk."""
    total = 0
    for one in family(pid):
        with open(f"/proc/{one}/io", encoding="ascii") as file:
            total += int(dict(line.split(": ") for line in file)["write_bytes"])
    return total


def resident(pid):
    """Bytes of memory of the family."""
    total = 0
    for one in family(pid):
        with open(f"/proc/{one}/statm", encoding="ascii") as file:
            total += int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return total


class Watch:
    """Of a stretch of time: the CPU time of a server's family, and the part of all cores that neither
    we nor the kernel's own threads have used (its threads mostly work for who is measured)."""

    def __init__(self, pid=None):
        self.pid = pid
        self.before = self.look()

    def look(self):
        people = everybody()
        with open("/proc/stat", encoding="ascii") as file:
            user, nice, system, _, _, _, _, steal = map(int, file.readline().split()[1:9])
        self.kernel = {pid: used for pid, (parent, used) in people.items() if parent == 2}
        return {"at": time.monotonic(), "busy": (user + nice + system + steal) / TICKS,
                "ours": sum(people[one][1] for one in family(os.getpid(), people)),
                "server": sum(people[one][1] for one in family(self.pid, people)) if self.pid else 0}

    def stop(self):
        before = self.kernel
        now = self.look()
        gone = {name: now[name] - self.before[name] for name in now}
        # A thread of the kernel that has ended takes its time with it: each is compared with itself.
        kernel = sum(used - before.get(pid, 0) for pid, used in self.kernel.items())
        foreign = (gone["busy"] - gone["ours"] - kernel) / (gone["at"] * CORES)
        return {"cpu_s": round(gone["server"], 3), "foreign": round(min(1, max(0, foreign)), 3),
                "took_s": round(gone["at"], 2)}
