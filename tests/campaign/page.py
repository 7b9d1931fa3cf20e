#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes docs/reliability.md of page.md, the tables beside it, and the figures of the campaign.

Usage: page.py            writes the page
       page.py --check    complains when it is not what these would make
"""
import csv
import os
import sys

import parts
import results

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PAGE = os.path.join(ROOT, "docs/reliability.md")
FIGURES = os.path.join(HERE, "figures.jsonl")
HOURS_A_YEAR = 8760


def rows(name):
    """A table beside this file: a dict for each row."""
    with open(os.path.join(HERE, name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def table(head, body):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in body]
    return "\n".join(lines)


def named(held_by):
    return ", ".join(f"`{name}`" for name in held_by.split()) or "none"


def promises():
    return table(["", "promise", "held by", "not yet"],
                 [[row["id"], row["promise"], named(row["held_by"]), row["lack"] or ""]
                  for row in rows("promises.tsv")])


def bound(done, failed):
    """The 95 % upper bound of the chance of a failure, where there was none."""
    if done == 0:
        return ""
    return f"{failed} of {done:,}" if failed else f"below {3 / done:.1g}"


def figures(lines):
    body = []
    for part in parts.PARTS:
        sums = results.total(lines, part.name)
        done = sums["done"] - sums["figures"].get("never_reached", 0)
        body.append([f"`{part.name}`", part.what, f"{part.ordinary:,}", f"{part.wanted:,}",
                     f"{done:,}", sums["failed"], bound(done, sums["failed"]),
                     ", ".join(sums["commits"][-1:])])
    return table(["part", "one try is", "ordinary run", "campaign wants", "campaign reached",
                  "failed", "chance of a failure", "last commit"], body)


def number(value):
    return f"{value:,.1f}" if value != int(value) else f"{int(value):,}"


def details(lines):
    """What each part counted, in words of the part."""
    texts = []
    for part in parts.PARTS:
        counted = dict(results.total(lines, part.name)["figures"])
        if part.name == "sim" and counted.get("simulated_hours"):
            counted["simulated_years"] = round(counted.pop("simulated_hours") / HOURS_A_YEAR, 1)
        if counted:
            said = "; ".join(f"{key.replace('_', ' ')} {number(value)}"
                             for key, value in sorted(counted.items()))
            texts.append(f"* `{part.name}`: {said}.")
    return "\n".join(texts)


def fuzzers(lines):
    names = sorted({line["part"] for line in lines if line["part"].startswith("fuzz_")})
    body = []
    for name in names:
        sums = results.total(lines, name)
        counted = sums["figures"]
        body.append([f"`{name}`", number(round(counted.get("cpu_seconds", 0) / 60, 1)),
                     number(counted.get("inputs", 0)), number(counted.get("edges_max", 0)),
                     sums["failed"]])
    return table(["fuzzer", "minutes of CPU time", "inputs", "edges covered", "faults now"], body)


def coverage(lines):
    body = []
    for line in lines:
        if line["part"] == "coverage":
            folders = sorted({key.rsplit(" ", 1)[0] for key in line["figures"]})
            for folder in folders:
                body.append([f"`{folder}`"] + [f"{line['figures'][f'{folder} {kind}']:.1f} %"
                                               for kind in ("lines", "branches")])
    if not body:
        return "Not measured yet."
    return ("By unit tests, stories, contracts and a thousand simulated lives; end-to-end tests, which run whole "
            "programs, are not counted. Branches that only a failed assertion takes are counted "
            "as not covered.\n\n" + table(["folder", "lines", "branches"], body))


def track():
    return table(["bug", "in it since", "found by", "to repeat it", "mended"],
                 [[row[key] for key in ("bug", "since", "found_by", "repeat", "mended")]
                  for row in rows("track.tsv")])


def planted():
    return table(["planted", "caught by"],
                 [[row["bug"], row["caught_by"]] for row in rows("planted.tsv")])


def failures():
    return table(["", "failure", "state", "held by", ""],
                 [[row["letter"] + row["number"], row["failure"], row["state"],
                   named(row["held_by"]), row["note"] or ""] for row in rows("failures.tsv")])


def make():
    lines = results.read(FIGURES)
    with open(os.path.join(HERE, "page.md"), encoding="utf-8") as file:
        text = file.read()
    pieces = {"promises": promises(), "figures": figures(lines), "details": details(lines),
              "fuzzers": fuzzers(lines), "coverage": coverage(lines), "track": track(),
              "planted": planted(), "failures": failures()}
    for name, piece in pieces.items():
        text = text.replace("{" + name + "}", piece)
    return text


def keep(lines):
    """Takes what the campaign reached into the repository, and makes the page anew. Figures that the
    campaign did not make this time (coverage, a fuzzer) stay as they were."""
    fresh = results.summary(lines)
    made = {line["part"] for line in fresh}
    old = [line for line in results.read(FIGURES) if line["part"] not in made]
    results.write(FIGURES, sorted(old + fresh, key=lambda line: line["part"]))
    write()


def write():
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(make())


def main():
    if sys.argv[1:] != ["--check"]:
        write()
        return
    with open(PAGE, encoding="utf-8") as file:
        is_same = file.read() == make()
    if not is_same:
        sys.exit("docs/reliability.md is not what tests/campaign/page.py makes: run it")


if __name__ == "__main__":
    main()
