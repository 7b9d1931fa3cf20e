#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The form of the C files is what clang-format makes of them."""

import os
import shutil
import subprocess
import sys

import tidy

STYLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".clang-format")


def check(root):
    program = shutil.which("clang-format-14") or shutil.which("clang-format")
    if program is None:
        raise tidy.Skip("no clang-format on this machine")
    complaints = []
    for path in tidy.files(root):
        if not path.endswith(tidy.C_ENDINGS):
            continue
        done = subprocess.run([program, f"--style=file:{STYLE}", "--dry-run", "-Werror",
                               os.path.join(root, path)], stderr=subprocess.PIPE, text=True,
                              check=False)
        if done.returncode != 0:
            place = done.stderr.split("\n")[0].replace(os.path.join(root, ""), "")
            complaints.append(place or f"{path}:1: clang-format failed")
    return complaints


SAMPLES = [
    ("good form", {"pagerd/base/a.c": "int a(void)\n{\n    return 1;\n}\n"}, None),
    ("a brace in the wrong place", {"pagerd/base/a.c": "int a(void) {\n    return 1;\n}\n"},
     "pagerd/base/a.c:1"),
    ("a tab in a test", {"tests/unit/a.c": "int a(void)\n{\n\treturn 1;\n}\n"},
     "tests/unit/a.c:2"),
]

sys.exit(tidy.run(check, SAMPLES))
