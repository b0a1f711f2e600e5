"""The line of source at the foot of a chart: part of the figure, so that its picture tells where it is from.

The camera writes what is drawn. Of all texts of the drawing library only the title can stand below the names of an
axis whatever their height, so that a chart's heading is never its title.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from lib.charts.theme import completed, line_count, wrap

SIZE = 11
WIDTH = 50  # characters of SIZE that fit the narrowest chart, a third of a page
DIVIDER = " · "
# With more room than this below the plot a chart has counted its own texts there.
OWN_ROOM = 8
ABOVE, BELOW = 6, 3
# In ems: the library's distance of two lines, and what a line takes above and below its base.
LINE, ASCENT, DESCENT = 1.3, 1.0, 0.3
# Where the library puts the first line below the place asked for, in ems: one line in room that is there, one line in
# room it makes, and several lines in room it makes, which it lowers by all lines but one besides.
CAPITALS, CAPITALS_AT_EDGE, LOWERED = 0.7, 1.0, 0.35


@dataclass(frozen=True, kw_only=True)
class Foot:
    """The text at the foot of a chart, its lines divided by "<br>", and the size of its type in pixels."""

    text: str
    size: int = SIZE

    @property
    def lines(self) -> int:
        """How many lines the text has."""
        return line_count(self.text)

    @property
    def height(self) -> int:
        """Pixels it takes. Example: two lines of 11 pixels -> 6 + 11 + 14.3 + 3.3 + 3, 38."""
        return math.ceil(ABOVE + self.size * (ASCENT + LINE * (self.lines - 1) + DESCENT) + BELOW)


def written(parts: Iterable[str], *, size: int = SIZE, width: int = WIDTH) -> Foot:
    """Parts in lines of at most `width` characters; a part stays in one line where it can.

    Example: "DATA SIMULASI", "data per 20 November 2026" and "Tuntas versi 20261122T225928-8919c6" are two lines, the
    version being the second.
    """
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(DIVIDER) + len(part) <= width:
            lines[-1] += DIVIDER + part
        else:
            lines.append(part)
    return Foot(text="<br>".join(wrap(line, width=width) for line in lines), size=size)


def with_foot(layout: dict, foot: Foot, *, colour: str) -> dict:
    """A layout with the foot below everything else, and higher by as much; the plot keeps its height.

    Where names stand below the plot the library makes room, else the lower margin does. Raises ValueError where the
    layout has a title already.
    """
    if "text" in layout.get("title", {}):
        raise ValueError("a chart's heading is its legend's title: the title is kept for its source")
    below = layout.get("margin", {}).get("b", OWN_ROOM)
    makes_room = below <= OWN_ROOM and _has_names_below(layout)
    raised = _raised(foot, makes_room=makes_room)
    title = {
        "text": foot.text,
        "font": {"size": foot.size, "color": colour, "weight": 400},
        "xref": "container",
        "x": 0,
        "xanchor": "left",
        "yref": "container",
        "y": 0,
        "yanchor": "top",
        "automargin": makes_room,
        # The library reserves both together and places the text by the upper one.
        "pad": {"l": 4, "t": -raised, "b": foot.height + raised},
    }
    more: dict = {"title": title}
    if not makes_room:
        more["margin"] = {"b": below + foot.height}
    if layout.get("height"):
        more["height"] = layout["height"] + foot.height
    return completed(layout, more)


def _raised(foot: Foot, *, makes_room: bool) -> float:
    """How far above the lower edge the text has to be asked for, so that its last line ends BELOW above the edge."""
    others = LINE * (foot.lines - 1)
    alone = CAPITALS_AT_EDGE if makes_room else CAPITALS
    among_others = others + LOWERED if makes_room else 0
    return BELOW + foot.size * (DESCENT + others + (alone if foot.lines == 1 else among_others))


def _has_names_below(layout: dict) -> bool:
    """Whether an x axis is drawn; a map has none."""
    axes = [value for name, value in layout.items() if name.startswith("xaxis")]
    return any(axis.get("visible", True) for axis in axes)
