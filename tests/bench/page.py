#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes docs/performance.md, and the plots in docs/performance/, of page.md and figures.json.

Usage: page.py            writes them
       page.py --check    complains when they are not what these two would make

In page.md, {rows MODULE.FUNCTION...} is the table of what these functions of the bench found,
{plot NAME} a plot of PLOTS, {goals} all that has a goal, {machine} where it was measured.
"""
import json
import os
import re
import sys

import plot

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FIGURES = os.path.join(HERE, "figures.json")
PAGE = os.path.join(ROOT, "docs/performance.md")
PLOTS_FOLDER = os.path.join(ROOT, "docs/performance")
FRACTIONS = {1 / part: f"1/{part}" for part in (3, 6, 10)}
FOREIGN_MAX = 0.12  # as in bench.py, which needs what was built
SIGNS = {">=": "≥", "<=": "≤"}


def figures():
    with open(FIGURES, encoding="utf-8") as file:
        return json.load(file)


def number(value):
    """Three digits that count."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        digits = max(0, 3 - len(str(int(abs(value)))))
        rounded = round(value, digits - max(0, len(str(int(abs(value)))) - 3))
        return f"{rounded:,.0f}"
    return f"{value:.3g}"


def spread(one):
    if one["low"] == one["high"]:
        return number(one["value"])
    return f"{number(one['value'])} ({number(one['low'])} to {number(one['high'])})"


def times(value):
    return f"{value:.2f} ×" if value < 10 else f"{value:.0f} ×"


def goal_of(row):
    if not row.get("goal"):
        return ""
    sign, value = row["goal"]
    shown = next((words for part, words in FRACTIONS.items() if abs(part - value) < 1e-9),
                 number(value))
    return f"{SIGNS[sign]} {shown} {'×' if row.get('ratio') else row['unit']}"


def judged(row):
    return "" if "met" not in row else "met" if row["met"] else "**missed**"


def named(row):
    return row["what"] + (" ¹" if row.get("foreign", 0) > FOREIGN_MAX else "")


def cells(row):
    ratio = times(row["ratio"]["value"]) if row.get("ratio") else ""
    if ratio and row["ratio"]["low"] != row["ratio"]["high"]:
        ratio += f" ({times(row['ratio']['low'])[:-2]} to {times(row['ratio']['high'])[:-2]})"
    other = f"{row['against']}: {spread(row['other'])}" if row.get("other") else row["against"] or ""
    return [named(row), row["unit"], spread(row), other, ratio, goal_of(row), judged(row)]


def table(head, body):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in body])


def rows_of(kept, names):
    return [row for name in names for row in kept["parts"].get(name, {"rows": []})["rows"]]


def rows(kept, names):
    found = rows_of(kept, names)
    if not found:
        return "Not measured yet."
    return table(["", "unit", "pagerd", "beside", "ratio", "goal", ""], [cells(row) for row in found])


def goals(kept):
    found = sorted((row for row in rows_of(kept, sorted(kept["parts"])) if row.get("goal")),
                   key=lambda row: row["row"])
    return table(["", "reached", "goal", ""], [
        [named(row),
         f"{times(row['ratio']['value'])} {row['against']}" if row.get("ratio")
         else f"{number(row['value'])} {row['unit']}", goal_of(row), judged(row)]
        for row in found]) if found else "Not measured yet."


def machine(kept):
    parts = [part for part in kept["parts"].values()]
    if not parts:
        return "Not measured yet."
    of = kept["machine"]
    days = sorted({part["at"] for part in parts})
    commits = sorted({part["commit"] for part in parts})
    quick = " Some rows are of one short round (`--quick`)." if any(
        part["is_quick"] for part in parts) else ""
    return (f"{of['processor']}, {of['cores']} cores, {of['system']}, Linux {of['kernel']}; measured "
            f"{' and '.join(days)} at {', '.join(commits)}.{quick}")


def beside(kept, names, ending):
    """Bars of the rows whose words end so: pagerd's, and those of whom it is beside."""
    groups = []
    for row in rows_of(kept, names):
        if row["what"].endswith(ending) and row.get("other"):
            ratio = f"  ({times(row['ratio']['value'])})"
            groups.append((row["what"][:-len(ending)], [("pagerd", row, ratio),
                                                        (row["against"], row["other"], "")]))
    return groups


def of_waits(title, part):
    """p50 and p99 in each situation, of all who were asked."""
    def make(kept):
        groups = {}
        for row in rows_of(kept, [part]):
            if row["unit"] == "ms":
                several = groups.setdefault(row["what"], [("pagerd", row, "")])
                several.append((row["against"], row["other"], ""))
        return plot.bars(title, "milliseconds, each line ten times the one before", list(groups.items()),
                         True) if groups else None
    return make


def of_bars(title, unit, names, ending, is_log=False):
    def make(kept):
        groups = beside(kept, names, ending)
        return plot.bars(title, unit, groups, is_log) if groups else None
    return make


def of_curves(title, x_words, y_words, part, is_log_x=True, is_log_y=False):
    """Lines of what a function has kept by Bench.curve()."""
    def make(kept):
        curves = kept["parts"].get(part, {}).get("curves")
        several = {name: [(max(1, x), y) for x, y in one["points"]] for name, one in (curves or {}).items()}
        return plot.lines(title, x_words, y_words, several, is_log_x, is_log_y) if several else None
    return make


INGEST = ["rows_ingest.single", "rows_ingest.hundred"]
PLOTS = {
    "rate-1": of_bars("One alert a request", "alerts a second", INGEST[:1], ": rate"),
    "rate-100": of_bars("100 alerts a request", "alerts a second", INGEST[1:], ": rate"),
    "cpu": of_bars("CPU time of the server", "seconds for 1,000 alerts", INGEST, ": CPU"),
    "pages": of_waits("From the alert to the page", "rows_pages.pages"),
    "growth": of_curves("What an alert costs as things grow", "how many there are",
                        "CPU, seconds for 1,000 alerts", "rows_growth.growth"),
}


def make():
    """{path: text} of the page and its plots."""
    kept = figures()
    with open(os.path.join(HERE, "page.md"), encoding="utf-8") as file:
        page = file.read()
    made = {os.path.join(PLOTS_FOLDER, f"{name}.svg"): svg
            for name, draw in PLOTS.items() for svg in [draw(kept)] if svg}

    def fill(found):
        kind, _, words = found[1].partition(" ")
        if kind == "rows":
            return rows(kept, words.split())
        if kind == "plot":
            svg = made.get(os.path.join(PLOTS_FOLDER, f"{words}.svg"))
            return f"![{plot.title_of(svg)}](performance/{words}.svg)" if svg else "Not measured yet."
        return {"goals": goals, "machine": machine}[kind](kept)

    made[PAGE] = re.sub(r"\{((?:rows|plot|goals|machine)[^}\n]*)\}", fill, page)
    return made


def write():
    os.makedirs(PLOTS_FOLDER, exist_ok=True)
    for path, made in make().items():
        with open(path, "w", encoding="utf-8") as file:
            file.write(made)


def is_current(path, made):
    if not os.path.exists(path):
        return False
    with open(path, encoding="utf-8") as file:
        return file.read() == made


def main():
    if sys.argv[1:] != ["--check"]:
        write()
        return
    made = make()
    wrong = [path for path, text in made.items() if not is_current(path, text)]
    wrong += [os.path.join(PLOTS_FOLDER, name) for name in os.listdir(PLOTS_FOLDER)
              if os.path.join(PLOTS_FOLDER, name) not in made]
    if wrong:
        sys.exit(f"not what tests/bench/page.py makes, run it: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
