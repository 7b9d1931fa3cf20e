#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Nothing is left for later in the sources: what is open stands in the list of issues."""

import re
import sys

import tidy

# In halves, or this file would complain about itself.
WORDS = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
PATTERN = re.compile(r"\b(" + "|".join(WORDS) + r")\b")


def check(root):
    complaints = []
    for path in tidy.files(root):
        if not tidy.is_source(root, path):
            continue
        for number, line in tidy.lines(root, path):
            found = PATTERN.search(line)
            if found:
                complaints.append(f"{path}:{number}: {found.group(1)}")
    return complaints


SAMPLES = [("a template of mkstemp is no remark", {"a.c": 'char name[] = "a-XXXXXX";\n'}, None)]
SAMPLES += [(f"a remark {word}", {"a/b.c": f"int a;\n/* {word}: later */\n"}, f"a/b.c:2: {word}")
            for word in WORDS]
SAMPLES += [("a remark in a script", {"run": f"#!/bin/sh\n# {WORDS[0]}\n"}, "run:2")]

sys.exit(tidy.run(check, SAMPLES))
