#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every rule of docs/calendars.md is a paragraph with a bold first sentence, and names its test.

The comment right behind the paragraph, <!-- test: FILE:NAME, FILE:NAME -->, gives the test by its
file below tests/ and the function in it; a story is its file alone. A test that is not there, or
that nobody runs, is a complaint: so a rule cannot be written down and forgotten.
"""

import os
import re
import sys

import tidy

PAGE = "docs/calendars.md"
# Sections that teach steps or list words; all others are rules.
PROSE = {"The short version", "A rotation as a file", "In your calendar program",
         "In the configuration", "Tools", "What pagerd says"}
COMMENT = re.compile(r"<!-- test: (.*?) -->", re.S)


def blocks(root):
    """(line, section, text) of each piece between empty lines, headings apart."""
    section, start, piece, found = "", 0, [], []
    for number, line in tidy.lines(root, PAGE) + [(0, "")]:
        if line.strip() and not line.startswith("#"):
            start = start if piece else number
            piece.append(line)
            continue
        if piece:
            found.append((start, section, "\n".join(piece)))
            piece = []
        if line.startswith("## "):
            section = line[3:].strip()
    return found


def is_in_c(text, name):
    return re.search(r"cmocka_unit_test\w*\(\s*" + re.escape(name) + r"\b", text) is not None


def is_in_python(text, name):
    """Defined, and either a method that unittest finds or named once more by whoever runs it."""
    word = r"\b" + re.escape(name) + r"\b"
    is_defined = re.search(r"^\s*def " + re.escape(name) + r"\(", text, re.M) is not None
    return is_defined and (name.startswith("test_") or len(re.findall(word, text)) > 1)


def test_complaint(root, reference):
    """What is wrong with "unit/calendar/test_layers.c:the_later_start_wins"; None when it is right."""
    path, _, name = reference.partition(":")
    place = os.path.join(root, "tests", path)
    if not os.path.isfile(place):
        return f"there is no tests/{path}"
    if path.endswith(".story"):
        return f"a story has no part {name}" if name else None
    with open(place, encoding="utf-8") as file:
        text = file.read()
    finds = is_in_c if path.endswith(".c") else is_in_python
    return None if name and finds(text, name) else f"tests/{path} runs no test {name or 'at all'}"


def check(root):
    if not os.path.isfile(os.path.join(root, PAGE)):
        return [f"{PAGE}:1: is missing"]
    complaints, owing = [], None  # owing: line of the rule whose comment has not come yet
    previous = None
    for line, section, text in blocks(root) + [(0, None, "")]:
        comment = COMMENT.search(text)
        body = COMMENT.sub("", text).strip()
        is_rule = body.startswith("**")
        if owing and (is_rule or section != previous):
            complaints.append(f"{PAGE}:{owing}: this rule names no test")
            owing = None
        previous = section
        if section is None or section in PROSE or not section:
            continue
        is_plain = body and not is_rule and not text.startswith(("|", "* ", "1. ", "    "))
        if is_plain:
            complaints.append(f"{PAGE}:{line}: a rule begins with its sentence in bold")
        if is_rule:
            owing = line
        if comment:
            owing = None
            for reference in re.split(r",\s*", comment.group(1).strip()):
                complaint = test_complaint(root, reference)
                if complaint:
                    complaints.append(f"{PAGE}:{line}: {complaint}")
    return complaints


TESTS = {
    "tests/unit/a/test_a.c": "static void it_holds(void **state)\n{\n}\nstatic void lost(void)\n"
                             "{\n}\nint main(void)\n{\n    cmocka_unit_test(it_holds),\n}\n",
    "tests/e2e/test_b.py": "def it_works():\n    pass\n\n\ndef lost():\n    pass\n\n\nmain(it_works)\n",
    "tests/scenarios/c.story": "at 1:00 nothing\n",
}


def page(*pieces):
    return {**TESTS, PAGE: "# Page\n\nFree words.\n\n## Rules\n" + "\n\n".join(pieces) + "\n"}


GOOD = "**It holds.** Always,\nhere too.\n<!-- test: unit/a/test_a.c:it_holds -->"
SAMPLES = [
    ("a rule with its test", page(GOOD), None),
    ("several tests over two lines", page(
        "**It holds.**\n<!-- test: unit/a/test_a.c:it_holds,\n     e2e/test_b.py:it_works, "
        "scenarios/c.story -->"), None),
    ("the comment behind a list", page(
        "**It holds.** So:", "* one\n* two", "<!-- test: scenarios/c.story -->"), None),
    ("words in a section of prose", page(GOOD, "## Tools\nFree words.", "More."), None),
    ("no page", TESTS, "docs/calendars.md:1: is missing"),
    ("a rule without a test", page("**It holds.** Always."), "calendars.md:6: this rule names no"),
    ("a rule without a test before another", page("**It holds.** Always.", GOOD), ":6: this rule"),
    ("a rule without a test at the end of its section",
     page("**It holds.** Always.", "## Tools\nFree."), ":6: this rule"),
    ("a paragraph that is no rule", page("It holds.", GOOD), ":6: a rule begins with"),
    ("a test in no file", page("**A.**\n<!-- test: unit/a/test_b.c:it_holds -->"), "there is no"),
    ("a test that is not in its file", page("**A.**\n<!-- test: unit/a/test_a.c:other -->"),
     "runs no test other"),
    ("a test that nobody runs", page("**A.**\n<!-- test: unit/a/test_a.c:lost -->"),
     "runs no test lost"),
    ("a Python test that nobody runs", page("**A.**\n<!-- test: e2e/test_b.py:lost -->"),
     "runs no test lost"),
    ("a file without a name of a test", page("**A.**\n<!-- test: e2e/test_b.py -->"), "at all"),
    ("a story that is not there", page("**A.**\n<!-- test: scenarios/d.story -->"), "there is no"),
    ("the second of two tests is missing",
     page("**A.**\n<!-- test: scenarios/c.story, scenarios/d.story -->"), "scenarios/d.story"),
]

sys.exit(tidy.run(check, SAMPLES))
