"""One figure of two versions per province: a table in, a figure out."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import (
    EDGE,
    NEUTRAL_BAR,
    NO_DATA_MARK,
    SMALL_TEXT_FONT,
    TEXT_FONT,
    base_layout,
    drawn,
    number_axis,
    plain,
    require_columns,
    wrap,
)

ROW, ROOM = 44, 110  # a row of name and marks; heading, legend and axis
NAME_ABOVE = 0.25


def then_and_now(frame: pd.DataFrame, *, heading: str, unit: str) -> go.Figure:
    """Per group a hollow mark for then, a filled one for now, and the line between them; names above, rows in order.

    One row per group: nama, dulu, kini (NaN: no mark), tampil (text for both), rincian (lines of the hover text).
    Example: dulu 10, kini 15 is a line from 10 to 15. Raises ValueError for missing columns.
    """
    require_columns(frame, "nama", "dulu", "kini", "tampil", "rincian")
    rows = list(range(len(frame)))
    values = pd.concat([frame["dulu"], frame["kini"]]).dropna()
    low, high = (values.min(), values.max()) if len(values) else (0.0, 1.0)
    room = 0.05 * ((high - low) or abs(high) or 1)
    line_x, line_y = [], []
    for row, one, other in zip(rows, frame["dulu"], frame["kini"], strict=True):
        line_x += [one, other, None]
        line_y += [row, row, None]
    traces = [
        _names(frame, start=low - room),
        {
            "type": "scatter",
            "x": line_x,
            "y": line_y,
            "mode": "lines",
            "line": {"color": NO_DATA_MARK, "width": 3},
            "hoverinfo": "skip",
            "showlegend": False,
            "name": "selisih",
        },
        _marks(frame, "dulu", symbol="circle-open", colour=EDGE, size=13),
        _marks(frame, "kini", symbol="diamond", colour=NEUTRAL_BAR, size=11),
    ]
    return drawn(
        traces,
        base_layout(height=ROW * len(frame) + ROOM, heading=wrap(heading)),
        showlegend=True,
        margin={"b": 54},
        xaxis=number_axis()
        | {
            "rangemode": "normal",
            "range": [low - room, high + room],
            "nticks": 6,
            "title": {"text": unit, "font": SMALL_TEXT_FONT, "standoff": 6},
        },
        yaxis={"visible": False, "fixedrange": True, "range": [len(frame) - 0.5, -0.8]},
    )


def _names(frame: pd.DataFrame, *, start: float) -> dict:
    return {
        "type": "scatter",
        "x": [start] * len(frame),
        "y": [row - NAME_ABOVE for row in range(len(frame))],
        "mode": "text",
        "text": [
            f"{plain(nama)}  <b>{plain(text)}</b>"
            for nama, text in zip(frame["nama"], frame["tampil"], strict=True)
        ],
        "textposition": "top right",
        "textfont": TEXT_FONT,
        "cliponaxis": False,
        "showlegend": False,
        "hoverinfo": "skip",
        "name": "nama",
    }


def _marks(frame: pd.DataFrame, column: str, *, symbol: str, colour: str, size: int) -> dict:
    return {
        "type": "scatter",
        "x": frame[column].tolist(),
        "y": list(range(len(frame))),
        "mode": "markers",
        "name": column,
        "marker": {"symbol": symbol, "color": colour, "size": size, "line": {"color": colour, "width": 2}},
        "cliponaxis": False,
        "hovertext": frame["rincian"].tolist(),
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
