#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every failure of the catalogue says what holds it, and what it names is there.

tests/campaign/failures.tsv has a row for each. `held_by` are names of tests as CTest has them; a
story is story:NAME. What is held or partly held names a test, what is not held a reason.
"""

import csv
import os
import re
import sys

import tidy

TABLE = "tests/campaign/failures.tsv"
COLUMNS = ["number", "letter", "failure", "held_by", "state", "note"]
COUNT = 95
STATES = {"held", "partly", "later", "open"}
# How a name becomes a file, for tests that are made from files.
FILES = [
    (r"story:(\w+)", "tests/scenarios/{}.story"),
    (r"e2e_(test_\w+)", "tests/e2e/{}.py"),
    (r"pagectl_(test_(?:calendar|pagectl|spool))", "tests/pagectl/{}.py"),
    (r"contract_(test_\w+)", "tests/contract/{}.c"),
    (r"fuzz_(\w+)_seeds", "tests/fuzz/fuzz_{}.c"),
    (r"([a-z0-9]+)_(test_\w+)", "tests/unit/{}/{}.c"),
    (r"tidy_(\w+)", "tests/tidy/{}.py"),
]


def registered(root):
    """Names that some CMakeLists.txt gives word for word, or by fault_part()."""
    names = set()
    for path in tidy.files(root, "tests"):
        if os.path.basename(path) != "CMakeLists.txt":
            continue
        text = "\n".join(line for _, line in tidy.lines(root, path))
        names.update(re.findall(r"add_test\(NAME ([\w]+)\s", text))
        names.update("fault_" + name for name in re.findall(r"^\s*fault_part\((\w+)", text, re.M))
    return names


def is_there(root, name, names):
    if name in names:
        return True
    for pattern, path in FILES:
        found = re.fullmatch(pattern, name)
        if found and os.path.isfile(os.path.join(root, path.format(*found.groups()))):
            return True
    return False


def row_complaints(root, row, names):
    if row["state"] not in STATES:
        yield f"'{row['state']}' is no state"
    if row["state"] in ("held", "partly") and not row["held_by"]:
        yield "is held by nothing"
    if row["state"] != "held" and not row["note"]:
        yield "says nothing of what is not held"
    for name in row["held_by"].split():
        if not is_there(root, name, names):
            yield f"there is no test {name}"


def check(root, count=COUNT):
    place = os.path.join(root, TABLE)
    if not os.path.isfile(place):
        return [f"{TABLE}:1: is missing"]
    with open(place, encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not lines or lines[0] != COLUMNS:
        return [f"{TABLE}:1: the columns are {' '.join(COLUMNS)}"]
    names = registered(root)
    complaints = []
    for number, line in enumerate(lines[1:], 1):
        if len(line) != len(COLUMNS) or line[0] != str(number):
            return complaints + [f"{TABLE}:{number + 1}: is not row {number} of {len(COLUMNS)} cells"]
        row = dict(zip(COLUMNS, line))
        complaints += [f"{TABLE}:{number + 1}: {what}" for what in row_complaints(root, row, names)]
    if len(lines) - 1 != count:
        complaints.append(f"{TABLE}: {len(lines) - 1} rows, not {count}")
    return complaints


TESTS = {
    "tests/scenarios/c.story": "at 1:00 nothing\n",
    "tests/unit/a/test_b.c": "int b;\n",
    "tests/faults/CMakeLists.txt": "fault_part(kill kill.py)\nadd_test(NAME sim_years COMMAND sim)\n",
}
GOOD = "1\tA\tit fails\tstory:c a_test_b fault_kill sim_years\theld\t"


def table(*rows):
    return {**TESTS, TABLE: "\n".join(["\t".join(COLUMNS), *rows]) + "\n"}


SAMPLES = [
    ("a row with its tests", table(GOOD), None),
    ("a story that is not there", table(GOOD.replace("story:c", "story:d")), "no test story:d"),
    ("a unit test that is not there", table(GOOD.replace("a_test_b", "a_test_c")), "no test a_test_c"),
    ("a part that nobody registers", table(GOOD.replace("fault_kill", "fault_io")),
     "no test fault_io"),
    ("held by nothing", table("1\tA\tit fails\t\theld\t"), "held by nothing"),
    ("not held, and no word why", table("1\tA\tit fails\t\tlater\t"), "says nothing"),
    ("a state that is none", table("1\tA\tit fails\tstory:c\tmaybe\twho knows"), "'maybe' is no state"),
    ("a number twice", table(GOOD, GOOD), "is not row 2"),
    ("a row is missing", table(), "0 rows, not 1"),
    ("other columns", {**TESTS, TABLE: "number\n"}, "the columns are"),
    ("no table", TESTS, "is missing"),
]

SELF_TEST = len(sys.argv) > 1 and sys.argv[1] == "--self-test"
sys.exit(tidy.run(lambda root: check(root, 1 if SELF_TEST else COUNT), SAMPLES))
