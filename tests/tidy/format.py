#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The form of the C files is what clang-format makes of them."""

import os
import shutil
import subprocess
import sys

import tidy

AT_ONCE = 50  # files for one run of clang-format, whose start costs as much as a file
STYLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".clang-format")


def check(root):
    program = shutil.which("clang-format-14") or shutil.which("clang-format")
    if program is None:
        raise tidy.Skip("no clang-format on this machine")
    paths = [path for path in tidy.files(root) if path.endswith(tidy.C_ENDINGS)]
    complaints = {}
    for start in range(0, len(paths), AT_ONCE):
        some = paths[start:start + AT_ONCE]
        done = subprocess.run([program, f"--style=file:{STYLE}", "--dry-run", "-Werror",
                               *(os.path.join(root, path) for path in some)],
                              stderr=subprocess.PIPE, text=True, check=False)
        before = len(complaints)
        for line in done.stderr.replace(os.path.join(root, ""), "").splitlines():
            path = line.split(":")[0]
            if path in some:
                complaints.setdefault(path, line)  # the first of each file
        if done.returncode != 0 and len(complaints) == before:
            complaints[some[0]] = f"{some[0]}:1: clang-format failed: {done.stderr[:200]}"
    return list(complaints.values())


SAMPLES = [
    ("good form", {"pagerd/base/a.c": "int a(void)\n{\n    return 1;\n}\n"}, None),
    ("a brace in the wrong place", {"pagerd/base/a.c": "int a(void) {\n    return 1;\n}\n"},
     "pagerd/base/a.c:1"),
    ("a tab in a test", {"tests/unit/a.c": "int a(void)\n{\n\treturn 1;\n}\n"},
     "tests/unit/a.c:2"),
]

sys.exit(tidy.run(check, SAMPLES))
