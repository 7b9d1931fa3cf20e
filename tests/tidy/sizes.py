#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Functions have at most 70 lines between their braces, files at most 600: what grows is a table
in disguise."""

import sys

import tidy

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 600


def check_file(root, path):
    complaints, start, before = [], None, ""
    numbered = tidy.lines(root, path)
    for number, line in numbered:
        # clang-format puts the braces of functions, and only these, alone in column 1; but for
        # the namespaces of C++.
        if line == "{" and not before.startswith("namespace"):
            start = (number, before)
        elif line.startswith("}") and start is not None:
            size = number - start[0] - 1
            if size > FUNCTION_LINES_MAX:
                complaints.append(f"{path}:{start[0]}: a function of {size} lines, at most "
                                  f"{FUNCTION_LINES_MAX}: {start[1].strip()}")
            start = None
        before = line
    if len(numbered) > FILE_LINES_MAX:
        complaints.append(f"{path}:{FILE_LINES_MAX}: a file of {len(numbered)} lines, at most "
                          f"{FILE_LINES_MAX}")
    return complaints


def check(root):
    complaints = []
    for path in tidy.files(root, *tidy.SOURCE_ROOMS):
        if path.endswith(tidy.C_ENDINGS):
            complaints += check_file(root, path)
    return complaints


def function(count):
    return "static int a(void)\n{\n" + "    b();\n" * count + "}\n"


SAMPLES = [
    ("functions and a file that just fit",
     {"pagerd/base/a.c": function(70) * 8 + "\n" * 16, "pagectl/b.c": function(70)}, None),
    ("a long function", {"pagerd/base/a.c": function(71)}, "pagerd/base/a.c:2: a function of 71"),
    ("a long function of pagectl", {"pagectl/a.c": function(3) + function(90)}, "of 90 lines"),
    ("a long file", {"pagerd/base/a.h": "int a;\n" * 601}, "a file of 601 lines"),
    ("a long function in a namespace",
     {"pagerd/base/a.cc": "namespace\n{\n" + function(80) + "} // namespace\n"}, "of 80 lines"),
    ("a long namespace",
     {"pagerd/base/a.cc": "namespace\n{\n" + function(40) * 3 + "} // namespace\n"}, None),
]

sys.exit(tidy.run(check, SAMPLES))
