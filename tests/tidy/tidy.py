# SPDX-License-Identifier: MIT
"""What all checks of the source tree share: which files there are, and how a check is run.

A check is a function from the root of a tree to a list of complaints, "file:line: what". Run
with a folder it checks that; run with --self-test it checks small made-up trees, of which some
are clean and each other one must be complained about: so a check that sees nothing is found out.
"""

import os
import sys
import tempfile

SKIPPED = 77
SOURCE_ROOMS = ("pagerd", "pagectl")
C_ENDINGS = (".c", ".h", ".cc")


class Skip(Exception):
    """The machine lacks what a check needs; the text says what."""


def is_hidden_or_built(name):
    return name.startswith(".") or name.startswith("build") or name == "__pycache__"


def files(root, *folders):
    """Paths relative to the root, of the folders or of everything, in a fixed order."""
    found = []
    for folder in folders or ("",):
        for place, names, leaves in os.walk(os.path.join(root, folder)):
            top = os.path.samefile(place, root)
            names[:] = sorted(name for name in names if not is_hidden_or_built(name)
                              or (not top and name.startswith("build")))
            for leaf in sorted(leaves):
                found.append(os.path.relpath(os.path.join(place, leaf), root))
    return found


def lines(root, path):
    """Numbered from 1."""
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return list(enumerate(file.read().splitlines(), 1))


def is_script(root, path):
    """A file without an ending that starts with #!, such as tests/run."""
    if "." in os.path.basename(path):
        return False
    with open(os.path.join(root, path), "rb") as file:
        return file.read(2) == b"#!"


def is_source(root, path):
    name = os.path.basename(path)
    return (name.endswith(C_ENDINGS + (".py", ".sh", ".cmake")) or name == "CMakeLists.txt"
            or is_script(root, path))


def write_tree(root, tree):
    for path, text in tree.items():
        place = os.path.join(root, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "w", encoding="utf-8") as file:
            file.write(text)


def self_test(check, samples):
    """`samples`: (what it shows, {path: text}, words of the complaint, or None when clean)."""
    wrong = 0
    for shows, tree, words in samples:
        with tempfile.TemporaryDirectory() as root:
            write_tree(root, tree)
            complaints = check(root)
        said = "\n".join(complaints)
        is_right = not complaints if words is None else words in said and len(complaints) == 1
        if not is_right:
            wrong += 1
            print(f"{shows}: expected {words or 'no complaint'}, got: {said or 'no complaint'}")
    print(f"{len(samples)} made-up trees, {wrong} judged wrongly")
    return 1 if wrong else 0


def run(check, samples):
    try:
        if sys.argv[1] == "--self-test":
            return self_test(check, samples)
        complaints = check(sys.argv[1])
    except Skip as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    for complaint in complaints:
        print(complaint)
    print(f"{len(complaints)} complaints")
    return 1 if complaints else 0
