#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A program is built with the hardening that CMakeLists.txt asks for, and its asserts are on."""

import os
import subprocess
import sys
import tempfile

import tidy

COMPILER = os.environ.get("CC") or "cc"

# What must be seen, where, and what it means when it is not.
SIGNS = [
    ("headers", "Position-Independent Executable", "is not position independent"),
    ("dynamic", "BIND_NOW", "resolves functions late, where they can be overwritten"),
    ("segments", "GNU_RELRO", "leaves its relocations writable"),
    ("symbols", "__stack_chk_fail", "has no stack protector"),
    ("symbols", "_chk@", "is not fortified"),
    ("symbols", "__assert_fail", "has no asserts"),
]


def read(program):
    seen = {}
    for part, options in (("headers", "-hW"), ("dynamic", "-dW"), ("segments", "-lW"),
                          ("symbols", "--dyn-syms")):
        done = subprocess.run(["readelf", *options.split(), "-W", program], text=True, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        seen[part] = done.stdout
    return seen


def check(program):
    name = os.path.basename(program)
    if not os.path.exists(program):
        return [f"{name}:1: is not built yet"]
    seen = read(program)
    if "__asan_" in seen["symbols"] or "__ubsan_" in seen["symbols"]:
        raise tidy.Skip("sanitizers take the place of hardening; see the build without them")
    complaints = [f"{name}:1: {meaning}" for part, sign, meaning in SIGNS
                  if sign not in seen[part]]
    stack = [line for line in seen["segments"].splitlines() if "GNU_STACK" in line]
    if not stack or "RWE" in stack[0]:
        complaints.append(f"{name}:1: has a stack that can be executed")
    return complaints


CODE = """#include <assert.h>
#include <stdio.h>
#include <string.h>
int main(int count, char **arguments)
{
    char copy[16];
    assert(count < 3);
    strcpy(copy, arguments[0]);
    snprintf(copy, sizeof copy, "%d%s", count, arguments[0]);
    return (int)strlen(copy);
}
"""
GOOD = ("-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -pie "
        "-Wl,-z,relro,-z,now -Wl,-z,noexecstack")


def check_made_up(root):
    with open(os.path.join(root, "options"), encoding="utf-8") as file:
        options = file.read().split()
    with tempfile.TemporaryDirectory() as place:
        program = os.path.join(place, "program")
        subprocess.run([COMPILER, *options, "-w", os.path.join(root, "a.c"), "-o", program],
                       check=True)
        return check(program)


def sample(shows, without, instead, words):
    return (shows, {"a.c": CODE, "options": GOOD.replace(without, instead)}, words)


SAMPLES = [
    sample("all of it", "", "", None),
    sample("no asserts", "-O2", "-O2 -DNDEBUG", "has no asserts"),
    sample("no stack protector", "-fstack-protector-strong", "-fno-stack-protector",
           "no stack protector"),
    sample("not fortified", "-D_FORTIFY_SOURCE=2", "", "not fortified"),
    sample("late binding", "-Wl,-z,relro,-z,now", "-Wl,-z,relro,-z,lazy", "resolves functions late"),
    sample("a stack to execute", "noexecstack", "execstack", "stack that can be executed"),
    sample("a fixed address", "-fPIE -pie", "-fno-PIE -no-pie", "not position independent"),
]

if sys.argv[1] == "--self-test":
    sys.exit(tidy.self_test(check_made_up, SAMPLES))
sys.exit(tidy.run(check, SAMPLES))
