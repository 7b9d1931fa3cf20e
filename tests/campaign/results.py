# SPDX-License-Identifier: MIT
"""Lines of results: one for every run of a part, and what they add up to."""
import json
import os


def read(path):
    """All lines of a file of results; none when there is no such file."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def add(figures, more):
    for key, value in more.items():
        if key.endswith("_max"):
            figures[key] = max(figures.get(key, 0), value)
        else:
            figures[key] = round(figures.get(key, 0) + value, 3)


def total(lines, part):
    """What a part has done in all: done, failed, seconds, figures, and by which commits."""
    sums = {"done": 0, "failed": 0, "seconds": 0.0, "figures": {}, "commits": []}
    for line in lines:
        if line["part"] != part:
            continue
        sums["done"] += line["done"]
        sums["failed"] += line["failed"]
        sums["seconds"] = round(sums["seconds"] + line["seconds"], 1)
        add(sums["figures"], line["figures"])
        if line["commit"] not in sums["commits"]:
            sums["commits"].append(line["commit"])
    return sums


def next_point(lines, part, seed):
    """Where the next run of a part goes on: behind all points that were ever begun."""
    ends = [line["from"] + line["count"] for line in lines
            if line["part"] == part and line["seed"] == seed]
    return max(ends, default=0)


def summary(lines):
    """One line for each part, for keeping in the repository."""
    kept = []
    for part in sorted({line["part"] for line in lines}):
        sums = total(lines, part)
        seeds = sorted({line["seed"] for line in lines if line["part"] == part})
        kept.append({"part": part, "from": 0,
                     "count": max(next_point(lines, part, seed) for seed in seeds),
                     "seed": seeds[0], "done": sums["done"], "failed": sums["failed"],
                     "seconds": sums["seconds"], "figures": dict(sorted(sums["figures"].items())),
                     "commit": sums["commits"][-1]})
    return kept


def write(path, lines):
    with open(path, "w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line) + "\n")
