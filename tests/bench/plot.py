# SPDX-License-Identifier: MIT
"""Plots as SVG, of bars and of lines: text and rectangles, the same bytes for the same figures."""
import math
import re

COLOURS = ["#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd"]
WIDTH, LEFT, RIGHT, BAR, GAP = 720, 230, 130, 16, 12
FONT = 'font-family="sans-serif" font-size="12"'


def text(x, y, words, anchor="start", more=""):
    words = str(words).replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{words}</text>'


def line(x1, y1, x2, y2, colour="#999", more=""):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'{more}/>')


def whole(height, title, parts):
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" {FONT}>',
        f'<rect width="{WIDTH}" height="{height:.0f}" fill="#fff"/>',
        text(WIDTH / 2, 20, title, "middle", 'font-size="14" font-weight="bold"'),
        *parts, "</svg>", ""])


def title_of(svg):
    return re.search(r'font-weight="bold">([^<]*)<', svg)[1]


def short(value):
    """Three digits that count, with k and M."""
    if value == 0:
        return "0"
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def legend(names, y):
    parts, x = [], LEFT
    for i, name in enumerate(names):
        parts += [f'<rect x="{x}" y="{y - 10}" width="12" height="12" fill="{COLOURS[i]}"/>',
                  text(x + 17, y, name)]
        x += 40 + 7 * len(name)
    return parts


def ticks_of(low, high, is_log):
    if is_log:
        return [10 ** power for power in range(math.floor(math.log10(low)),
                                               math.ceil(math.log10(high)) + 1)]
    step = 10 ** math.floor(math.log10(high))
    step = next(step * part for part in (2, 1, 0.5, 0.25, 0.2, 0.1) if high / (step * part) >= 3)
    return [step * i for i in range(int(math.ceil(high / step - 1e-9)) + 1)]


class Scale:
    """From values to places between two ends."""

    def __init__(self, values, begin, end, is_log=False):
        values = [value for value in values if value > 0 or not is_log] or [1]
        self.ticks = ticks_of(min(values), max(values), is_log)
        self.is_log, self.begin, self.end = is_log, begin, end

    def at(self, value):
        low, high = self.ticks[0], self.ticks[-1]
        if self.is_log:
            value, low, high = (math.log10(max(one, self.ticks[0])) for one in (value, low, high))
        part = (value - low) / ((high - low) or 1)
        return self.begin + part * (self.end - self.begin)


def bars(title, unit, groups, is_log=False):
    """groups: [(label, [(series, {"value", "low", "high"}, note)])]; a bar each, with its spread."""
    names = list(dict.fromkeys(name for _, several in groups for name, _, _ in several))
    every = [one[key] for _, several in groups for _, one, _ in several for key in ("value", "high")]
    every += [one["value"] for _, several in groups for _, one, _ in several]
    top, parts = 58, legend(names, 42)
    every.append(min(every) / 2 if is_log else 0)  # the shortest bar is to be seen
    scale = Scale(every, LEFT, WIDTH - RIGHT, is_log)
    height = top + sum(len(several) * BAR + GAP for _, several in groups)
    for tick in scale.ticks:
        x = scale.at(tick)
        parts += [line(x, top - 6, x, height, "#ddd"), text(x, height + 16, short(tick), "middle")]
    y = top
    for label, several in groups:
        parts.append(text(LEFT - 8, y + len(several) * BAR / 2 + 4, label, "end"))
        for name, one, note in several:
            end, low, high = (scale.at(one[key]) for key in ("value", "low", "high"))
            parts += [f'<rect x="{LEFT}" y="{y + 1:.1f}" width="{max(1, end - LEFT):.1f}" '
                      f'height="{BAR - 2}" fill="{COLOURS[names.index(name)]}"/>',
                      line(low, y + BAR / 2, high, y + BAR / 2, "#000"),
                      text(max(end, high) + 6, y + BAR - 4, short(one["value"]) + note)]
            y += BAR
        y += GAP
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, height + 34, unit, "middle"))
    return whole(height + 44, title, parts)


def lines(title, x_words, y_words, series, is_log_x=False, is_log_y=False):
    """series: {name: [(x, y)]}."""
    left, top, bottom = 80, 58, 340
    points = [point for several in series.values() for point in several]
    across = Scale([x for x, _ in points], left, WIDTH - 40, is_log_x)
    up = Scale([y for _, y in points] if is_log_y else [0, *(y for _, y in points)], bottom, top,
               is_log_y)
    parts = legend(list(series), 42)
    for tick in across.ticks:
        parts += [line(across.at(tick), top, across.at(tick), bottom, "#ddd"),
                  text(across.at(tick), bottom + 16, short(tick), "middle")]
    for tick in up.ticks:
        parts += [line(left, up.at(tick), WIDTH - 40, up.at(tick), "#ddd"),
                  text(left - 6, up.at(tick) + 4, short(tick), "end")]
    for i, several in enumerate(series.values()):
        places = [(across.at(x), up.at(y)) for x, y in several]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{way}" fill="none" stroke="{COLOURS[i]}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLOURS[i]}"/>' for x, y in places]
    parts += [text((left + WIDTH - 40) / 2, bottom + 36, x_words, "middle"),
              text(16, (top + bottom) / 2, y_words, "middle",
                   f'transform="rotate(-90 16 {(top + bottom) / 2:.0f})"')]
    return whole(bottom + 48, title, parts)
