"""Charts for the screen of a meeting: few marks, large type, the values written beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from lib.charts.theme import (
    EDGE,
    FONT_FAMILY,
    NEUTRAL_BAR,
    PAGE_TEXT,
    STATUS_COLOURS,
    base_layout,
    completed,
    drawn,
    heading_from_left,
    hover_text,
    plain,
)
from lib.domain import Status

# Read from ten metres on a screen two metres wide: a fortieth of its height.
LARGE = 22
SMALLEST = 18
# The source in one line, on a telephone too, where the drawing is made for 600 pixels and scaled down.
FOOT, FOOT_WIDTH = 13, 90
HEIGHT = 320
ACROSS, UP, LINES = "batang", "kolom", "garis"
COLOURS = (NEUTRAL_BAR, STATUS_COLOURS[Status.TERTANGANI], STATUS_COLOURS[Status.TERSELESAIKAN])
PATTERNS = ("", "/", ".")
# More bars than this have no room for their values.
MOST_WRITTEN = {ACROSS: 10, UP: 8}


@dataclass(frozen=True, kw_only=True)
class Marks:
    """The values of one series over the categories of a chart, None where there is nothing to draw; its #RRGGBB colour,
    or none for that of its place."""

    nama: str
    nilai: tuple[float | None, ...]
    tampil: tuple[str, ...]
    warna: str | None = None


def chart(kind: str, categories: Sequence[str], series: Sequence[Marks], *, title: str) -> go.Figure:
    """Bars (`ACROSS`), columns (`UP`) or lines of one to three series, in large type.

    Every series is told apart by pattern or dash as well as by colour. Raises ValueError for another kind or for more
    series than there are patterns.
    """
    if kind not in (ACROSS, UP, LINES):
        raise ValueError(f"unknown kind of chart: {kind}")
    if len(series) > len(PATTERNS):
        raise ValueError(f"at most {len(PATTERNS)} series can be told apart, got {len(series)}")
    several, written = len(series) > 1, len(series) * len(categories) <= MOST_WRITTEN.get(kind, 0)
    # Bars of a group touch each other.
    type_of_values = (SMALLEST if several else LARGE) if written else 0
    traces = [
        _line(categories, marks, position=position)
        if kind == LINES
        else _bars(kind, categories, marks, position=position, written=type_of_values)
        for position, marks in enumerate(series)
    ]
    looks = base_layout(height=HEIGHT, heading=plain(title))
    layout = _layout(kind, plain(title), several=several, written=written)
    if kind == LINES:
        layout["xaxis"] |= _narrow_names([plain(each) for each in categories])
    figure = drawn(traces, looks, **layout)
    return _without_height(figure)


def _bars(kind: str, categories: Sequence[str], marks: Marks, *, position: int, written: int) -> dict:
    """Bars with their values in type of the size `written`, or without them where that is 0."""
    across, up = ("x", "y") if kind == ACROSS else ("y", "x")
    trace = {
        "type": "bar",
        "orientation": "h" if kind == ACROSS else "v",
        "name": plain(marks.nama),
        across: list(marks.nilai),
        up: [plain(each) for each in categories],
        "marker": {
            "color": marks.warna or COLOURS[position],
            "line": {"color": EDGE, "width": 0.6},
            "pattern": {"shape": PATTERNS[position], "fillmode": "overlay", "solidity": 0.15},
        },
        "hovertext": _hover(categories, marks),
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    if not written:
        return trace
    return trace | {
        "text": [plain(text) for text in marks.tampil],
        "textposition": "outside",
        "constraintext": "none",
        "textfont": {"size": written, "color": PAGE_TEXT},
        "cliponaxis": False,
    }


def _line(categories: Sequence[str], marks: Marks, *, position: int) -> dict:
    colour = marks.warna or COLOURS[position]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": plain(marks.nama),
        "x": [plain(each) for each in categories],
        "y": list(marks.nilai),
        "line": {"color": colour, "width": 4, "dash": ("solid", "dash", "dot")[position]},
        "marker": {"size": 10, "symbol": ("circle", "square", "diamond")[position], "color": colour},
        "hovertext": _hover(categories, marks),
        "hovertemplate": "%{hovertext}<extra></extra>",
        "connectgaps": False,
    }


def _hover(categories: Sequence[str], marks: Marks) -> list[str]:
    return [
        hover_text(f"{name}, {marks.nama}", shown)
        for name, shown in zip(categories, marks.tampil, strict=True)
    ]


def _layout(kind: str, heading: str, *, several: bool, written: bool) -> dict:
    font = {"family": FONT_FAMILY, "size": LARGE, "color": PAGE_TEXT}
    ticks = {"tickfont": {"size": SMALLEST, "color": PAGE_TEXT}, "fixedrange": True, "title": None}
    numbers = ticks | {"rangemode": "tozero", "tickformat": ",", "nticks": 5, "tickangle": 0}
    names = ticks | {"showgrid": False}
    entries = {"font": font | {"size": SMALLEST}, "title": {"font": font | {"weight": 600}}}
    if kind == ACROSS:
        # Where the values stand at the ends of the bars, an axis of numbers would say them again.
        axes = {
            "xaxis": numbers | {"visible": not written},
            "yaxis": names | {"autorange": "reversed", "tickfont": {"size": LARGE, "color": PAGE_TEXT}},
        }
    else:
        axes = {"xaxis": names, "yaxis": numbers}
    return axes | {
        "font": font,
        "barmode": "group",
        "bargap": 0.18,
        "margin": {"l": 8, "r": 100 if kind == ACROSS and written else 16, "t": 8, "b": 8},
        "legend": completed(heading_from_left(heading, alone=False), entries),
        "showlegend": several,
    }


def _narrow_names(names: Sequence[str]) -> dict:
    """Months with their year below, each year once: side by side they would have to be turned on a telephone.

    Example: "Des 2025", "Jan 2026", "Feb 2026" -> "Des<br>2025", "Jan<br>2026", "Feb".
    """
    years = [name.rpartition(" ")[2] for name in names]
    shown = [
        name.replace(" ", "<br>") if year != before else name.removesuffix(year).rstrip()
        for name, year, before in zip(names, years, ["", *years], strict=False)
    ]
    return {"tickmode": "array", "tickvals": list(names), "ticktext": shown}


def enlarged(figure: go.Figure) -> go.Figure:
    """A copy of a figure made for a page, in the type of the meeting's screen and as high as its place."""
    font = {"size": SMALLEST}
    shown = go.Figure(figure)
    shown.update_layout(font=font, legend={"font": font, "title": {"font": font}})
    shown.update_annotations(font=font)
    return _without_height(shown)


def _without_height(figure: go.Figure) -> go.Figure:
    figure.layout.height = None
    return figure
