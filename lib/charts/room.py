"""Room for the names of the axes, made before the browser draws: a chart that fits at once is drawn once.

The drawing library draws a chart, measures the names beside its axes, and where its margins are too narrow draws all
of it again: about half of what a chart with axes costs the browser. What is asked for here may be a little too much
or too little; too little costs the second drawing, as before, and nothing is ever cut off.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from numbers import Real
from pathlib import Path

from PIL import ImageFont

from lib.charts.theme import completed, line_count

FONT = Path(__file__).resolve().parents[2] / "static" / "fonts" / "plus-jakarta-sans-latin.woff2"
REGULAR, BOLD = 400, 700
LINE = 1.3  # ems of one line of names
# Pixels the library leaves between names and plot and beyond the names, and what is added for what is not known.
BESIDE, BELOW = 16, 17
SPARE = 6
# The first number below a plot is written around its left edge.
HALF_A_NUMBER = 12
# Axes end a little above the largest value, and their numbers have a decimal below about this.
HEADROOM, WITH_DECIMALS = 1.06, 5


def with_room(layout: dict, traces: Sequence[dict]) -> dict:
    """A layout whose left and lower margins hold the names of its axes.

    Only where the names are known: numbers or given texts, on one x axis below and y axes at the left. Example: numbers
    up to 2.943 of 12 pixels -> their width, 16 and 6 pixels at the left; two lines of names -> 55 pixels below.
    """
    axes = {name: axis for name, axis in layout.items() if re.fullmatch(r"[xy]axis\d*", name)}
    across = [axis for name, axis in axes.items() if name[0] == "x"]
    if len(across) != 1:
        return layout
    below = _height_below(across[0])
    stacked = layout.get("barmode") in ("stack", "relative")
    beside = [
        _width_beside(axis, _on_axis(traces, name), stacked=stacked)
        for name, axis in axes.items()
        if name[0] == "y"
    ]
    if below is None or not beside or None in beside:
        return layout
    asked = {"l": max(beside), "b": below}
    margin = layout.get("margin", {})
    return completed(
        layout, {"margin": {side: max(margin.get(side, 0), each) for side, each in asked.items()}}
    )


def _on_axis(traces: Sequence[dict], name: str) -> list[dict]:
    """The traces drawn on a y axis. Example: "yaxis2" -> those with "yaxis": "y2"."""
    return [trace for trace in traces if trace.get("yaxis", "y") == name.replace("axis", "")]


def _size(axis: dict) -> float:
    return axis.get("tickfont", {}).get("size", 12)


def _height_below(axis: dict) -> int | None:
    """Pixels that the names of an x axis and its title take below the plot, or None where they are not known."""
    if not axis.get("visible", True) or axis.get("tickangle") != 0 or axis.get("side", "bottom") != "bottom":
        return None
    if axis.get("ticktext"):
        lines = max(map(line_count, axis["ticktext"]))
    elif axis.get("tickformat") == ",":
        lines = 1
    else:
        return None
    title = axis.get("title") or {}
    more = LINE * title["font"]["size"] if title.get("text") else 0
    return math.ceil(LINE * _size(axis) * lines + more) + BELOW + SPARE


def _width_beside(axis: dict, traces: Sequence[dict], *, stacked: bool) -> int | None:
    """Pixels that the names of a y axis take beside the plot, or None where they are not known."""
    if not axis.get("visible", True):
        return HALF_A_NUMBER + SPARE
    if axis.get("side", "left") != "left" or "overlaying" in axis or (axis.get("title") or {}).get("text"):
        return None
    if axis.get("ticktext"):
        names = [line for text in axis["ticktext"] for line in text.split("<br>")]
    else:
        values = list(axis["range"]) if "range" in axis else _values(traces, stacked=stacked)
        if axis.get("tickformat") != "," or not values:
            return None
        names = [_widest_number(values) + axis.get("ticksuffix", "")]
    return math.ceil(max(map(_ems, names)) * _size(axis)) + BESIDE + SPARE


@cache
def _type(weight: int) -> ImageFont.FreeTypeFont:
    """The page's own type, a hundred pixels large."""
    font = ImageFont.truetype(str(FONT), 100)
    font.set_variation_by_axes([weight])
    return font


@lru_cache(maxsize=4096)
def _ems(line: str) -> float:
    """Width of one line, in which <b> marks what is bold, over its size. Example: "2.000" is 3.1 ems wide."""
    width = 0.0
    for part in re.split(r"(<b>.*?</b>)", line):
        text = html.unescape(re.sub(r"<[^>]*>", "", part))
        width += _type(BOLD if part.startswith("<b>") else REGULAR).getlength(text) / 100
    return width


def _widest_number(values: Iterable[float]) -> str:
    """A text as wide as the widest number on an axis for these values. Example: up to 2943 -> "0.000"."""
    low, high = min(values), max(values)
    largest = HEADROOM * max(high, -low)
    digits = "0,0" if largest < WITH_DECIMALS else f"{10 ** (len(str(int(largest))) - 1):,}".replace("1", "0")
    return ("\N{MINUS SIGN}" if low < 0 else "") + digits.replace(",", ".")


def _values(traces: Sequence[dict], *, stacked: bool) -> list[float]:
    """The numbers on a y axis; stacked bars count together where they stand on one place."""
    sums: dict[object, float] = {}
    values: list[float] = []
    for trace in traces:
        if trace.get("orientation") == "h":
            continue
        for place, number in zip(trace.get("x", ()), trace.get("y", ()), strict=False):
            if not isinstance(number, Real) or math.isnan(number):
                continue
            values.append(float(number))
            if stacked and trace.get("type") == "bar":
                sums[place] = sums.get(place, 0.0) + float(number)
    return [*values, *sums.values()]
