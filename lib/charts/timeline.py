"""One case as steps on a line: dates, waits and norms. Table in, figure out."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import (
    EDGE,
    NEUTRAL_BAR,
    SMALL_TEXT_FONT,
    TEXT_FONT,
    base_layout,
    drawn,
    plain,
    require_columns,
)

STEP_HEIGHT = 58
LATE = "#E08A00"


def case_steps(frame: pd.DataFrame) -> go.Figure:
    """Steps from top to bottom along the days of a case; a wait beyond its norm is thick, orange and dotted.

    One row per step reached, in order: nama, tanggal, tunggu (text of the wait before it), norma, terlambat (bool).
    """
    require_columns(frame, "nama", "tanggal", "tunggu", "norma", "terlambat")
    dates = [date.isoformat() for date in frame["tanggal"]]
    traces = [_wait(dates, position, late=late) for position, late in enumerate(frame["terlambat"])][1:]
    rows = list(frame.itertuples(index=False))
    traces.append(
        {
            "type": "scatter",
            "x": dates,
            "y": list(range(len(frame))),
            "mode": "markers",
            "cliponaxis": False,
            "marker": {"size": 14, "color": NEUTRAL_BAR, "line": {"color": EDGE, "width": 1}},
            "hovertext": [
                f"<b>{plain(row.nama)}</b><br>{plain(row.tunggu)}<br>{plain(row.norma)}" for row in rows
            ],
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
    )
    days = max((frame["tanggal"].iloc[-1] - frame["tanggal"].iloc[0]).days, 10)
    first = frame["tanggal"].iloc[0]
    margin = pd.Timedelta(days=days * 0.04)
    return drawn(
        traces,
        base_layout(height=STEP_HEIGHT * max(2, len(frame)) + 50),
        showlegend=False,
        xaxis={
            "range": [(first - margin).isoformat(), (first + pd.Timedelta(days=days) + margin).isoformat()],
            "type": "date",
            "tickformat": "%-d %b<br>%Y",
            "nticks": 4,
            "tickangle": 0,
            "fixedrange": True,
            "tickfont": SMALL_TEXT_FONT,
        },
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(len(frame))),
            "ticktext": [f"{plain(row.nama)}<br>{plain(row.tunggu)}" for row in rows],
            "range": [len(frame) - 0.5, -0.5],
            "fixedrange": True,
            "automargin": True,
            "showgrid": False,
            "zeroline": False,
            "tickfont": TEXT_FONT,
        },
    )


def _wait(dates: list[str], position: int, *, late: bool) -> dict:
    return {
        "type": "scatter",
        "x": [dates[position - 1], dates[position]],
        "y": [position - 1, position],
        "mode": "lines",
        "line": {
            "color": LATE if late else EDGE,
            "width": 4 if late else 2,
            "dash": "dot" if late else "solid",
            "shape": "hv",
        },
        "hoverinfo": "skip",
    }
