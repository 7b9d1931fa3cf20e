#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures, keeps the figures in tests/bench/figures.json, and makes docs/performance.md of them.

Usage: run.py [--quick] [--only REGEX]    REGEX of "module.function", as in rows_ingest.single

With --only, the figures of all other functions stay as they were. Nothing here judges a time.
"""
import argparse
import importlib
import json
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import page
from bench import BUILD, HERE, ROOT, Bench

MODULES = ("rows_ingest", "rows_pages", "rows_growth")
FIGURES = os.path.join(HERE, "figures.json")


def commit():
    words = ["git", "-C", ROOT, "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        found = re.search(r"model name\s*:\s*(.*)", file.read())
    return found[1] if found else platform.machine()


def said(row):
    """One line for who waits in front of it."""
    text = f"{row['what']}: {row['value']:.4g} {row['unit']} ({row['low']:.4g} to {row['high']:.4g})"
    if row.get("ratio"):
        text += f", {row['ratio']['value']:.3g} x {row['against']}'s {row['other']['value']:.4g}"
    if row.get("goal"):
        text += f"; goal {row['goal'][0]} {row['goal'][1]:.3g}: {'met' if row['met'] else 'MISSED'}"
    return f"row {row['row']}: {text}"


def measure(function, name, quick, at_commit):
    """What a function of a module found, as it is kept."""
    bench = Bench(quick)
    bench.say(name)
    started = time.monotonic()
    rows = function(bench)
    for row in rows:
        bench.say(said(row))
    return {"rows": rows, "curves": bench.curves, "runs": bench.runs,
            "seconds": round(time.monotonic() - started), "commit": at_commit,
            "at": time.strftime("%Y-%m-%d"), "is_quick": quick}


def wanted(only):
    """(name, function) of all that are to be measured."""
    for module in MODULES:
        for function in importlib.import_module(module).ROWS:
            name = f"{module}.{function.__name__}"
            if not only or re.search(only, name):
                yield name, function


def read(path):
    if not os.path.exists(path):
        return {"parts": {}}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def keep(path, figures):
    """Beside the page that is made of them, after each part: a bench may be ended at any time."""
    with open(path, "w", encoding="utf-8") as file:
        json.dump(figures, file, indent=1, sort_keys=True)
        file.write("\n")
    if path == FIGURES:
        page.write()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="one short round of each")
    parser.add_argument("--only", help="regular expression of module.function")
    parser.add_argument("--keep", default=FIGURES, help="file for the figures")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended
    # On the disk of the build, not in a /tmp that may be memory.
    tempfile.tempdir = os.path.join(os.path.abspath(BUILD), "tests/bench/run")
    os.makedirs(tempfile.tempdir, exist_ok=True)
    figures, failed, at_commit = read(options.keep), [], commit()
    figures["machine"] = {"processor": processor(), "cores": os.cpu_count(),
                          "system": platform.freedesktop_os_release()["PRETTY_NAME"],
                          "kernel": platform.release()}
    for name, function in wanted(options.only):
        try:
            figures["parts"][name] = measure(function, name, options.quick, at_commit)
            keep(options.keep, figures)
        except Exception:  # the others are measured all the same
            traceback.print_exc()
            failed.append(name)
    return f"not measured: {', '.join(failed)}" if failed else 0


if __name__ == "__main__":
    sys.exit(main())
