#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every header compiles alone: it includes what it needs and declares what it only names."""

import concurrent.futures
import os
import subprocess
import sys

import tidy

COMPILER = os.environ.get("CC") or "cc"
# libpq's headers have a folder of their own.
LIBPQ = subprocess.run(["pkg-config", "--cflags", "libpq"], capture_output=True, text=True,
                       check=False).stdout.split()
OPTIONS = ["-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", *LIBPQ]


def check_header(root, path):
    top, name = path.split("/", 1)
    source = f'#include "{name}"\n#include "{name}"\nint unit_is_not_empty;\n'
    folders = [f"-I{os.path.join(root, folder)}" for folder in (top, "pagerd", "")]
    done = subprocess.run([COMPILER, *OPTIONS, *folders, "-x", "c", "-"], input=source, text=True,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode == 0:
        return []
    first = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr)
    return [f"{path}:1: does not compile alone: {first}"]


def check(root):
    headers = [path for path in tidy.files(root, *tidy.SOURCE_ROOMS) if path.endswith(".h")]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return sum(pool.map(lambda path: check_header(root, path), headers), [])


SAMPLES = [
    ("headers that stand alone",
     {"pagerd/base/a.h": "#pragma once\n#include <stddef.h>\nstruct a {\n    size_t b;\n};\n",
      "pagerd/engine/b.h": '#pragma once\n#include "base/a.h"\nstruct c;\nvoid d(struct c *, struct '
                           "a);\n",
      "pagectl/e.h": '#pragma once\n#include "base/a.h"\n'}, None),
    ("a type from nowhere", {"pagerd/base/a.h": "#pragma once\nsize_t a(void);\n"},
     "pagerd/base/a.h:1: does not compile alone"),
    ("a struct that is declared in a prototype", {"pagectl/a.h": "#pragma once\n"
                                                                 "void a(struct b *);\n"},
     "does not compile alone"),
    ("no guard", {"pagerd/base/a.h": "struct a {\n    int b;\n};\n"}, "does not compile alone"),
]

sys.exit(tidy.run(check, SAMPLES))
