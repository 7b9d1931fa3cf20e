#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every promise and every failure of the catalogue says what holds it, and what it names is there.

tests/campaign/promises.tsv and failures.tsv have a row for each. `held_by` are names of tests as
CTest has them; a story is story:NAME. A promise names a test, and so does what is held or partly
held of the failures; what is not held says why.
"""

import csv
import os
import re
import sys

import tidy

FAILURES = "tests/campaign/failures.tsv"
PROMISES = "tests/campaign/promises.tsv"
COLUMNS = {
    FAILURES: ["number", "letter", "failure", "held_by", "state", "note"],
    PROMISES: ["id", "promise", "held_by", "lack"],
}
COUNTS = {FAILURES: 95, PROMISES: 12}
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


def failure_complaints(row):
    if row["state"] not in STATES:
        yield f"'{row['state']}' is no state"
    if row["state"] in ("held", "partly") and not row["held_by"]:
        yield "is held by nothing"
    if row["state"] != "held" and not row["note"]:
        yield "says nothing of what is not held"


def promise_complaints(row):
    if not row["promise"]:
        yield "promises nothing"
    if not row["held_by"]:
        yield "is held by nothing"


KINDS = {FAILURES: ("", failure_complaints), PROMISES: ("P", promise_complaints)}


def check_table(root, table, count, names):
    place = os.path.join(root, table)
    if not os.path.isfile(place):
        return [f"{table}:1: is missing"]
    with open(place, encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    columns = COLUMNS[table]
    if not lines or lines[0] != columns:
        return [f"{table}:1: the columns are {' '.join(columns)}"]
    letter, look = KINDS[table]
    complaints = []
    for number, line in enumerate(lines[1:], 1):
        if len(line) != len(columns) or line[0] != f"{letter}{number}":
            return complaints + [
                f"{table}:{number + 1}: is not row {letter}{number} of {len(columns)} cells"]
        row = dict(zip(columns, line))
        wrong = list(look(row)) + [f"there is no test {name}" for name in row["held_by"].split()
                                   if not is_there(root, name, names)]
        complaints += [f"{table}:{number + 1}: {what}" for what in wrong]
    if len(lines) - 1 != count:
        complaints.append(f"{table}: {len(lines) - 1} rows, not {count}")
    return complaints


def check(root, counts):
    names = registered(root)
    return [complaint for table, count in counts.items()
            for complaint in check_table(root, table, count, names)]


TESTS = {
    "tests/scenarios/c.story": "at 1:00 nothing\n",
    "tests/unit/a/test_b.c": "int b;\n",
    "tests/faults/CMakeLists.txt": "fault_part(kill kill.py)\nadd_test(NAME sim_years COMMAND sim)\n",
}
GOOD = "1\tA\tit fails\tstory:c a_test_b fault_kill sim_years\theld\t"
PROMISE = "P1\tit holds\tstory:c a_test_b\tnot yet on Mars"


def tables(failures, promises=(PROMISE,)):
    return {**TESTS, **{table: "\n".join(["\t".join(COLUMNS[table]), *rows]) + "\n"
                        for table, rows in ((FAILURES, failures), (PROMISES, promises))}}


SAMPLES = [
    ("rows with their tests", tables([GOOD]), None),
    ("a story that is not there", tables([GOOD.replace("story:c", "story:d")]), "no test story:d"),
    ("a unit test that is not there", tables([GOOD.replace("a_test_b", "a_test_c")]),
     "no test a_test_c"),
    ("a part that nobody registers", tables([GOOD.replace("fault_kill", "fault_io")]),
     "no test fault_io"),
    ("held by nothing", tables(["1\tA\tit fails\t\theld\t"]), "held by nothing"),
    ("not held, and no word why", tables(["1\tA\tit fails\t\tlater\t"]), "says nothing"),
    ("a state that is none", tables(["1\tA\tit fails\tstory:c\tmaybe\twho knows"]),
     "'maybe' is no state"),
    ("a number twice", tables([GOOD, GOOD]), "is not row 2"),
    ("a row is missing", tables([]), "failures.tsv: 0 rows, not 1"),
    ("other columns", {**tables([GOOD]), FAILURES: "number\n"}, "the columns are"),
    ("no table", {**tables([GOOD]), FAILURES: None}, "failures.tsv:1: is missing"),
    ("a promise without its test", tables([GOOD], [PROMISE.replace("a_test_b", "e2e_b")]),
     "no test e2e_b"),
    ("a promise that nothing holds", tables([GOOD], ["P1\tit holds\t\t"]), "held by nothing"),
    ("a promise without words", tables([GOOD], ["P1\t\tstory:c\t"]), "promises nothing"),
    ("a promise out of order", tables([GOOD], [PROMISE.replace("P1", "P2")]), "is not row P1"),
    ("no promises", {**tables([GOOD]), PROMISES: None}, "promises.tsv:1: is missing"),
]
SAMPLES = [(name, {path: text for path, text in files.items() if text is not None}, wanted)
           for name, files, wanted in SAMPLES]

SELF_TEST = len(sys.argv) > 1 and sys.argv[1] == "--self-test"
sys.exit(tidy.run(lambda root: check(root, dict.fromkeys(COUNTS, 1) if SELF_TEST else COUNTS),
                  SAMPLES))
