"""The line of source at the foot of a chart: part of the figure, so that its picture tells where it is from.

The camera writes what is drawn. Of all texts of the drawing library only the title can stand below the names of an
axis whatever their height, so that a chart's heading is never its title.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from lib.charts.theme import completed, line_count, wrap

FONT_SIZE = 11
LINE = 1.3 * FONT_SIZE  # the library's distance of two lines
ASCENT, DESCENT = 11, 3
ABOVE, BELOW = 6, 3
DIVIDER = " · "
WIDTH = 50  # characters of FONT_SIZE that fit the narrowest chart, a third of a page
# With more room than this below the plot a chart has counted its own texts there.
OWN_ROOM = 8
# Where the library puts the first line below the place asked for, in ems: one line in room that is there, one line in
# room it makes, and several lines in room it makes, which it lowers by all lines but one besides.
CAPITALS, CAPITALS_AT_EDGE, LOWERED = 0.7, 1.0, 0.35


def in_lines(parts: Iterable[str]) -> str:
    """Parts in short lines, divided by "<br>"; a part stays in one line where it can.

    Example: "DATA SIMULASI", "data per 20 November 2026" and "Tuntas versi 20261122T225928-8919c6" are two lines, the
    version being the second.
    """
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(DIVIDER) + len(part) <= WIDTH:
            lines[-1] += DIVIDER + part
        else:
            lines.append(part)
    return "<br>".join(wrap(line, width=WIDTH) for line in lines)


def height(words: str) -> int:
    """Pixels that a text of lines divided by "<br>" takes at the foot. Example: two lines -> 38."""
    return math.ceil(ABOVE + ASCENT + LINE * (line_count(words) - 1) + DESCENT + BELOW)


def with_foot(layout: dict, words: str, *, colour: str) -> dict:
    """A layout with `words` below everything else, and higher by as much; the plot keeps its height.

    Where names stand below the plot the library makes room, else the lower margin does. Raises ValueError where the
    layout has a title already.
    """
    if "text" in layout.get("title", {}):
        raise ValueError("a chart's heading is its legend's title: the title is kept for its source")
    room, below = height(words), layout.get("margin", {}).get("b", OWN_ROOM)
    makes_room = below <= OWN_ROOM and _has_names_below(layout)
    raised = _raised(line_count(words), makes_room=makes_room)
    title = {
        "text": words,
        "font": {"size": FONT_SIZE, "color": colour, "weight": 400},
        "xref": "container",
        "x": 0,
        "xanchor": "left",
        "yref": "container",
        "y": 0,
        "yanchor": "top",
        "automargin": makes_room,
        # The library reserves both together and places the text by the upper one.
        "pad": {"l": 4, "t": -raised, "b": room + raised},
    }
    more: dict = {"title": title}
    if not makes_room:
        more["margin"] = {"b": below + room}
    if layout.get("height"):
        more["height"] = layout["height"] + room
    return completed(layout, more)


def _raised(lines: int, *, makes_room: bool) -> float:
    """How far above the lower edge the text has to be asked for, so that its last line ends BELOW above the edge."""
    end, others = DESCENT + BELOW, LINE * (lines - 1)
    if lines == 1:
        return end + FONT_SIZE * (CAPITALS_AT_EDGE if makes_room else CAPITALS)
    return end + others + (others + LOWERED * FONT_SIZE if makes_room else 0)


def _has_names_below(layout: dict) -> bool:
    """Whether an x axis is drawn; a map has none."""
    axes = [value for name, value in layout.items() if name.startswith("xaxis")]
    return any(axis.get("visible", True) for axis in axes)
