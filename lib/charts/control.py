"""A monthly series with the limits of its ordinary variation: a table in, a figure out."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import (
    EDGE,
    NEUTRAL_BAR,
    PAGE_TEXT,
    base_layout,
    drawn,
    hover_text,
    number_axis,
    plain,
    require_columns,
    wrap,
)
from lib.charts.trends import month_axis
from lib.charts.workload import WHOLE_STEPS_UNTIL
from lib.numbers_id import bulan_tahun

HEIGHT = 440
MAX_LABELS = 8  # two-line names of months that stay apart on a telephone
SPECIAL_COLOUR = "#8F5A1B"
UP, DOWN = "triangle-up", "triangle-down"


def control_chart(
    frame: pd.DataFrame, *, heading: str, target: float | None = None, target_label: str = "target"
) -> go.Figure:
    """Months as a line with mean and limits; months of a special pattern are triangles pointing to their side.

    One row per month: bulan, nilai (NaN: a gap), tampil, n, tengah, bawah, atas, segmen, khusus, sisi (-1, 0, 1),
    catatan. Limits below zero are drawn at zero. Raises ValueError for missing columns.
    """
    require_columns(
        frame,
        *("bulan", "nilai", "tampil", "n", "tengah", "bawah", "atas", "segmen", "khusus", "sisi", "catatan"),
    )
    traces = [
        _steps(frame, frame["atas"], name="batas naik-turun biasa", dash="dash"),
        _steps(frame, frame["bawah"].clip(lower=0), name="", dash="dash"),
        _steps(frame, frame["tengah"], name="rata-rata", dash="solid"),
        _line(frame),
        *_special(frame),
    ]
    if target is not None:
        traces.append(_target(frame, target, target_label))
    return drawn(
        traces,
        base_layout(height=HEIGHT, heading=wrap(heading)),
        showlegend=True,
        xaxis=month_axis(frame["bulan"].tolist(), most=MAX_LABELS),
        yaxis=number_axis()
        | {"rangemode": "normal", "range": _range(frame, target)}
        | ({"dtick": 1} if frame["nilai"].max() <= WHOLE_STEPS_UNTIL else {}),
    )


def _range(frame: pd.DataFrame, target: float | None) -> list[float]:
    parts = [frame["nilai"], frame["bawah"].clip(lower=0), frame["atas"]]
    values = pd.concat([*parts, pd.Series([target], dtype=float)]).dropna()
    if values.empty:
        return [0, 1]
    room = 0.08 * ((values.max() - values.min()) or max(values.max(), 1))
    return [max(values.min() - room, 0), values.max() + room]


def _steps(frame: pd.DataFrame, values: pd.Series, *, name: str, dash: str) -> dict:
    """A line of each segment, with a gap where another one begins."""
    x, y = [], []
    for number in frame["segmen"].unique():
        own = frame["segmen"] == number
        x += [*frame.loc[own, "bulan"], None]
        y += [*values[own], None]
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines",
        "line": {"color": PAGE_TEXT if dash == "solid" else EDGE, "width": 1.4, "dash": dash},
        "connectgaps": False,
        "name": name,
        "showlegend": bool(name),
        "hoverinfo": "skip",
    }


def _hover(frame: pd.DataFrame) -> list[str]:
    return [
        hover_text(bulan_tahun(row.bulan), row.tampil, n=row.n, catatan=row.catatan)
        for row in frame.itertuples(index=False)
    ]


def _line(frame: pd.DataFrame) -> dict:
    return {
        "type": "scatter",
        "x": frame["bulan"].tolist(),
        "y": frame["nilai"].tolist(),
        "mode": "lines+markers",
        "line": {"color": NEUTRAL_BAR, "width": 2},
        "marker": {"color": NEUTRAL_BAR, "size": 7},
        "connectgaps": False,
        "name": "angka per bulan",
        "hovertext": _hover(frame),
        "hoverinfo": "text",
    }


def _special(frame: pd.DataFrame) -> list[dict]:
    """Up and down triangles; a month on the mean itself that belongs to a trend points up."""
    traces = []
    for symbol, word, own in (
        (UP, "di atas", frame[frame["khusus"] & (frame["sisi"] >= 0)]),
        (DOWN, "di bawah", frame[frame["khusus"] & (frame["sisi"] < 0)]),
    ):
        if len(own):
            traces.append(
                {
                    "type": "scatter",
                    "x": own["bulan"].tolist(),
                    "y": own["nilai"].tolist(),
                    "mode": "markers",
                    "marker": {
                        "symbol": symbol,
                        "color": SPECIAL_COLOUR,
                        "size": 13,
                        "line": {"color": EDGE, "width": 1},
                    },
                    "name": f"pola khusus, {word} rata-rata",
                    "hovertext": _hover(own),
                    "hoverinfo": "text",
                }
            )
    return traces


def _target(frame: pd.DataFrame, target: float, label: str) -> dict:
    return {
        "type": "scatter",
        "x": frame["bulan"].tolist(),
        "y": [target] * len(frame),
        "mode": "lines",
        "line": {"color": SPECIAL_COLOUR, "width": 1.4, "dash": "dot"},
        "name": plain(label),
        "hoverinfo": "skip",
    }
