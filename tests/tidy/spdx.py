#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every source says its licence in one line near its top."""

import sys

import tidy

NEAR = 3
LINE = "SPDX-License-Identifier" + ": MIT"


def check(root):
    complaints = []
    for path in tidy.files(root):
        if not tidy.is_source(root, path):
            continue
        if not any(LINE in line for _, line in tidy.lines(root, path)[:NEAR]):
            complaints.append(f"{path}:1: no '{LINE}' in its first {NEAR} lines")
    return complaints


CLEAN = {"a/b.c": f"/* {LINE} */\n", "a/c.py": f"#!/usr/bin/python3\n# {LINE}\n",
         "CMakeLists.txt": f"# {LINE}\n", "run": f"#!/bin/sh\n# {LINE}\n", "notes.md": "text\n",
         "data": "no script\n"}
SAMPLES = [
    ("a clean tree", CLEAN, None),
    ("a header without it", {**CLEAN, "a/d.h": "#pragma once\n"}, "a/d.h:1: no"),
    ("a script without it", {**CLEAN, "e": "#!/bin/sh\nexit 0\n"}, "e:1: no"),
    ("a list of CMake without it", {**CLEAN, "a/CMakeLists.txt": "\n"}, "a/CMakeLists.txt:1: no"),
    ("too far down", {**CLEAN, "a/f.cc": f"\n\n\n// {LINE}\n"}, "a/f.cc:1: no"),
    ("another licence", {**CLEAN, "a/g.c": "/* SPDX-License-Identifier" + ": ISC */\n"},
     "a/g.c:1: no"),
]

sys.exit(tidy.run(check, SAMPLES))
