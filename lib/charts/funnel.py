"""Units against the limits of chance: a table of units and one of limits in, a figure out."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import (
    EDGE,
    NO_FADING,
    PAGE_TEXT,
    SELECTED,
    SMALL_TEXT_FONT,
    base_layout,
    drawn,
    hover_text,
    number_axis,
    plain,
    require_columns,
    wrap,
)
from lib.numbers_id import angka

HEIGHT = 540  # on a telephone the legend takes eight lines of it
AXIS_ROOM = 46
# Told apart by shape first: the colours are no verdict.
SYMBOLS = {0: "circle", 1: "diamond", 2: "square"}
COLOURS = {0: "#93BEE0", 1: "#2B78BC", 2: "#8F5A1B"}
SIZES = {0: 9, 1: 11, 2: 12}
LINES = {
    "95": ("batas 95 %", "dash", 1.2),
    "998": ("batas 99,8 %", "solid", 1.6),
    "lebar": ("99,8 % dilebarkan (dispersi berlebih)", "dot", 1.6),
}
# Beyond this ratio of the largest to the smallest size the small ones would lie on top of each other.
WIDE_SIZES = 8
# Names are placed for a plot of this size in pixels; one that has no room is left to the pointer and the sentence.
PLOT_WIDTH, PLOT_HEIGHT, LETTER, LINE = 460, 380, 6.4, 15
CLEAR_OF_RING = "\u00a0\u00a0\u00a0"  # the ring round the chosen mark is wider than the mark
POSITIONS = {"middle right": (1, 0), "middle left": (-1, 0), "top center": (0, 1), "bottom center": (0, -1)}


def funnel(
    units: pd.DataFrame,
    limits: pd.DataFrame,
    *,
    reference: float,
    heading: str,
    x_title: str,
    classes: Mapping[int, str],
    widened: bool,
    selected: str | None = None,
) -> go.Figure:
    """A funnel plot; only units beyond 99.8 % carry their name.

    One row per unit: kunci, nama, besar (place on the axis), nilai, tampil, n, letak (-2 .. 2), catatan. `limits`:
    besar with bawah_ and atas_ 95, 998, lebar; the last are drawn when `widened`. `classes` names 0, 1 and 2.
    Marks carry kunci as customdata. Raises ValueError for missing columns.
    """
    require_columns(units, "kunci", "nama", "besar", "nilai", "tampil", "n", "letak", "catatan")
    traces = [_line(limits, name) for name in LINES if name != "lebar" or widened]
    traces.append(_reference(limits, reference))
    x_axis, y_range = _x_axis(limits, x_title), _range(units, limits, reference)
    labels = _labels(units[units["letak"].abs() == 2], x_axis, y_range)
    traces += [_marks(units, number, name, labels, selected) for number, name in classes.items()]
    if selected is not None and (units["kunci"] == selected).any():
        traces.append(_ring(units[units["kunci"] == selected]))
    return drawn(
        traces,
        base_layout(height=HEIGHT, heading=wrap(heading)),
        showlegend=True,
        margin={"b": AXIS_ROOM},
        xaxis=x_axis,
        yaxis=number_axis() | {"rangemode": "normal", "range": y_range},
    )


def _range(units: pd.DataFrame, limits: pd.DataFrame, reference: float) -> list[float]:
    """All units and the 99.8 % limits at the sizes where units are."""
    parts = [units["nilai"], limits["bawah_998"], limits["atas_998"], pd.Series([reference])]
    values = pd.concat(parts).dropna()
    if values.empty:
        return [0, 1]
    room = 0.06 * ((values.max() - values.min()) or 1)
    return [max(values.min() - room, -room), values.max() + room]


def _x_axis(limits: pd.DataFrame, title: str) -> dict:
    """Linear, or by equal multiples where the sizes differ very much."""
    axis = number_axis() | {
        "nticks": 6,
        "rangemode": "normal",
        "showgrid": False,
        "title": {"text": title, "font": SMALL_TEXT_FONT, "standoff": 6},
    }
    if limits.empty:
        return axis
    low, high = limits["besar"].min(), limits["besar"].max()
    if high < WIDE_SIZES * low:
        room = 0.04 * (high - low)
        return axis | {"range": [low - room, high + room]}
    ticks = [
        step * 10**power for power in range(-1, 8) for step in (1, 2, 5) if low <= step * 10**power <= high
    ]
    return axis | {
        "type": "log",
        "title": axis["title"] | {"text": f"{title}, skala berlipat"},
        "range": [math.log10(low) - 0.05, math.log10(high) + 0.05],
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": [angka(tick) for tick in ticks],
    }


def _labels(own: pd.DataFrame, x_axis: dict, y_range: list[float]) -> dict[str, str]:
    """For each unit with a name the side on which its name covers no other one; "" where there is none."""
    if own.empty:
        return {}
    is_log = x_axis.get("type") == "log"
    first, last = x_axis["range"]
    marks = {
        row.kunci: (
            ((math.log10(row.besar) if is_log else row.besar) - first) / (last - first) * PLOT_WIDTH,
            (row.nilai - y_range[0]) / (y_range[1] - y_range[0]) * PLOT_HEIGHT,
        )
        for row in own.itertuples()
    }
    taken = [(x - 7, x + 7, y - 7, y + 7) for x, y in marks.values()]
    chosen = {}
    for row in own.itertuples():
        chosen[row.kunci] = ""
        for position, (right, up) in POSITIONS.items():
            x, y = marks[row.kunci]
            half = len(row.nama) * LETTER / 2
            x, y = x + right * (half + 9), y + up * (LINE / 2 + 8)
            box = (x - half, x + half, y - LINE / 2, y + LINE / 2)
            inside = box[0] >= 0 and box[1] <= PLOT_WIDTH
            if inside and not any(_overlap(box, other) for other in taken):
                chosen[row.kunci] = position
                taken.append(box)
                break
    return chosen


def _overlap(one: tuple, other: tuple) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def _line(limits: pd.DataFrame, name: str) -> dict:
    label, dash, width = LINES[name]
    x, low, high = (limits[column].tolist() for column in ("besar", f"bawah_{name}", f"atas_{name}"))
    return {
        "type": "scatter",
        "x": [*x, None, *x],
        "y": [*low, None, *high],
        "mode": "lines",
        "line": {"color": EDGE, "width": width, "dash": dash},
        "connectgaps": False,
        "name": label,
        "hoverinfo": "skip",
    }


def _reference(limits: pd.DataFrame, reference: float) -> dict:
    ends = [limits["besar"].min(), limits["besar"].max()] if len(limits) else []
    return {
        "type": "scatter",
        "x": ends,
        "y": [reference] * len(ends),
        "mode": "lines",
        "line": {"color": PAGE_TEXT, "width": 1},
        "name": "acuan: semua bersama",
        "hoverinfo": "skip",
    }


def _named(row, labels: Mapping[str, str], selected: str | None) -> str:
    if not labels[row.kunci]:
        return ""
    aside = CLEAR_OF_RING if row.kunci == selected else ""
    return f"{aside}{plain(row.nama)}{aside}"


def _marks(
    units: pd.DataFrame, number: int, name: str, labels: Mapping[str, str], selected: str | None
) -> dict:
    own = units[units["letak"].abs() == number]
    return {
        "type": "scatter",
        "x": own["besar"].tolist(),
        "y": own["nilai"].tolist(),
        "mode": "markers+text" if number == 2 else "markers",
        "text": [_named(row, labels, selected) for row in own.itertuples()] if number == 2 else None,
        "textposition": [labels[kunci] or "top center" for kunci in own["kunci"]] if number == 2 else None,
        "textfont": SMALL_TEXT_FONT,
        "cliponaxis": False,
        "marker": {
            "symbol": SYMBOLS[number],
            "color": COLOURS[number],
            "size": SIZES[number],
            "line": {"color": EDGE, "width": 1},
        },
        "name": f"{plain(name)}: <b>{len(own)}</b>",
        "customdata": own["kunci"].tolist(),
        "hovertext": [
            hover_text(row.nama, row.tampil, n=row.n, catatan=row.catatan)
            for row in own.itertuples(index=False)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        **NO_FADING,
    }


def _ring(own: pd.DataFrame) -> dict:
    return {
        "type": "scatter",
        "x": own["besar"].tolist(),
        "y": own["nilai"].tolist(),
        "mode": "markers",
        "marker": {
            "symbol": "circle-open",
            "size": 22,
            "color": SELECTED,
            "line": {"color": SELECTED, "width": 3},
        },
        "name": f"dipilih: <b>{plain(own['nama'].iloc[0])}</b>",
        "hoverinfo": "skip",
    }
