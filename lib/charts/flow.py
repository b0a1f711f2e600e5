"""Cases that came, were closed and stayed open, by month: a table in, a figure out."""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import (
    EDGE,
    NEUTRAL_BAR,
    PAPER,
    SMALL_TEXT_FONT,
    STATUS_COLOURS,
    base_layout,
    drawn,
    require_columns,
    wrap,
)
from lib.charts.trends import MAX_MONTH_LABELS
from lib.charts.workload import HEADING_WIDTH, count_axis
from lib.domain import Status
from lib.numbers_id import angka, bulan_pendek, bulan_tahun

HEIGHT = 430
CAME_COLOUR = STATUS_COLOURS[Status.TERDATA]
LEFT_COLOUR = "#7A4FA3"  # closed for any reason: none of the four statuses
_HOVER_TEMPLATE = "%{hovertext}<extra></extra>"


def monthly_flow(frame: pd.DataFrame, *, heading: str) -> go.Figure:
    """Cases that came and that were closed as bars side by side, and below them the cases open at the month's end.

    One row per month, none left out: bulan ("2026-11"), terdata, ditutup, terbuka (NaN: none), utuh (False for a
    month cut by the period or the data date: paler, its name with *). Raises ValueError for missing columns.
    """
    require_columns(frame, "bulan", "terdata", "ditutup", "terbuka", "utuh")
    months = frame["bulan"].tolist()
    names = [bulan_tahun(month) for month in months]
    bars = [
        _flow_bars(frame, "terdata", "Terdata", CAME_COLOUR, names, pattern=""),
        _flow_bars(frame, "ditutup", "Ditutup, alasan apa pun", LEFT_COLOUR, names, pattern="/"),
    ]
    line = {
        "type": "scatter",
        "x": months,
        "y": frame["terbuka"].tolist(),
        "yaxis": "y2",
        "mode": "lines+markers",
        "line": {"color": NEUTRAL_BAR, "width": 2.5},
        "marker": {"color": NEUTRAL_BAR, "size": 7, "symbol": "diamond"},
        "connectgaps": False,
        "name": "Terbuka pada akhir bulan (bagan bawah)",
        "hovertext": [
            f"<b>{name}</b><br>{angka(value)} kasus terbuka pada akhir bulan"
            for name, value in zip(names, frame["terbuka"], strict=True)
        ],
        "hoverinfo": "text",
    }
    return drawn(
        [*bars, line],
        base_layout(height=HEIGHT, heading=wrap(heading, width=HEADING_WIDTH)),
        showlegend=True,
        barmode="group",
        bargap=0.25,
        xaxis=month_axis(months, frame["utuh"].tolist()) | {"anchor": "y2"},
        yaxis=count_axis(frame[["terdata", "ditutup"]].max(axis=None)) | {"domain": [0.44, 1]},
        yaxis2=count_axis(frame["terbuka"].max()) | {"domain": [0, 0.32], "anchor": "x"},
    )


def _flow_bars(
    frame: pd.DataFrame, column: str, label: str, colour: str, names: list[str], *, pattern: str
) -> dict:
    whole = frame["utuh"].tolist()
    return {
        "type": "bar",
        "x": frame["bulan"].tolist(),
        "y": frame[column].tolist(),
        "name": label,
        "marker": {
            "color": colour,
            "line": {"color": EDGE, "width": 0.6},
            "opacity": [1.0 if full else 0.45 for full in whole],
            "pattern": {
                "shape": pattern,
                "fillmode": "overlay",
                "fgcolor": PAPER,
                "size": 6,
                "solidity": 0.2,
            },
        },
        "hovertext": [
            f"<b>{name}</b><br>{label}: {angka(value)} kasus{'' if full else '<br>bulan tidak penuh'}"
            for name, value, full in zip(names, frame[column], whole, strict=True)
        ],
        "hovertemplate": _HOVER_TEMPLATE,
    }


def month_axis(months: list[str], whole: list[bool]) -> dict:
    """One place per month, the newest always named; a month that is not whole carries a star."""
    step = max(math.ceil(len(months) / MAX_MONTH_LABELS), 1)
    shown = list(range(len(months)))[::-1][::step][::-1]  # the newest month always has its label
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": months,
        "range": [-0.6, len(months) - 0.4],
        "tickmode": "array",
        "tickvals": [months[number] for number in shown],
        "ticktext": [
            bulan_pendek(months[number]).replace(" ", "<br>") + ("" if whole[number] else "*")
            for number in shown
        ],
        "tickangle": 0,
        "tickfont": SMALL_TEXT_FONT,
        "showgrid": False,
        "fixedrange": True,
    }
