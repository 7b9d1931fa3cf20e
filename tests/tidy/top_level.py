#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The top level of the repository holds the rooms of the architecture and nothing else."""

import os
import sys

import tidy

ALLOWED = {"pagerd", "pagectl", "etc", "tests", "docs", "CMakeLists.txt", "README.md", "LICENSE"}


def check(root):
    return [f"{name}:1: does not belong on the top level" for name in sorted(os.listdir(root))
            if name not in ALLOWED and not tidy.is_hidden_or_built(name)]


CLEAN = {"pagerd/a.c": "", "README.md": "", ".ci/run": "", "build-gcc/a.o": ""}
SAMPLES = [
    ("a clean tree", CLEAN, None),
    ("a folder of another name", {**CLEAN, "src/a.c": ""}, "src:1:"),
    ("a stray file", {**CLEAN, "notes.txt": ""}, "notes.txt:1:"),
]

sys.exit(tidy.run(check, SAMPLES))
