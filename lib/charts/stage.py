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
    drawn,
    hover_text,
    plain,
)
from lib.domain import Status

# Read from ten metres on a screen two metres wide: a fortieth of its height.
LARGE = 22
SMALLEST = 18
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
    traces = [
        _line(categories, marks, position=position)
        if kind == LINES
        else _bars(kind, categories, marks, position=position, written=written)
        for position, marks in enumerate(series)
    ]
    looks = base_layout(height=HEIGHT, heading=plain(title))
    return _without_height(drawn(traces, looks, **_layout(kind, several=several, written=written)))


def _bars(kind: str, categories: Sequence[str], marks: Marks, *, position: int, written: bool) -> dict:
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
        "textfont": {"size": LARGE, "color": PAGE_TEXT},
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


def _layout(kind: str, *, several: bool, written: bool) -> dict:
    font = {"family": FONT_FAMILY, "size": LARGE, "color": PAGE_TEXT}
    ticks = {"tickfont": {"size": SMALLEST, "color": PAGE_TEXT}, "fixedrange": True, "title": None}
    numbers = ticks | {"rangemode": "tozero", "tickformat": ",", "nticks": 5, "tickangle": 0}
    names = ticks | {"showgrid": False}
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
        "legend": {"font": font, "title": {"font": font | {"weight": 600}}},
        "showlegend": several,
    }


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
